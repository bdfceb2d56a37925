package tree

import (
	"fmt"
	"math"
	"slices"

	"leapscore/bundle"
)

// Ensemble is a list of trees. It is immutable.
type Ensemble struct {
	nodes  []node
	roots  []int32 // the first node of each tree
	sets   [][]float64
	leaves [][]float64 // the values of each leaf; nil for trees of Build
	ends   int         // the number of leaves

	boosted bool       // made by Build
	bitSets [][]uint64 // of Build: the sets of categorical splits, from 1 on

	// features is one more than the greatest feature that a split reads.
	features int
	// refusing are the leaves whose rows are refused; nil if there are none.
	refusing []bool

	fast *lazyPlan
}

// node is a node of a tree. The left child of a split is the node after it.
type node struct {
	threshold float64
	feature   int32 // of a split; in a leaf its number
	right     int32 // the right child; in a leaf 0
	set       int32 // of a categorical split: index of its categories, else 0
	isLeft    bool  // of a categorical split: its categories go left

	missing     Missing // of Build
	zeroMissing bool
}

// nowhere stands for features that no vector has. Vectors have fewer than 2^31
// elements.
const nowhere = math.MaxInt32

// New returns the ensemble of one tree, whose nodes are as bundle.Dir.Tree reads
// them: each split is followed by its left subtree.
func New(nodes []bundle.TreeNode) (*Ensemble, error) {
	if len(nodes) == 0 {
		return nil, fmt.Errorf("tree without nodes")
	}
	e := &Ensemble{nodes: make([]node, len(nodes)), roots: []int32{0}, sets: make([][]float64, 1), fast: new(lazyPlan)}
	e.leaves = make([][]float64, 0, len(nodes)/2+1) // a binary tree has one leaf more than splits
	for i := range nodes {
		n, out := &nodes[i], &e.nodes[i]
		if n.Leaf {
			out.feature = int32(len(e.leaves))
			e.leaves = append(e.leaves, n.Values)
			continue
		}
		if int(n.Left) != i+1 || int(n.Right) <= i+1 || int(n.Right) >= len(nodes) {
			return nil, fmt.Errorf("node %d has children %d and %d", i, n.Left, n.Right)
		}
		out.feature, out.right, out.threshold = n.Feature, n.Right, n.Threshold
		if n.Feature < 0 {
			out.feature = nowhere // refuses as a negative index does
		}
		e.features = max(e.features, int(out.feature)+1)
		if n.Categorical {
			out.set, out.isLeft = int32(len(e.sets)), n.IsLeft
			e.sets = append(e.sets, n.Categories)
		}
	}
	e.ends = len(e.leaves)
	return e, nil
}

// Join returns the ensemble of all trees of parts, in order, and takes them out of parts.
func Join(parts []*Ensemble) (*Ensemble, error) {
	var nodes, leaves, sets int
	for _, p := range parts {
		nodes, leaves, sets = nodes+len(p.nodes), leaves+len(p.leaves), sets+len(p.sets)-1
	}
	if nodes > math.MaxInt32 {
		return nil, fmt.Errorf("%d nodes, want at most %d", nodes, math.MaxInt32)
	}
	e := &Ensemble{nodes: make([]node, 0, nodes), leaves: make([][]float64, 0, leaves), sets: make([][]float64, 1, 1+sets), fast: new(lazyPlan)}
	for i, p := range parts {
		first, leaf, set := int32(len(e.nodes)), int32(len(e.leaves)), int32(len(e.sets))-1
		for _, r := range p.roots {
			e.roots = append(e.roots, first+r)
		}
		e.nodes = append(e.nodes, p.nodes...)
		e.leaves = append(e.leaves, p.leaves...)
		e.sets = append(e.sets, p.sets[1:]...)
		for at := range e.nodes[first:] {
			n := &e.nodes[first:][at]
			switch {
			case n.right == 0:
				n.feature += leaf
				continue
			case n.set != 0:
				n.set += set
			}
			n.right += first
		}
		e.features = max(e.features, p.features)
		parts[i] = nil // so that a large forest is not in memory twice
	}
	e.ends = len(e.leaves)
	return e, nil
}

// nodesOf returns the nodes of tree t: the first, and the one after the last.
func (e *Ensemble) nodesOf(t int) (from, to int32) {
	to = int32(len(e.nodes))
	if t+1 < len(e.roots) {
		to = e.roots[t+1]
	}
	return e.roots[t], to
}

// Trees is the number of trees.
func (e *Ensemble) Trees() int { return len(e.roots) }

// LeafCount is the number of leaves.
func (e *Ensemble) LeafCount() int { return e.ends }

// Leaves returns the values of each leaf, by its number; nil for trees of Build. The
// caller does not change it.
func (e *Ensemble) Leaves() [][]float64 { return e.leaves }

// Refusing returns an ensemble of the same trees that refuses the rows that reach
// a leaf for whose values bad holds.
func (e *Ensemble) Refusing(bad func(values []float64) bool) *Ensemble {
	out := *e
	out.refusing = nil
	for i, v := range e.leaves {
		if !bad(v) {
			continue
		}
		if out.refusing == nil {
			out.refusing = make([]bool, len(e.leaves))
		}
		out.refusing[i] = true
	}
	return &out
}

// left reports whether x goes left at a split. NaN goes right, unless the split
// lists the categories that go right.
func (e *Ensemble) left(n *node, x float64) bool {
	if n.set == 0 {
		return x <= n.threshold
	}
	return slices.Contains(e.sets[n.set], x) == n.isLeft
}

// Formless marks ensembles for package engine/pipeline: trees only compare
// values, and values that a sparse row does not store are 0.
func (*Ensemble) Formless() {}
