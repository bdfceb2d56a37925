package column

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// SparseType is the form of vectors for readers that know nothing of Spark: values
// are those at indices, and all others, up to size, are zero. A dense vector has
// all its values, and null for indices, so that it stays one.
var SparseType = arrow.StructOf(
	arrow.Field{Name: "size", Type: arrow.PrimitiveTypes.Int32},
	arrow.Field{Name: "indices", Type: arrow.ListOfField(arrow.Field{Name: "element", Type: arrow.PrimitiveTypes.Int32}), Nullable: true},
	arrow.Field{Name: "values", Type: arrow.ListOfField(arrow.Field{Name: "element", Type: arrow.PrimitiveTypes.Float64})},
)

// Sparse turns a column of VectorType into SparseType, over the same values. The
// caller releases it.
func Sparse(mem memory.Allocator, arr arrow.Array) arrow.Array {
	s := arr.(*array.Struct)
	n := s.Len()
	view := ViewVectors(arr)
	var dense []int
	for i := range n {
		if view.dense[i] == 1 || view.IsNull(i) {
			dense = append(dense, i)
		}
	}
	idx := s.Field(2).(*array.List)
	var valid *memory.Buffer
	if len(dense) > 0 {
		at := idx.Data().Offset()
		valid = memory.NewResizableBuffer(mem)
		valid.Resize(int(bitutil.BytesForBits(int64(at + n))))
		memory.Set(valid.Bytes(), 0xff)
		for _, i := range dense {
			bitutil.ClearBit(valid.Bytes(), at+i)
		}
		defer valid.Release()
	}
	f := SparseType.Fields()
	indices := relabelled(idx, f[1].Type, valid, len(dense))
	values := relabelled(s.Field(3).(*array.List), f[2].Type, nil, 0)
	defer indices.Release()
	defer values.Release()
	var nulls *memory.Buffer
	if s.NullN() > 0 {
		var rows []int
		for i := range n {
			if s.IsNull(i) {
				rows = append(rows, i)
			}
		}
		nulls = validity(mem, n, rows)
		defer nulls.Release()
	}
	d := array.NewData(SparseType, n, []*memory.Buffer{nulls}, []arrow.ArrayData{s.Field(1).Data(), indices, values}, s.NullN(), 0)
	defer d.Release()
	return array.MakeFromData(d)
}

func viewSparse(s *array.Struct) Vectors {
	idx, val := s.Field(1).(*array.List), s.Field(2).(*array.List)
	v := Vectors{arr: s, n: s.Len(), hasNull: s.NullN() > 0, dense: make([]int8, s.Len())}
	for i := range v.dense {
		if idx.IsNull(i) {
			v.dense[i] = 1
		}
	}
	v.size = s.Field(0).(*array.Int32).Int32Values()
	v.idxOff, v.valOff = listOffsets(idx), listOffsets(val)
	v.indices = idx.ListValues().(*array.Int32).Int32Values()
	v.values = val.ListValues().(*array.Float64).Float64Values()
	return v
}

// relabelled returns the lists of l with another type and validity.
func relabelled(l *array.List, dt arrow.DataType, valid *memory.Buffer, nulls int) arrow.ArrayData {
	d := l.Data()
	return array.NewData(dt, d.Len(), []*memory.Buffer{valid, d.Buffers()[1]}, d.Children(), nulls, d.Offset())
}

// IsSparseLike reports whether t has the fields of SparseType.
func IsSparseLike(t *arrow.StructType) bool { return sameFields(t, SparseType) }

// normSparse makes vectors of SparseType. A row that is no vector becomes null.
func normSparse(mem memory.Allocator, arr arrow.Array) arrow.Array {
	s := arr.(*array.Struct)
	size := s.Field(0).(*array.Int32)
	idx, val := s.Field(1).(*array.List), s.Field(2).(*array.List)
	indices := idx.ListValues().(*array.Int32).Int32Values()
	values := val.ListValues().(*array.Float64).Float64Values()
	b := NewVectorBuilder(mem, s.Len(), 0)
	for i := range s.Len() {
		lo, hi := val.ValueOffsets(i)
		switch {
		case s.IsNull(i), val.IsNull(i):
			b.AppendNull()
		case idx.IsNull(i):
			b.AppendDense(values[lo:hi])
		default:
			from, to := idx.ValueOffsets(i)
			appendSorted(b, int(size.Value(i)), indices[from:to], values[lo:hi])
		}
	}
	return b.Array()
}
