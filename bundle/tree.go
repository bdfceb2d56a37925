package bundle

import "fmt"

// TreeNode is one node of a decision tree.
type TreeNode struct {
	Leaf   bool
	Values []float64 // of a leaf: class counts, or the one prediction

	// Of an inner node:

	Feature     int32
	Threshold   float64 // of a continuous split
	Categorical bool
	// IsLeft says that Categories are those that go left, not right.
	IsLeft        bool
	Categories    []float64
	NumCategories int32
	// Left and Right are the indices of the children; the left one follows its
	// parent. Both are 0 in a leaf.
	Left, Right int32
}

// ClusterNode is one node of a cluster tree.
type ClusterNode struct {
	Index  int32 // of the cluster; negative in inner nodes
	Norm   float64
	Center []float64
	// Children are the indices of the children, in order.
	Children []int32
}

// treeCost is what a node takes from the budget of a tree, where a double takes
// one.
const treeCost = 10

// treeBudget is Limits.TreeNodes in doubles.
func treeBudget(lim Limits) int { return lim.TreeNodes * treeCost }

// treeShape follows the nodes of a binary tree in the order of its file and
// finds the right children. It keeps the open inner nodes on a stack of its
// own, so a tree may be as deep as it likes.
type treeShape struct {
	open []int32
	done bool
}

// add takes nodes[i], the last node so far.
func (s *treeShape) add(nodes []TreeNode) {
	i := len(nodes) - 1
	n := &nodes[i]
	if !n.Leaf {
		n.Left = int32(i) + 1
		s.open = append(s.open, int32(i))
		return
	}
	if len(s.open) == 0 {
		s.done = true
		return
	}
	last := len(s.open) - 1
	nodes[s.open[last]].Right = int32(i) + 1
	s.open = s.open[:last]
}

// early is the error for a file that ends before its tree.
func (s *treeShape) early(n int) error {
	if n == 0 {
		return fmt.Errorf("empty, want a tree")
	}
	return fmt.Errorf("tree ends early: %d nodes, %d right subtrees missing", n, len(s.open))
}

// trailing is the error for what follows a tree.
func trailing(n int) error {
	return fmt.Errorf("tree is complete after %d nodes, but more follows", n)
}

// clusterShape does for cluster trees what treeShape does for binary ones.
type clusterShape struct {
	parent []int32
	open   []openCluster
	done   bool
}

type openCluster struct {
	node, left int32
}

// add takes a node, number len(s.parent), with that many children to come.
func (s *clusterShape) add(children int32) {
	i := int32(len(s.parent))
	p := int32(-1)
	if last := len(s.open) - 1; last >= 0 {
		p = s.open[last].node
		if s.open[last].left--; s.open[last].left == 0 {
			s.open = s.open[:last]
		}
	}
	s.parent = append(s.parent, p)
	if children > 0 {
		s.open = append(s.open, openCluster{i, children})
	}
	s.done = len(s.open) == 0
}

func (s *clusterShape) early() error {
	if len(s.parent) == 0 {
		return fmt.Errorf("empty, want a tree")
	}
	last := s.open[len(s.open)-1]
	return fmt.Errorf("tree ends early: %d nodes, node %d wants %d more children", len(s.parent), last.node, last.left)
}

// link sets the children of all nodes.
func (s *clusterShape) link(nodes []ClusterNode) {
	count := make([]int32, len(nodes))
	for _, p := range s.parent[1:] {
		count[p]++
	}
	all := make([]int32, len(nodes)-1)
	for i, n := range count {
		nodes[i].Children, all = all[:0:n], all[n:]
	}
	for i, p := range s.parent[1:] {
		nodes[p].Children = append(nodes[p].Children, int32(i+1))
	}
}

// arena hands out slices of doubles that were copied into large chunks.
type arena struct {
	free []float64
}

// keep returns a copy of x, nil if it is empty.
func (a *arena) keep(x []float64) []float64 {
	if len(x) == 0 {
		return nil
	}
	if len(x) > len(a.free) {
		if len(x) >= arenaChunk/4 {
			return append([]float64(nil), x...)
		}
		a.free = make([]float64, arenaChunk)
	}
	n := copy(a.free, x)
	out := a.free[:n:n]
	a.free = a.free[n:]
	return out
}

const arenaChunk = 1 << 12
