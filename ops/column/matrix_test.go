package column

import (
	"slices"
	"testing"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

func TestListsOfDoublesBecomeVectorsWithoutACopy(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rows := [][]float64{{1, 2}, {}, {3, 4, 5}, {6}}
	whole := lists(mem, rows)
	defer whole.Release()
	for from := range rows {
		for to := from + 1; to <= len(rows); to++ {
			part := array.NewSlice(whole, int64(from), int64(to))
			v := listToVector(nil)(mem, part, nil)
			part.Release()
			vs := ViewVectors(v)
			for i, want := range rows[from:to] {
				if got := vs.Row(i); !got.Dense || got.Size != len(want) || !slices.Equal(got.Values, want) {
					t.Errorf("rows %d to %d: vector %d is %v, want %v", from, to, i, got, want)
				}
				elements := whole.ListValues().(*array.Float64).Float64Values()
				lo, _ := whole.ValueOffsets(from + i)
				if got := vs.Row(i).Values; len(got) > 0 && unsafe.SliceData(got) != &elements[lo] {
					t.Errorf("rows %d to %d: vector %d is a copy", from, to, i)
				}
			}
			v.Release()
		}
	}
}

// lists is a column of lists; a list that is nil is null.
func lists(mem memory.Allocator, rows [][]float64) *array.List {
	b := array.NewListBuilder(mem, arrow.PrimitiveTypes.Float64)
	defer b.Release()
	for _, row := range rows {
		b.Append(row != nil)
		b.ValueBuilder().(*array.Float64Builder).AppendValues(row, nil)
	}
	return b.NewListArray()
}

func TestListsAmongNullsBecomeVectors(t *testing.T) {
	l := lists(memory.DefaultAllocator, [][]float64{{1}, nil, {2, 3}})
	vs := ViewVectors(listToVector(nil)(memory.DefaultAllocator, l, nil))
	if !vs.IsNull(1) || vs.IsNull(0) || !slices.Equal(vs.Row(2).Values, []float64{2, 3}) {
		t.Errorf("%v", vs)
	}
}
