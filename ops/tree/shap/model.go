package shap

import (
	"fmt"
	"math"
	"slices"

	"leapscore/ops/tree"
)

// Tree is a tree of a Model.
type Tree struct {
	// Nodes are as tree.Build takes them.
	Nodes []tree.Node
	// GoesLeft, if it is not nil, decides at the split Nodes[i] instead of its fields.
	GoesLeft func(i int32, x float64) bool
	// Cover is the weight of the training rows that came to each node, by its
	// index in Nodes. Only the shares of the two sides of a split count.
	Cover []float64
	// Values are those of the leaves, Dims of the Model for each one, in the order in which the
	// leaves stand in Nodes.
	Values []float64
	// Output is the first of the outputs that the values add to.
	Output int
}

// SumCover gives the splits the cover of the leaves below them. Children stand after their parent.
func (t *Tree) SumCover() {
	for i := len(t.Nodes) - 1; i >= 0; i-- {
		if n := &t.Nodes[i]; n.Left >= 0 {
			t.Cover[i] = t.Cover[n.Left] + t.Cover[n.Right]
		}
	}
}

// Model is an ensemble of trees whose answers are sums of leaves.
type Model struct {
	Trees   []Tree
	Columns int // how many there are; splits read them by number
	Outputs int
	Dims    int       // how many values a leaf has; 0 means 1
	Base    []float64 // by output, a part of its expected value; may be nil
	// Float32 says that the library computes in floats: splits compare x as a float32, and the values of
	// trees are added as float32, tree by tree. With hundreds of trees the rounding of these sums is most of what
	// the library's values differ by from the exact ones.
	Float32 bool

	// Owners are the features that a column is made of, if columns and features
	// are not the same: columns of the same owners act as one, and their value is
	// shared out among the owners in equal parts. Nil: each column is a feature.
	Owners   [][]int32
	Features int // with Owners: how many features there are
}

// maxPath is how many edges a way to a leaf may have: more would need
// much memory for each row, and no library grows such trees.
const maxPath = 512

// check reports what is wrong with the parts of a model that New relies on.
func (m *Model) check() error {
	if m.Owners != nil && len(m.Owners) != m.Columns {
		return fmt.Errorf("owners of %d columns, want %d", len(m.Owners), m.Columns)
	}
	for c, owners := range m.Owners {
		if len(owners) == 0 || !slices.IsSorted(owners) || owners[0] < 0 || int(owners[len(owners)-1]) >= m.Features {
			return fmt.Errorf("column %d has the owners %v, want a sorted list of 0 to %d", c, owners, m.Features-1)
		}
	}
	if m.Base != nil && len(m.Base) != m.Outputs {
		return fmt.Errorf("%d base values, want %d", len(m.Base), m.Outputs)
	}
	for i := range m.Trees {
		if err := m.Trees[i].check(m); err != nil {
			return fmt.Errorf("tree %d: %w", i, err)
		}
	}
	return nil
}

func (t *Tree) check(m *Model) error {
	if t.Output < 0 || t.Output+m.dims() > m.Outputs {
		return fmt.Errorf("adds to output %d, want at most %d", t.Output+m.dims()-1, m.Outputs-1)
	}
	if len(t.Cover) != len(t.Nodes) {
		return fmt.Errorf("covers of %d nodes, want %d", len(t.Cover), len(t.Nodes))
	}
	for i, c := range t.Cover {
		if !(c >= 0) || math.IsInf(c, 1) {
			return fmt.Errorf("node %d has the cover %v", i, c)
		}
	}
	leaves := 0
	for i := range t.Nodes {
		n := &t.Nodes[i]
		switch {
		case n.Left < 0:
			leaves++
		case n.Feature < 0 || int(n.Feature) >= m.Columns:
			return fmt.Errorf("node %d reads column %d of %d", i, n.Feature, m.Columns)
		}
	}
	if len(t.Values) != leaves*m.dims() {
		return fmt.Errorf("%d values of leaves, want %d", len(t.Values), leaves*m.dims())
	}
	return nil
}

func (m *Model) dims() int { return max(m.Dims, 1) }

// players numbers the sets of owners. It returns the player of each column, and the features of each player; nil for
// models whose columns are features, where all are the same number.
func (m *Model) players() (byColumn []int32, features [][]int32) {
	if m.Owners == nil {
		return nil, nil
	}
	byColumn = make([]int32, m.Columns)
	known := map[string]int32{}
	for c, owners := range m.Owners {
		key := fmt.Sprint(owners)
		p, ok := known[key]
		if !ok {
			p = int32(len(features))
			known[key] = p
			features = append(features, owners)
		}
		byColumn[c] = p
	}
	return byColumn, features
}
