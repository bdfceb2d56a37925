package column

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
)

// EdgeType returns the Arrow type under which a column of type t is written: a
// vector as a list of doubles, all others in their own form.
func EdgeType(t bundle.Type) arrow.DataType {
	if t.IsVector() {
		return arrow.ListOf(arrow.PrimitiveTypes.Float64)
	}
	return ArrowType(t)
}

// Edge turns a column of type t into EdgeType(t). The caller releases it.
func Edge(mem memory.Allocator, t bundle.Type, arr arrow.Array) arrow.Array {
	if !t.IsVector() {
		return retained(arr)
	}
	v := ViewVectors(arr)
	n := v.Len()
	width := 0
	allDense := true
	for i := range n {
		allDense = allDense && v.dense[i] == 1
		width += int(v.size[i])
	}
	if allDense {
		vals := arr.(*array.Struct).Field(3).(*array.List)
		return rebuildList(mem, EdgeType(t), arr, vals.ValueOffsets, retained(vals.ListValues()))
	}
	off := newGrow(mem, 4, n+1, arrow.Int32Traits.CastFromBytes)
	val := newGrow(mem, 8, width, arrow.Float64Traits.CastFromBytes)
	off.extend(1)[0] = 0
	var nulls []int
	for i := range n {
		if v.IsNull(i) {
			nulls = append(nulls, i)
		} else {
			r := v.Row(i)
			r.CopyTo(val.extend(r.Size))
		}
		off.extend(1)[0] = int32(val.n)
	}
	child := fixedData(arrow.PrimitiveTypes.Float64, val.n, val.done())
	valid := validity(mem, n, nulls)
	data := array.NewData(EdgeType(t), n, []*memory.Buffer{valid, off.done()}, []arrow.ArrayData{child}, len(nulls), 0)
	defer data.Release()
	child.Release()
	off.buf.Release()
	if valid != nil {
		valid.Release()
	}
	return array.MakeFromData(data)
}
