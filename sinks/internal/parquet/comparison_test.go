package parquet

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/big"
	"strings"

	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/schema"
)

// comparison returns the order of a column's values in PLAIN form, as the
// format defines it. A NaN is unequal to itself.
func comparison(c *schema.Column) func(x, y string) int {
	le := binary.LittleEndian
	signed := c.SortOrder() == schema.SortSIGNED
	switch c.PhysicalType() {
	case parquet.Types.Int32:
		return func(x, y string) int {
			a, b := le.Uint32([]byte(x)), le.Uint32([]byte(y))
			if signed {
				return cmp.Compare(int32(a), int32(b))
			}
			return cmp.Compare(a, b)
		}
	case parquet.Types.Int64:
		return func(x, y string) int {
			a, b := le.Uint64([]byte(x)), le.Uint64([]byte(y))
			if signed {
				return cmp.Compare(int64(a), int64(b))
			}
			return cmp.Compare(a, b)
		}
	case parquet.Types.Float:
		return func(x, y string) int {
			return compareFloats(float64(math.Float32frombits(le.Uint32([]byte(x)))), float64(math.Float32frombits(le.Uint32([]byte(y)))))
		}
	case parquet.Types.Double:
		return func(x, y string) int {
			return compareFloats(math.Float64frombits(le.Uint64([]byte(x))), math.Float64frombits(le.Uint64([]byte(y))))
		}
	case parquet.Types.FixedLenByteArray:
		if signed {
			return func(x, y string) int { return bigEndian(x).Cmp(bigEndian(y)) }
		}
	}
	return strings.Compare
}

func compareFloats(x, y float64) int {
	switch {
	case x < y:
		return -1
	case x == y:
		return 0
	}
	return 1
}

func bigEndian(s string) *big.Int {
	n := new(big.Int).SetBytes([]byte(s))
	if s[0]>>7 == 1 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(s))))
	}
	return n
}
