package booster

import (
	"fmt"
	"sync"

	"leapscore/ops/tree"
)

// walk is the trees as package tree takes them: one of both kinds.
type walk struct {
	oblivious *tree.Oblivious
	ensemble  *tree.Ensemble
	sum       tree.Sum[float64]
	// numbers are those of the leaves of ensemble, in their trees.
	numbers []int32
}

// maxColumns bounds the memory of a block of rows, 8 KB for each column.
const maxColumns = 1 << 16

// finish makes what follows from the trees of b.
func (b *Booster) finish() (err error) {
	if n := b.markUsed(); n > maxColumns {
		return fmt.Errorf("the trees compare %d numbers, categories and statistics with borders, which is more than %d", n, maxColumns)
	}
	b.work = &sync.Pool{New: func() any { return b.newScratch() }}
	if b.Oblivious {
		b.walk, err = b.walkLevels()
	} else {
		b.walk, err = b.walkNodes()
	}
	return err
}

func (b *Booster) walkLevels() (w *walk, err error) {
	splits := make([][]tree.ObliviousSplit, len(b.trees))
	for t, x := range b.trees {
		splits[t] = make([]tree.ObliviousSplit, x.depth)
		for k, n := range b.path[x.path:][:x.depth] {
			splits[t][k] = tree.ObliviousSplit{Feature: n.column, Border: n.border}
		}
	}
	w = &walk{sum: tree.Sum[float64]{Values: b.leaves[b.trees[0].leaf:], Dims: b.dims}}
	w.oblivious, err = tree.NewOblivious(splits)
	return w, err
}

func (b *Booster) walkNodes() (w *walk, err error) {
	w = &walk{sum: tree.Sum[float64]{Dims: b.dims}}
	all := make([][]tree.Node, len(b.trees))
	for t := range b.trees {
		nodes, leaves := b.nodes(t)
		for _, at := range leaves {
			w.sum.Values = append(w.sum.Values, b.leaves[at:at+b.dims]...)
			w.numbers = append(w.numbers, int32((at-b.trees[t].leaf)/b.dims))
		}
		all[t] = nodes
	}
	w.ensemble, err = tree.Build(all)
	return w, err
}

// nodes are those of a tree that is not oblivious, with the leaves that nodes of the
// file hold; leaves are where the values of these begin, in their order.
func (b *Booster) nodes(t int) (nodes []tree.Node, leaves []int) {
	x := b.trees[t]
	own := b.path[x.path:][:x.depth]
	nodes = make([]tree.Node, len(own))
	for i := range own {
		n := &own[i]
		if n.left < 0 && n.right < 0 {
			nodes[i].Left = -1
			continue
		}
		var children [2]int32
		for side, to := range []int32{n.left, n.right} {
			children[side] = to - int32(x.path)
			if to < 0 {
				children[side] = int32(len(nodes))
				nodes = append(nodes, tree.Node{Left: -1, Right: int32(i)}) // Right means nothing to package tree
			}
		}
		// NaN is above no border.
		nodes[i] = tree.Node{Left: children[0], Right: children[1], Feature: n.column, Threshold: n.border, Missing: tree.MissingLeft}
	}
	for i := range nodes {
		if nodes[i].Left >= 0 {
			continue
		}
		at := i
		if i >= len(own) {
			at = int(nodes[i].Right)
		}
		leaves = append(leaves, int(own[at].leaf))
	}
	return nodes, leaves
}

// add adds the values of the leaves of rows to sums.
func (w *walk) add(r *tree.Rows, sums [][]float64) {
	if w.oblivious != nil {
		w.sum.AddOblivious(w.oblivious, r, sums)
	} else {
		w.sum.Add(w.ensemble, r, sums)
	}
}

// number writes the numbers of the leaves of rows, tree by tree for each row.
func (w *walk) number(r *tree.Rows, out []int32, trees int) {
	if w.oblivious != nil {
		w.oblivious.Walk(r, func(t, first int, leaves []int32) {
			for i, leaf := range leaves {
				out[(first+i)*trees+t] = leaf - int32(w.oblivious.FirstLeaf(t))
			}
		})
		return
	}
	w.ensemble.Walk(r, func(t, first int, leaves []int32) {
		for i, leaf := range leaves {
			out[(first+i)*trees+t] = w.numbers[leaf]
		}
	})
}
