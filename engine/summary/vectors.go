package summary

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops/column"
)

// vectors counts a column of vectors that may be sparse, as lists of all their
// values.
type vectors struct {
	lists
	dense [maxElements]float64
}

func (v *vectors) add(arr arrow.Array) {
	v.nulls += int64(arr.NullN())
	view := column.ViewVectors(arr)
	for i := range view.Len() {
		if view.IsNull(i) {
			continue
		}
		row := view.Row(i)
		v.length.add(float64(row.Size))
		if row.Size > maxElements {
			v.long, v.elements = true, nil
		}
		squares := 0.0
		for _, x := range row.Values {
			squares += float64(x * x)
		}
		v.norm.add(math.Sqrt(squares))
		if v.long {
			continue
		}
		row.CopyTo(v.dense[:row.Size])
		v.each(v.dense[:row.Size])
	}
}

func (v *vectors) merge(from counter) { v.lists.merge(&from.(*vectors).lists) }
