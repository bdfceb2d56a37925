package booster

import (
	"errors"
	"fmt"
)

// maxDepth is more than the 16 levels that CatBoost trains.
const maxDepth = 24

func (l *linker) linkTrees(Limits) error {
	if len(l.weights) == len(l.leaves)/l.dims {
		l.b.weights = l.weights
	}
	if !l.b.Oblivious {
		return l.linkGrown()
	}
	leaf := 0
	for t, size := range l.sizes {
		if size < 0 || size > maxDepth || len(l.b.path)+int(size) > len(l.splits) {
			return fmt.Errorf("tree %d is %d levels deep: want up to %d, and no more than the model has splits", t, size, maxDepth)
		}
		l.b.trees = append(l.b.trees, grown{len(l.b.path), int(size), leaf})
		for _, s := range l.splits[len(l.b.path):][:size] {
			c, border, err := l.split(s)
			if err != nil {
				return fmt.Errorf("tree %d: %w", t, err)
			}
			l.b.path = append(l.b.path, node{column: c, border: border})
		}
		if leaf += l.dims << size; leaf > len(l.leaves) {
			return fmt.Errorf("tree %d has leaves beyond the %d values of the model", t, len(l.leaves))
		}
	}
	if leaf != len(l.leaves) || len(l.b.path) != len(l.splits) {
		return fmt.Errorf("the trees have %d values and %d splits, and the model %d and %d", leaf, len(l.b.path), len(l.leaves), len(l.splits))
	}
	return nil
}

var errNodes = errors.New("the lists of nodes have different lengths")

// linkGrown links trees whose nodes have splits of their own. A child comes after its
// parent, so that every walk ends.
func (l *linker) linkGrown() error {
	n := len(l.splits)
	if len(l.steps) != n || len(l.leafOf) != n || len(l.starts) != len(l.sizes) {
		return errNodes
	}
	l.b.path = make([]node, n)
	for t, start := range l.starts {
		end := int64(start) + int64(l.sizes[t])
		if start < 0 || l.sizes[t] < 1 || end > int64(n) {
			return fmt.Errorf("tree %d has %d nodes from %d on, and the model %d", t, l.sizes[t], start, n)
		}
		first, err := l.linkNodes(int(start), int(end))
		if err != nil {
			return fmt.Errorf("tree %d: %w", t, err)
		}
		l.b.trees = append(l.b.trees, grown{path: int(start), depth: int(l.sizes[t]), leaf: first})
	}
	return nil
}

// linkNodes links the nodes of one tree. It returns where the leaf begins whose number
// is 0: the first in the list of values.
func (l *linker) linkNodes(start, end int) (first int, err error) {
	first = len(l.leaves)
	for i := start; i < end; i++ {
		s := l.steps[i]
		x := &l.b.path[i]
		*x = node{left: -1, right: -1}
		if s.left == 0 || s.right == 0 {
			if at := int64(l.leafOf[i]); at%int64(l.dims) != 0 || at+int64(l.dims) > int64(len(l.leaves)) {
				return 0, fmt.Errorf("node %d has values from %d on, and the model %d", i-start, at, len(l.leaves))
			}
			x.leaf = int32(l.leafOf[i])
			first = min(first, int(x.leaf))
		}
		if s == (step{}) {
			continue // the split of a node without children means nothing
		}
		if x.column, x.border, err = l.split(l.splits[i]); err != nil {
			return 0, err
		}
		for _, child := range []struct {
			to   *int32
			diff uint16
		}{{&x.left, s.left}, {&x.right, s.right}} {
			if child.diff > 0 {
				*child.to = int32(i) + int32(child.diff)
			}
			if int(*child.to) >= end {
				return 0, fmt.Errorf("node %d has a child beyond the tree", i-start)
			}
		}
	}
	return first, nil
}
