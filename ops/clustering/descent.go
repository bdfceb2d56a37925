package clustering

import (
	"math"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
	"leapscore/ops/internal/javamath"
)

// descentRows is how many rows go down the tree together.
const descentRows = 2048

// descent takes dense rows down the tree, those that are at one node together.
type descent struct {
	tree  *bisectingKMeans
	b     *ops.Batch
	xs    [][]float64
	rows  []int // their numbers in the batch
	to    []*int32
	norms []float64

	here   [][]float64 // the rows at a node
	dots   []float64
	choice []int   // the nearest child of each row
	sorted []int32 // rows by their children
}

// add takes a row, whose answer goes to to before finish returns, and reports
// whether it can.
func (d *descent) add(row int, v column.Vector, to *int32) bool {
	if !d.tree.even || !v.Dense || v.Size != len(d.tree.nodes[0].values) {
		return false
	}
	d.xs, d.rows, d.to = append(d.xs, v.Values), append(d.rows, row), append(d.to, to)
	if len(d.xs) == descentRows {
		d.finish()
	}
	return true
}

// finish answers all rows that were added.
func (d *descent) finish() {
	if d.norms == nil {
		n := len(d.xs)
		d.norms, d.choice, d.sorted = make([]float64, n), make([]int, n), make([]int32, 0, n)
	}
	blas.SquaredNorms(d.xs, d.norms)
	at := make([]int32, 0, len(d.xs))
	for i, x := range d.xs {
		if d.norms[i] = math.Sqrt(d.norms[i]); d.norms[i] >= 0 {
			at = append(at, int32(i))
			continue
		}
		*d.to[i] = d.tree.predict(d.b, d.rows[i], column.Vector{Size: len(x), Dense: true, Values: x})
	}
	d.down(&d.tree.nodes[0], at)
	d.xs, d.rows, d.to = d.xs[:0], d.rows[:0], d.to[:0]
}

// down answers the rows that are at a node. It sorts them.
func (d *descent) down(node *clusterNode, rows []int32) {
	if len(node.children) == 0 {
		for _, i := range rows {
			*d.to[i] = node.index
		}
	}
	if len(node.children) == 0 || len(rows) == 0 {
		return
	}
	d.choose(node, rows)
	d.sorted = d.sorted[:0]
	var ends []int
	for c := range node.children {
		for _, i := range rows {
			if d.choice[i] == c {
				d.sorted = append(d.sorted, i)
			}
		}
		ends = append(ends, len(d.sorted))
	}
	copy(rows, d.sorted)
	from := 0
	for c, end := range ends {
		d.down(&d.tree.nodes[node.children[c]], rows[from:end])
		from = end
	}
}

// choose finds the nearest child of each row.
func (d *descent) choose(node *clusterNode, rows []int32) {
	d.here = d.here[:0]
	for _, i := range rows {
		d.here = append(d.here, d.xs[i])
	}
	stride := blas.DotStride(len(node.centers))
	if len(d.dots) < len(rows)*stride {
		d.dots = make([]float64, len(rows)*stride)
	}
	blas.DotRows(node.centers, d.here, d.dots)
	for at, i := range rows {
		var best float64
		for c, dot := range d.dots[at*stride:][:len(node.centers)] {
			p := &d.tree.nodes[node.children[c]]
			apart := blas.FastSqDistOfDot(p.values, p.norm, d.xs[i], d.norms[i], dot)
			if c == 0 || javamath.Compare(apart, best) < 0 {
				d.choice[i], best = c, apart
			}
		}
	}
}
