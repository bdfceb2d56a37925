package column_test

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/ops/column"
)

// Vectors written as sparse ones, also as part of a column, are read back as they
// were: null, dense or sparse.
func TestSparseVectorsAreReadBackAsTheyWere(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	b := column.NewVectorBuilder(mem, 6, 3)
	b.AppendDense([]float64{1, 0, 2})
	b.AppendSparse(1<<30, []int32{3, 1 << 29}, []float64{0, -5})
	b.AppendNull()
	b.AppendSparse(4, nil, nil)
	b.AppendDense(nil)
	b.AppendSparse(2, []int32{1}, []float64{7})
	whole := b.Array()
	defer whole.Release()
	norm, err := column.NewNorm(column.SparseType, bundle.Tensor(bundle.Double))
	if err != nil {
		t.Fatal(err)
	}
	for lo := range int64(6) {
		in := array.NewSlice(whole, lo, 6)
		written := column.Sparse(mem, in)
		if !arrow.TypeEqual(written.DataType(), column.SparseType) {
			t.Errorf("from %d on: %s", lo, written.DataType())
		}
		back := norm(mem, written)
		view := column.ViewVectors(written)
		want := column.ViewVectors(in)
		for i := range in.Len() {
			if in.ValueStr(i) != back.ValueStr(i) {
				t.Errorf("row %d: %s, want %s", int(lo)+i, back.ValueStr(i), in.ValueStr(i))
			}
			if view.IsNull(i) != want.IsNull(i) || !view.IsNull(i) && view.Row(i).Dense != want.Row(i).Dense {
				t.Errorf("row %d is seen as %+v, want %+v", int(lo)+i, view.Row(i), want.Row(i))
			}
		}
		back.Release()
		written.Release()
		in.Release()
	}
}
