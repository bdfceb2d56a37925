package shap

import (
	"fmt"

	"leapscore/ops/tree"
)

// plan is a tree in the form that rows go down.
type plan struct {
	splits []split
	edges  []edge // the two of each split, in the order of splits: left, right
	points []point
	levels int // of edges on the longest way

	values []float64 // dims for each leaf
	dims   int
	output int
	root   int32     // the first split, or -1: the tree is a leaf
	bias   []float64 // the expected value, by dim

	players []int32 // that the edges belong to: of the model, and once it is planned of Trees
	byLeaf  []float64
}

// split is a node whose sides rows take.
type split struct {
	*tree.Node
	goesLeft func(i int32, x float64) bool // or nil
	index    int32
	float32  bool
}

// edge leads from a split to its left or right child.
type edge struct {
	player int32   // index in plan.players
	above  int32   // the nearest edge above of the same player, or -1
	share  float64 // z: of the cover, over all splits of the player down to here
	split  int32   // that it leads to, or -1
	leaf   int32   // that it leads to
}

// newPlan plans a tree of a checked model; player is the player of each column, nil if that is the column.
func newPlan(t *Tree, m *Model, player []int32) (*plan, error) {
	dims := m.dims()
	p := &plan{values: t.Values, dims: dims, output: t.Output, root: -1, bias: make([]float64, dims)}
	b := planner{plan: p, t: t, float32: m.Float32, player: player, local: map[int32]int32{}, leaf: make([]int32, len(t.Nodes))}
	leaves := int32(0)
	for i := range t.Nodes {
		if t.Nodes[i].Left < 0 {
			b.leaf[i] = leaves
			leaves++
		}
	}
	if len(t.Nodes) == 0 {
		return nil, fmt.Errorf("no nodes")
	}
	if t.Nodes[0].Left < 0 {
		b.expect(0, 1)
		return p, nil
	}
	p.root = 0
	if err := b.put(0, nil, 1); err != nil {
		return nil, err
	}
	p.points = quadrature((b.widest + 1) / 2)
	return p, nil
}

// planner lays a tree out.
type planner struct {
	*plan
	t       *Tree
	player  []int32
	float32 bool
	local   map[int32]int32 // index in plan.players
	leaf    []int32         // number of each leaf, by node
	widest  int             // most players on a way
}

// put adds a split and all below it. way are the edges to it, weight is the share of the cover that comes there.
func (b *planner) put(node int32, way []int32, weight float64) error {
	if len(way) >= maxPath {
		return fmt.Errorf("a way to a leaf has more than %d splits", maxPath)
	}
	if len(b.splits) == len(b.t.Nodes) {
		return fmt.Errorf("node %d has more than one parent", node)
	}
	n := &b.t.Nodes[node]
	global := n.Feature
	if b.player != nil {
		global = b.player[n.Feature]
	}
	player, ok := b.local[global]
	if !ok {
		player = int32(len(b.players))
		b.local[global] = player
		b.players = append(b.players, global)
	}
	above, share := int32(-1), 1.0
	for _, e := range way {
		if b.edges[e].player == player {
			above, share = e, b.edges[e].share
		}
	}
	first := int32(len(b.edges))
	b.splits = append(b.splits, split{n, b.t.GoesLeft, node, b.float32})
	for _, child := range []int32{n.Left, n.Right} {
		b.edges = append(b.edges, edge{player: player, above: above, share: share * b.shareOf(child, node), split: -1, leaf: -1})
	}
	for k, child := range []int32{n.Left, n.Right} {
		e := first + int32(k)
		down := append(way[:len(way):len(way)], e)
		if err := b.follow(e, child, down, weight*b.shareOf(child, node)); err != nil {
			return err
		}
	}
	return nil
}

// follow adds where an edge leads.
func (b *planner) follow(e, child int32, way []int32, weight float64) error {
	if b.t.Nodes[child].Left >= 0 {
		b.edges[e].split = int32(len(b.splits))
		return b.put(child, way, weight)
	}
	b.edges[e].leaf = b.leaf[child]
	b.levels = max(b.levels, len(way))
	players := 0
	for _, w := range way {
		if b.edges[w].above < 0 {
			players++
		}
	}
	b.widest = max(b.widest, players)
	b.expect(b.leaf[child], weight)
	return nil
}

// expect adds a leaf to the expected value.
func (b *planner) expect(leaf int32, weight float64) {
	for d := range b.dims {
		b.bias[d] += float64(weight * b.values[int(leaf)*b.dims+d])
	}
}

// shareOf is the share of a node's cover that its child has. No row comes to a
// node of no cover, whatever the shares below it.
func (b *planner) shareOf(child, node int32) float64 {
	if b.t.Cover[node] == 0 {
		return 0
	}
	return b.t.Cover[child] / b.t.Cover[node]
}
