package booster

import (
	"math"

	"leapscore/ops/tree"
)

// zero is the size up to which a value is zero for LightGBM: 1e-35 as a float32.
const zero = float64(float32(1e-35))

// layOut makes the nodes of a tree for package ops/tree: splits in an order in which
// children come after their parents, then the leaves in the order of the file.
func (t *treeData) layOut() {
	splits := t.leaves - 1
	order, place := t.order()
	out := make([]tree.Node, splits+t.leaves)
	for at, i := range order {
		n := t.node(int(i))
		n.Left, n.Right = t.place(place, t.left[i]), t.place(place, t.right[i])
		out[at] = n
	}
	for i := range t.leaves {
		out[splits+i].Left = -1
	}
	t.nodes = out
	t.feature, t.left, t.right, t.decision, t.threshold, t.sets = nil, nil, nil, nil, nil, nil
}

// order returns the splits from the root downwards, and the place of each.
func (t *treeData) order() (order, place []int32) {
	splits := t.leaves - 1
	order, place = make([]int32, 0, splits), make([]int32, splits)
	for stack := []int32{0}; splits > 0 && len(stack) > 0; {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		place[i] = int32(len(order))
		order = append(order, i)
		for _, child := range [2]int32{t.right[i], t.left[i]} {
			if child > 0 {
				stack = append(stack, child)
			}
		}
	}
	return order, place
}

func (t *treeData) place(place []int32, child int32) int32 {
	if child < 0 {
		return int32(t.leaves) - 1 + ^child
	}
	return place[child]
}

// node is a split without its children.
func (t *treeData) node(i int) tree.Node {
	d := t.decisionOf(i)
	n := tree.Node{Feature: t.feature[i], Threshold: flush(t.threshold[i])}
	if d&decisionCategorical != 0 {
		n.Threshold, n.Categories, n.InLeft = 0, t.sets[int(t.threshold[i])], true
		return n
	}
	side := tree.MissingRight
	if d&decisionDefaultLeft != 0 {
		side = tree.MissingLeft
	}
	switch d / decisionMissing {
	case missingNone:
		n.Missing = tree.MissingAsZero
	case missingZero:
		n.Missing, n.ZeroMissing = side, true
	case missingNaN:
		n.Missing = side
	}
	return n
}

// flush moves a threshold that lies among the values that count as 0, so that all of them
// go to the side of 0.
func flush(threshold float64) float64 {
	switch {
	case threshold >= 0 && threshold < zero:
		return zero
	case threshold < 0 && threshold >= -zero:
		return math.Nextafter(-zero, math.Inf(-1))
	}
	return threshold
}
