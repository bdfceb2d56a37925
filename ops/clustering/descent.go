package clustering

import (
	"math"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
	"leapscore/ops/internal/javamath"
)

const (
	descentRows = 2048 // that go down the tree together
	descentSize = 16   // from which on that is faster
)

// descent takes dense rows down the tree, those that are at one node together.
type descent struct {
	tree  *bisectingKMeans
	b     *ops.Batch
	xs    blas.Rows
	rows  []int // their numbers in the batch
	out   []int32
	norms []float64

	here   []int // where the rows at a node begin
	dots   []float64
	choice []int   // the nearest child of each row
	sorted []int32 // rows by their children
}

// add takes a row, whose values begin at element at, and which finish answers at the
// latest. It reports whether it can.
func (d *descent) add(row int, v column.Vector, at int) bool {
	if !d.tree.even || !v.Dense || v.Size != d.tree.size() {
		return false
	}
	d.xs.At, d.rows = append(d.xs.At, at), append(d.rows, row)
	if len(d.rows) == descentRows {
		d.finish()
	}
	return true
}

func (k *bisectingKMeans) size() int { return len(k.nodes[0].values) }

// finish answers all rows that were added.
func (d *descent) finish() {
	if d.norms == nil {
		n := len(d.rows)
		d.norms, d.choice, d.sorted = make([]float64, n), make([]int, n), make([]int32, 0, n)
	}
	size := d.tree.size()
	blas.SquaredNorms(size, d.xs, d.norms)
	at := make([]int32, 0, len(d.rows))
	for i, row := range d.rows {
		if d.norms[i] = math.Sqrt(d.norms[i]); d.norms[i] >= 0 {
			at = append(at, int32(i))
			continue
		}
		d.out[row] = d.tree.predict(d.b, row, column.Vector{Size: size, Dense: true, Values: d.xs.Row(i, size)})
	}
	d.down(&d.tree.nodes[0], at)
	d.xs.At, d.rows = d.xs.At[:0], d.rows[:0]
}

// down answers the rows that are at a node. It sorts them.
func (d *descent) down(node *clusterNode, rows []int32) {
	if len(rows) == 0 {
		return
	}
	if len(node.children) == 0 {
		for _, i := range rows {
			d.out[d.rows[i]] = node.index
		}
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
		d.here = append(d.here, d.xs.At[i])
	}
	stride := blas.DotStride(len(node.centers))
	if len(d.dots) < len(rows)*stride {
		d.dots = make([]float64, len(rows)*stride)
	}
	blas.DotRows(node.centers, blas.Rows{Values: d.xs.Values, At: d.here}, d.dots)
	for at, i := range rows {
		x, best := d.xs.Row(int(i), d.tree.size()), 0.0
		for c, dot := range d.dots[at*stride:][:len(node.centers)] {
			p := &d.tree.nodes[node.children[c]]
			apart := blas.FastSqDistOfDot(p.values, p.norm, x, d.norms[i], dot)
			if c == 0 || javamath.Compare(apart, best) < 0 {
				d.choice[i], best = c, apart
			}
		}
	}
}
