package tree

import (
	"math"
	"slices"

	"leapscore/ops/column"
)

// Block is the number of rows that go through an ensemble at a time.
const Block = 1024

// Rows are rows of a batch, at most Block.
type Rows struct {
	// Vectors holds the rows; or, if it is nil, Columns do, element by element
	// of the vectors.
	Vectors *column.Vectors
	Columns [][]float64
	From, N int

	// Float32 rounds every value to a float32 before a tree of Build, or an oblivious
	// one, sees it. Absent is the value of elements that sparse vectors do not store,
	// for the same trees: 0 or NaN. Elements beyond the end of a vector are NaN for them.
	Float32 bool
	Absent  float64

	// Refuse reports that a row of Vectors cannot be scored, and why.
	Refuse func(row int, format string, args ...any)
}

// value returns a feature of a row, counted from the first row of the batch; NaN if
// the row does not have it.
func (r *Rows) value(row int, feature int32) float64 {
	x := math.NaN()
	switch {
	case r.Vectors == nil:
		if int(feature) < len(r.Columns) {
			x = r.Columns[feature][row]
		}
	case !r.Vectors.IsNull(row):
		x = r.element(r.Vectors.Row(row), feature)
	}
	if r.Float32 {
		x = float64(float32(x))
	}
	return x
}

// element returns an element of a vector; NaN beyond its end.
func (r *Rows) element(v column.Vector, i int32) float64 {
	if int(i) >= v.Size {
		return math.NaN()
	}
	if v.Dense {
		return v.Values[i]
	}
	if k, ok := slices.BinarySearch(v.Indices, i); ok {
		return v.Values[k]
	}
	return r.Absent
}

// fold takes the ends of some rows in one tree: at[i] is for the row first+i of
// Rows, counted from From. It gets every row once for every tree, in the order
// of the trees.
type fold func(tree, first int, at []int32)

// Walk finds the leaf that each row reaches in every tree. The leaves of row
// first+i of r come to f as leaves[i], tree by tree, in order. For rows that are
// null or were refused it is some leaf of the tree; in trees of Build, all features of
// rows that are null are missing.
//
// A row is refused if a split on its way reads an element that the vector does
// not have, or if it ends in a refusing leaf.
func (e *Ensemble) Walk(r *Rows, f func(tree, first int, leaves []int32)) {
	if p := e.ranksFor(r.N); p != nil {
		p.walk(r, func(tree, first int, slots []int32) {
			for i, s := range slots {
				slots[i] = p.leaf[s]
			}
			f(tree, first, slots)
		})
		return
	}
	p := e.planFor(r.N)
	if p == nil {
		e.walkPlain(r, f)
		return
	}
	p.walk(e, r, func(tree, first int, slots []int32) {
		for i, s := range slots {
			slots[i] = p.leaf[s]
		}
		f(tree, first, slots)
	})
}

// walkPlain is Walk row by row and node by node: the reference for any other
// way.
func (e *Ensemble) walkPlain(r *Rows, f fold) {
	var leaves [Block]int32
	for t := range e.roots {
		for i := range r.N {
			leaves[i] = e.reach(t, r, r.From+i)
		}
		f(t, 0, leaves[:r.N])
	}
}

// reach returns the leaf of a row in a tree.
func (e *Ensemble) reach(t int, r *Rows, row int) int32 {
	if e.boosted {
		return e.leafOf(t, r, row)
	}
	var leaf, lacks int32
	size := len(r.Columns)
	switch {
	case r.Vectors == nil:
		leaf, lacks = e.leafOfColumns(t, r.Columns, row)
	case r.Vectors.IsNull(row):
		return e.first(t)
	default:
		v := r.Vectors.Row(row)
		size = v.Size
		leaf, lacks = e.leaf(t, v)
	}
	switch {
	case lacks >= 0:
		r.Refuse(row, "tree %d reads element %d of a vector of size %d", t, lacks, size)
		return e.first(t)
	case e.refusing != nil && e.refusing[leaf]:
		r.Refuse(row, "tree %d ends in a leaf of %d values, which are too few", t, len(e.leaves[leaf]))
	}
	return leaf
}

// first returns some leaf of a tree.
func (e *Ensemble) first(t int) int32 {
	i := e.roots[t]
	for e.nodes[i].right != 0 {
		i++
	}
	return e.nodes[i].feature
}

// leaf returns the leaf that v reaches in a tree and -1, or the feature that v
// lacks.
func (e *Ensemble) leaf(t int, v column.Vector) (leaf, lacks int32) {
	i := e.roots[t]
	for {
		n := &e.nodes[i]
		switch {
		case n.right == 0:
			return n.feature, -1
		case int(n.feature) >= v.Size:
			return 0, n.feature
		case e.left(n, v.At(int(n.feature))):
			i++
		default:
			i = n.right
		}
	}
}

// leafOfColumns is leaf for a row that lies in columns.
func (e *Ensemble) leafOfColumns(t int, cols [][]float64, row int) (leaf, lacks int32) {
	i := e.roots[t]
	for {
		n := &e.nodes[i]
		switch {
		case n.right == 0:
			return n.feature, -1
		case int(n.feature) >= len(cols):
			return 0, n.feature
		case e.left(n, cols[n.feature][row]):
			i++
		default:
			i = n.right
		}
	}
}
