package boosting

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/models/xgboost/booster"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/tree"
)

const (
	leafPort    = "leaf_prediction"
	contribPort = "contrib_prediction"
)

// leafOutput is the number of a node for each tree.
var leafOutput = output{
	port: ops.Port{Name: leafPort, Type: bundle.List(bundle.Double)},
	want: booster.Want{Leaf: true},
	make: func(k *kernel, b *ops.Batch) sink {
		return newLists(b, k.Trees(), func(r *tree.Rows, a *booster.Answers, to []float64) {
			for t, column := range a.Leaf {
				for i, id := range column {
					to[i*len(a.Leaf)+t] = float64(id)
				}
			}
		})
	},
}

// contribOutput is a value for each feature and the bias, class after class.
var contribOutput = output{
	port: ops.Port{Name: contribPort, Type: bundle.List(bundle.Double)},
	make: func(k *kernel, b *ops.Batch) sink {
		width := (k.Features + 1) * k.Booster.Outputs
		row, values := make([]float64, k.Features), make([]float32, width)
		return newLists(b, width, func(r *tree.Rows, _ *booster.Answers, to []float64) {
			for i := range r.N {
				if !fill(row, r, r.From+i) {
					continue
				}
				k.contrib.Row(row, values)
				for j, v := range values {
					to[i*width+j] = float64(v)
				}
			}
		})
	},
}

// fill makes row the features of a row as floats, NaN where one is missing. It tells
// whether the row has a vector that fits.
func fill(row []float64, r *tree.Rows, at int) bool {
	if r.Vectors.IsNull(at) || r.Vectors.Row(at).Size > len(row) {
		return false
	}
	for j := range row {
		row[j] = math.NaN()
	}
	stored(r.Vectors.Row(at), func(feature int, x float64) { row[feature] = float64(float32(x)) })
	return true
}

// lists collects lists of one width.
type lists struct {
	out   *column.Out[float64]
	b     *ops.Batch
	width int
	write func(r *tree.Rows, a *booster.Answers, to []float64)
}

func newLists(b *ops.Batch, width int, write func(r *tree.Rows, a *booster.Answers, to []float64)) *lists {
	return &lists{out: column.NewDoubles(b.Mem, b.Len*width), b: b, width: width, write: write}
}

func (l *lists) add(r *tree.Rows, a *booster.Answers) {
	l.write(r, a, l.out.Values[r.From*l.width:(r.From+r.N)*l.width])
}

func (l *lists) array() (arrow.Array, error) {
	flat := l.out.Array()
	defer flat.Release()
	return column.EvenLists(l.b.Mem, flat, l.b.Len, l.width)
}

// numbers collects a number of each row.
type numbers struct {
	out   *column.Out[float64]
	write func(a *booster.Answers, to []float64)
}

func newNumbers(b *ops.Batch, write func(a *booster.Answers, to []float64)) *numbers {
	return &numbers{out: column.NewDoubles(b.Mem, b.Len), write: write}
}

func (n *numbers) add(r *tree.Rows, a *booster.Answers) { n.write(a, n.out.Values[r.From:r.From+r.N]) }

func (n *numbers) array() (arrow.Array, error) { return n.out.Array(), nil }

// vectors collects a dense vector of each row.
type vectors struct {
	out   *column.VectorBuilder
	width int
	write func(a *booster.Answers, to []float64)
}

func newVectors(b *ops.Batch, width int, write func(a *booster.Answers, to []float64)) *vectors {
	return &vectors{out: column.NewVectorBuilder(b.Mem, b.Len, width), width: width, write: write}
}

func (v *vectors) add(r *tree.Rows, a *booster.Answers) {
	v.write(a, v.out.DenseRows(r.N, v.width))
}

func (v *vectors) array() (arrow.Array, error) { return v.out.Array(), nil }

// byRow widens columns, row by row.
func byRow(columns [][]float32, to []float64) {
	for k, column := range columns {
		for i, x := range column {
			to[i*len(columns)+k] = float64(x)
		}
	}
}
