package tree

import (
	"fmt"
	"math"
)

// Missing says where a row goes at a split on a feature that it lacks.
type Missing uint8

const (
	MissingRight  Missing = iota // to the right child
	MissingLeft                  // to the left child
	MissingAsZero                // where a row with the value 0 goes
)

// Node is a node of a tree of Build. The root is the first of its list. Models have
// millions of them: the order of the fields leaves no gaps.
type Node struct {
	Threshold float64 // values up to the threshold go left

	// Categories is the bit set of a categorical split, nil for a numerical one. The
	// category of a value is the value without its fraction. With InLeft the
	// categories of the set go left and all other values right, otherwise the other
	// way round. Values in (-1, 0) have the category 0 with InLeft, as in LightGBM,
	// and none without it, as in XGBoost.
	Categories []uint64

	Left, Right int32 // indices in the tree's list; a leaf has Left -1
	Feature     int32

	InLeft      bool
	Missing     Missing // where NaN goes
	ZeroMissing bool    // |x| <= 1e-35f is missing as well as NaN
}

// zero is the greatest value that a split with ZeroMissing takes for 0: 1e-35 as a
// float32.
var zero = float64(float32(1e-35))

// Build returns the ensemble of trees of gradient boosting libraries. Leaves are
// numbered tree by tree in the order of the lists, whether a row can reach them or
// not. A feature that a row does not have is missing: no row is refused.
func Build(trees [][]Node) (*Ensemble, error) {
	total := 0
	for t, nodes := range trees {
		if len(nodes) == 0 {
			return nil, fmt.Errorf("tree %d has no nodes", t)
		}
		total += len(nodes)
	}
	if total > math.MaxInt32 {
		return nil, fmt.Errorf("%d nodes, want at most %d", total, math.MaxInt32)
	}
	e := &Ensemble{nodes: make([]node, 0, total), boosted: true, fast: new(lazyPlan)}
	e.bitSets = make([][]uint64, 1)
	for t, nodes := range trees {
		if err := e.add(nodes); err != nil {
			return nil, fmt.Errorf("tree %d: %w", t, err)
		}
	}
	return e, nil
}

// visit is a node that is to be placed: its index in the list, and the place of
// its parent if it is a right child, otherwise -1.
type visit struct{ index, parent int32 }

// add appends a tree to e, each split followed by its left subtree.
func (e *Ensemble) add(nodes []Node) error {
	e.roots = append(e.roots, int32(len(e.nodes)))
	number := make([]int32, len(nodes)) // of a leaf; -1 for nodes that are placed
	for i := range nodes {
		if nodes[i].Left < 0 {
			number[i] = int32(e.ends)
			e.ends++
		}
	}
	for todo := []visit{{0, -1}}; len(todo) > 0; {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if number[v.index] < 0 {
			return fmt.Errorf("node %d has two parents, or is below itself", v.index)
		}
		n, at := &nodes[v.index], int32(len(e.nodes))
		if v.parent >= 0 {
			e.nodes[v.parent].right = at
		}
		if n.Left < 0 {
			e.nodes = append(e.nodes, node{feature: number[v.index]})
			number[v.index] = -1
			continue
		}
		number[v.index] = -1
		if err := n.check(int(v.index), len(nodes)); err != nil {
			return err
		}
		e.nodes = append(e.nodes, e.split(n))
		todo = append(todo, visit{n.Right, at}, visit{n.Left, -1})
	}
	return nil
}

// check reports what is wrong with split i of a tree.
func (n *Node) check(i, nodes int) error {
	switch {
	case int(n.Left) >= nodes || n.Right < 0 || int(n.Right) >= nodes:
		return fmt.Errorf("node %d has the children %d and %d, but the tree has %d nodes", i, n.Left, n.Right, nodes)
	case n.Feature < 0 || n.Feature == math.MaxInt32:
		return fmt.Errorf("node %d splits feature %d", i, n.Feature)
	case n.Missing > MissingAsZero:
		return fmt.Errorf("node %d sends missing values to side %d", i, n.Missing)
	}
	return nil
}

// split converts a split, all but its right child.
func (e *Ensemble) split(n *Node) node {
	e.features = max(e.features, int(n.Feature)+1)
	out := node{threshold: n.Threshold, feature: n.Feature, missing: n.Missing, zeroMissing: n.ZeroMissing}
	if n.Categories != nil {
		out.set, out.isLeft = int32(len(e.bitSets)), n.InLeft
		e.bitSets = append(e.bitSets, n.Categories)
	}
	return out
}

// goesLeft is left for a tree of Build.
func (e *Ensemble) goesLeft(n *node, x float64) bool {
	var split Node
	e.fields(n, &split)
	return split.GoesLeft(x)
}

// fields sets what split decides by.
func (e *Ensemble) fields(n *node, split *Node) {
	split.Threshold, split.Missing, split.ZeroMissing, split.InLeft = n.threshold, n.missing, n.zeroMissing, n.isLeft
	if n.set != 0 {
		split.Categories = e.bitSets[n.set]
	}
}

// GoesLeft reports whether a row whose feature has the value x goes left at a split. NaN stands for
// a missing value.
func (n *Node) GoesLeft(x float64) bool {
	if x != x || n.ZeroMissing && math.Abs(x) <= zero {
		switch n.Missing {
		case MissingLeft:
			return true
		case MissingRight:
			return false
		}
		x = 0
	}
	if n.Categories == nil {
		return x <= n.Threshold
	}
	return hasCategory(n.Categories, x, n.InLeft) == n.InLeft
}

// hasCategory reports whether the category of x is in a set. Values above -1 have
// the category 0 if they are truncated.
func hasCategory(set []uint64, x float64, truncate bool) bool {
	if !(x >= 0 || truncate && x > -1) || len(set) == 0 || x >= float64(64*len(set)) {
		return false
	}
	i := int(x)
	return set[i/64]>>(i%64)&1 != 0
}

// leafOf returns the leaf that a row reaches in tree t of Build.
func (e *Ensemble) leafOf(t int, r *Rows, row int) int32 {
	i := e.roots[t]
	for {
		n := &e.nodes[i]
		switch {
		case n.right == 0:
			return n.feature
		case e.goesLeft(n, r.value(row, n.feature)):
			i++
		default:
			i = n.right
		}
	}
}

// Slice returns the trees from from to to-1. Leaves keep their numbers; trees are
// counted anew.
func (e *Ensemble) Slice(from, to int) *Ensemble {
	out := *e
	end := len(e.nodes)
	if to < len(e.roots) {
		end = int(e.roots[to])
	}
	first := int32(end)
	if from < to {
		first = e.roots[from]
	}
	out.nodes = append([]node(nil), e.nodes[first:end]...)
	out.roots = make([]int32, to-from)
	for i := range out.roots {
		out.roots[i] = e.roots[from+i] - first
	}
	for i := range out.nodes {
		if out.nodes[i].right != 0 {
			out.nodes[i].right -= first
		}
	}
	out.fast = new(lazyPlan)
	return &out
}
