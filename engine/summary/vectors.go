package summary

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops/column"
)

// vectors counts a column of vectors that may be sparse, as lists of all their
// values.
type vectors struct{ lists }

func (v *vectors) add(arr arrow.Array) { v.lists.vectors(arr) }

// vectors adds vectors of either layout.
func (v *lists) vectors(arr arrow.Array) {
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
		var all [maxElements]float64
		row.CopyTo(all[:row.Size])
		v.each(all[:row.Size])
	}
}

func (v *vectors) merge(from counter) { v.lists.merge(&from.(*vectors).lists) }
