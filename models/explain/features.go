package explain

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/pipeline"
	"leapscore/ops"
	"leapscore/ops/column"
)

// Featured is an optional interface of a predictor's kernel. It says how its inputs become the columns
// that its Explainer takes, if not in the plain way: an element of its vector, 0 where a sparse one stores none, or one of its
// columns of doubles, NaN for a null.
type Featured interface {
	// FeatureColumns returns the columns of the rows from from to from+n of its inputs. Only those of used are
	// needed; the others may be nil. It may refuse rows, as the predictor does.
	FeatureColumns(b *ops.Batch, in []arrow.Array, from, n int, used []int32) [][]float64
}

// reader takes features out of the inputs of a predictor.
type reader func(b *ops.Batch, in []arrow.Array, from, n int, used []int32) [][]float64

func readerOf(n *pipeline.Node) reader {
	if f, ok := n.Kernel.(Featured); ok {
		return f.FeatureColumns
	}
	if overVector(n) {
		return elements
	}
	return doubles
}

// overVector reports whether a predictor reads one vector.
func overVector(n *pipeline.Node) bool {
	ports := n.Kernel.Inputs()
	return len(ports) == 1 && ports[0].Type.IsVector()
}

// elements are those of a vector.
func elements(b *ops.Batch, in []arrow.Array, from, n int, used []int32) [][]float64 {
	vs := column.ViewVectors(in[0])
	return Elements(b, &vs, from, n, used)
}

// Elements takes the used elements out of the vectors from from to from+n. Rows that are null, or too short, are refused.
func Elements(b *ops.Batch, vs *column.Vectors, from, n int, used []int32) [][]float64 {
	cols := columnsFor(used, n)
	for i := range n {
		if vs.IsNull(from + i) {
			b.Reject(from+i, 0, ops.Null, "null vector")
			continue
		}
		v := vs.Row(from + i)
		if len(used) > 0 && int(used[len(used)-1]) >= v.Size {
			b.Reject(from+i, 0, ops.Size, "vector of size %d, and the trees read element %d", v.Size, used[len(used)-1])
			continue
		}
		if v.Dense {
			for _, f := range used {
				cols[f][i] = v.Values[f]
			}
			continue
		}
		at := 0 // both lists ascend
		for _, f := range used {
			for at < len(v.Indices) && v.Indices[at] < f {
				at++
			}
			if at < len(v.Indices) && v.Indices[at] == f {
				cols[f][i] = v.Values[at]
			}
		}
	}
	return cols
}

// doubles are columns of numbers.
func doubles(_ *ops.Batch, in []arrow.Array, from, n int, used []int32) [][]float64 {
	cols := columnsFor(used, n)
	for _, f := range used {
		arr := in[f]
		copy(cols[f], column.Doubles(arr)[from:][:n])
		if arr.NullN() == 0 {
			continue
		}
		for i := range n {
			if arr.IsNull(from + i) {
				cols[f][i] = math.NaN()
			}
		}
	}
	return cols
}

// columnsFor makes room for n rows of the used columns.
func columnsFor(used []int32, n int) [][]float64 {
	if len(used) == 0 {
		return nil
	}
	cols := make([][]float64, used[len(used)-1]+1)
	room := make([]float64, len(used)*n)
	for k, f := range used {
		cols[f] = room[k*n:][:n:n]
	}
	return cols
}
