package column

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Spread turns a column of vectors into width columns of doubles, one for each
// position, which the caller releases. A null vector is null in all of them. If
// a vector is of another width, its row is returned instead; otherwise bad is -1.
func Spread(mem memory.Allocator, arr arrow.Array, width int) (cols []arrow.Array, bad int) {
	v := ViewVectors(arr)
	n := v.Len()
	var nulls []int
	for i := range n {
		if v.IsNull(i) {
			nulls = append(nulls, i)
		} else if int(v.size[i]) != width {
			return nil, i
		}
	}
	valid := validity(mem, n, nulls)
	bufs := make([]*memory.Buffer, width)
	values := make([][]float64, width)
	for c := range bufs {
		bufs[c] = memory.NewResizableBuffer(mem)
		bufs[c].Resize(8 * n)
		values[c] = arrow.Float64Traits.CastFromBytes(bufs[c].Bytes())
	}
	for i := range n {
		if valid != nil && !bitutil.BitIsSet(valid.Bytes(), i) {
			for c := range values {
				values[c][i] = 0
			}
			continue
		}
		row := v.Row(i)
		if row.Dense {
			for c, x := range row.Values {
				values[c][i] = x
			}
			continue
		}
		for c := range values {
			values[c][i] = 0
		}
		for k, c := range row.Indices {
			values[c][i] = row.Values[k]
		}
	}
	for _, buf := range bufs {
		data := array.NewData(arrow.PrimitiveTypes.Float64, n, []*memory.Buffer{valid, buf}, nil, len(nulls), 0)
		buf.Release()
		cols = append(cols, array.MakeFromData(data))
		data.Release()
	}
	if valid != nil {
		valid.Release()
	}
	return cols, -1
}
