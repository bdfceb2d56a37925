package tree

// View returns tree t as a list of nodes, what decides at its splits, and the number of its first leaf. Its other
// leaves are numbered on in the order of the list. Of the splits only feature and children are set: goesLeft takes
// the index of a split in the list.
func (e *Ensemble) View(t int) (nodes []Node, goesLeft func(i int32, x float64) bool, firstLeaf int32) {
	first, end := e.roots[t], int32(len(e.nodes))
	if t+1 < len(e.roots) {
		end = e.roots[t+1]
	}
	firstLeaf = -1
	own := e.nodes[first:end]
	nodes = make([]Node, len(own))
	for i := range own {
		n := &own[i]
		if n.right == 0 {
			nodes[i].Left = -1
			if firstLeaf < 0 {
				firstLeaf = n.feature
			}
			continue
		}
		nodes[i] = Node{Left: int32(i) + 1, Right: n.right - first, Feature: n.feature}
	}
	return nodes, func(i int32, x float64) bool { return e.left(&own[i], x) }, firstLeaf
}
