package booster

import (
	"errors"
	"fmt"
	"math"
)

var errSplit = errors.New("a split has no split_index")

// trees makes the lists of the binary format of the trees.
func (m *jsonModel) trees(c *content) error {
	if m.Oblivious == nil {
		return m.nodes(c)
	}
	for t := range m.Oblivious {
		x := &m.Oblivious[t]
		if len(x.Splits) > maxDepth {
			return fmt.Errorf("tree %d is %d levels deep: want up to %d", t, len(x.Splits), maxDepth)
		}
		dims := len(x.Leaves) >> len(x.Splits)
		if t == 0 {
			c.dims = dims
		}
		if dims != c.dims || dims<<len(x.Splits) != len(x.Leaves) {
			return fmt.Errorf("tree %d has %d leaf_values and %d levels, want %d values a leaf as in the first tree", t, len(x.Leaves), len(x.Splits), c.dims)
		}
		c.starts = append(c.starts, int32(len(c.splits)))
		c.sizes = append(c.sizes, int32(len(x.Splits)))
		for _, s := range x.Splits {
			if s.Number == nil {
				return errSplit
			}
			c.splits = append(c.splits, *s.Number)
		}
		c.leaves = append(c.leaves, x.Leaves...)
		c.weights = append(c.weights, x.Weights...)
	}
	return nil
}

func (m *jsonModel) nodes(c *content) error {
	for t, root := range m.Trees {
		start := len(c.splits)
		if err := root.add(c, 0); err != nil {
			return fmt.Errorf("tree %d: %w", t, err)
		}
		c.starts = append(c.starts, int32(start))
		c.sizes = append(c.sizes, int32(len(c.splits)-start))
	}
	return nil
}

// maxNodeDepth bounds the depth of trees that are not oblivious.
const maxNodeDepth = 4096

var errNode = errors.New("a node needs split, left and right, or value")

// add appends a node and those below it. As in cbm, a node with one leaf below it holds
// this leaf itself, and leaves have the numbers of that order.
func (n *jsonNode) add(c *content, depth int) error {
	if depth > maxNodeDepth {
		return fmt.Errorf("it is more than %d levels deep", maxNodeDepth)
	}
	if n == nil {
		return errNode
	}
	at := len(c.splits)
	c.splits, c.steps, c.leafOf = append(c.splits, 0), append(c.steps, step{}), append(c.leafOf, math.MaxUint32)
	if n.Value != nil {
		return n.addValue(c, at)
	}
	if n.Split.Number == nil || n.Left == nil || n.Right == nil {
		return errNode
	}
	c.splits[at] = *n.Split.Number
	mixed := (n.Left.Value == nil) != (n.Right.Value == nil)
	for _, child := range []*jsonNode{n.Left, n.Right} {
		if mixed && child.Value != nil {
			if err := child.addValue(c, at); err != nil {
				return err
			}
		}
	}
	return n.addChildren(c, at, mixed, depth)
}

func (n *jsonNode) addChildren(c *content, at int, mixed bool, depth int) error {
	for i, child := range []*jsonNode{n.Left, n.Right} {
		if mixed && child.Value != nil {
			continue
		}
		diff := len(c.splits) - at
		if diff > math.MaxUint16 {
			return fmt.Errorf("a child is more than %d nodes behind its parent", math.MaxUint16)
		}
		if i == 0 {
			c.steps[at].left = uint16(diff)
		} else {
			c.steps[at].right = uint16(diff)
		}
		if err := child.add(c, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// addValue gives a node the values of a leaf.
func (n *jsonNode) addValue(c *content, at int) error {
	if c.dims == 0 {
		c.dims = len(n.Value)
	}
	if len(n.Value) != c.dims {
		return fmt.Errorf("a leaf has %d values, want %d as another one", len(n.Value), c.dims)
	}
	c.leafOf[at] = uint32(len(c.leaves))
	c.leaves, c.weights = append(c.leaves, n.Value...), append(c.weights, n.Weight)
	return nil
}
