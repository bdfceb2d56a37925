package parquet

import (
	"fmt"
	"slices"

	"github.com/parquet-go/parquet-go/format"
)

// checkLogical refuses logical types on physical types that they cannot
// describe: to read the values as if the one or the other were not there would
// be a guess.
func (l *leaf) checkLogical(lt format.LogicalTypeValue) error {
	var of []format.Type
	size := 0
	switch t := lt.(type) {
	case *format.StringType, *format.EnumType, *format.JsonType, *format.BsonType, *format.GeometryType, *format.GeographyType:
		of = []format.Type{format.ByteArray}
	case *format.DateType:
		of = []format.Type{format.Int32}
	case *format.TimestampType:
		of = []format.Type{format.Int64}
	case *format.TimeType:
		of = []format.Type{format.Int64}
		if _, ok := t.Unit.Value.(*format.MilliSeconds); ok {
			of[0] = format.Int32
		}
	case *format.IntType:
		of = []format.Type{format.Int32}
		if t.BitWidth == 64 {
			of[0] = format.Int64
		}
		if !slices.Contains([]int8{8, 16, 32, 64}, t.BitWidth) {
			return fmt.Errorf("integers of %d bits, want 8, 16, 32 or 64", t.BitWidth)
		}
	case *format.UUIDType:
		of, size = []format.Type{format.FixedLenByteArray}, 16
	case *format.Float16Type:
		of, size = []format.Type{format.FixedLenByteArray}, 2
	default:
		return nil
	}
	if !slices.Contains(of, l.physical) || size > 0 && l.size != size {
		return fmt.Errorf("it is stored as %v, which cannot hold the %v that its schema says", l.physical, lt)
	}
	return nil
}
