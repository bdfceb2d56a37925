package tree

// View is a tree of an ensemble, for packages that ask more of it than the leaves of rows.
type View struct {
	// Nodes are the nodes, each split followed by its left subtree. Of trees of New, only children and features
	// of splits are set.
	Nodes []Node
	// GoesLeft, if it is not nil, decides at split i of Nodes, instead of its fields.
	GoesLeft func(i int32, x float64) bool
	// Leaf is the number of each leaf of Nodes in the ensemble.
	Leaf []int32
}

// View returns tree t.
func (e *Ensemble) View(t int) View {
	first, end := e.roots[t], int32(len(e.nodes))
	if t+1 < len(e.roots) {
		end = e.roots[t+1]
	}
	own := e.nodes[first:end]
	v := View{Nodes: make([]Node, len(own)), Leaf: make([]int32, len(own))}
	for i := range own {
		n := &own[i]
		if n.right == 0 {
			v.Nodes[i].Left, v.Leaf[i] = -1, n.feature
			continue
		}
		v.Nodes[i] = Node{Left: int32(i) + 1, Right: n.right - first, Feature: n.feature}
		if e.boosted {
			e.fields(n, &v.Nodes[i])
		}
	}
	if !e.boosted {
		v.GoesLeft = func(i int32, x float64) bool { return e.left(&own[i], x) }
	}
	return v
}

// Order returns the indices of the nodes of a tree of Build in the order in which a View has them.
func Order(nodes []Node) []int32 {
	order := make([]int32, 0, len(nodes))
	for todo := []int32{0}; len(todo) > 0; {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		order = append(order, i)
		if n := &nodes[i]; n.Left >= 0 {
			todo = append(todo, n.Right, n.Left)
		}
	}
	return order
}

// Value returns a feature of a row, counted from the first row of the batch, as the trees
// see it; NaN if the row does not have it.
func (r *Rows) Value(row int, feature int32) float64 { return r.value(row, feature) }
