package tree

import (
	"fmt"
	"math"
)

// maxObliviousDepth is the greatest depth of an oblivious tree.
const maxObliviousDepth = 24

// Oblivious is a list of trees whose nodes of one level all have the same split.
// It is immutable.
type Oblivious struct {
	splits [][]ObliviousSplit
	first  []int32 // by tree: the number of its first leaf
	leaves int

	fast *lazyPlan
}

// ObliviousSplit is a level of a tree. A value above Border sets the bit of the
// level in the index of the leaf; NaN does not, unless NaNAbove says so.
type ObliviousSplit struct {
	Feature  int32
	Border   float64
	NaNAbove bool
}

// NewOblivious returns the trees with those splits, from the lowest bit of a
// leaf's index to the highest. Tree t has 1<<len(splits[t]) leaves, which are
// numbered after those of the trees before it.
func NewOblivious(splits [][]ObliviousSplit) (*Oblivious, error) {
	o := &Oblivious{splits: splits, first: make([]int32, len(splits)), fast: new(lazyPlan)}
	for t, levels := range splits {
		if len(levels) > maxObliviousDepth {
			return nil, fmt.Errorf("tree %d has %d levels, want at most %d", t, len(levels), maxObliviousDepth)
		}
		o.first[t] = int32(o.leaves)
		o.leaves += 1 << len(levels)
		if o.leaves > math.MaxInt32 {
			return nil, fmt.Errorf("tree %d: more than %d leaves", t, math.MaxInt32)
		}
		for _, s := range levels {
			if s.Feature < 0 || s.Feature == math.MaxInt32 {
				return nil, fmt.Errorf("tree %d splits feature %d", t, s.Feature)
			}
		}
	}
	return o, nil
}

// Trees is the number of trees.
func (o *Oblivious) Trees() int { return len(o.splits) }

// LeafCount is the number of leaves of all trees.
func (o *Oblivious) LeafCount() int { return o.leaves }

// FirstLeaf is the number of the first leaf of a tree.
func (o *Oblivious) FirstLeaf(t int) int { return int(o.first[t]) }

// Slice returns the trees from from to to-1. Leaves keep their numbers; trees are
// counted anew.
func (o *Oblivious) Slice(from, to int) *Oblivious {
	return &Oblivious{splits: o.splits[from:to], first: o.first[from:to], leaves: o.leaves, fast: new(lazyPlan)}
}

// Walk finds the leaf that each row reaches in every tree. The leaves of row
// first+i of r come to f as leaves[i], tree by tree, in order.
func (o *Oblivious) Walk(r *Rows, f func(tree, first int, leaves []int32)) {
	if p := o.ranksFor(r.N); p != nil {
		p.walk(r, f)
		return
	}
	o.walkPlain(r, f)
}

// walkPlain is Walk row by row and level by level: the reference for any other way.
func (o *Oblivious) walkPlain(r *Rows, f fold) {
	var leaves [Block]int32
	for t, levels := range o.splits {
		for i := range r.N {
			index := int32(0)
			for k, s := range levels {
				if s.above(r.value(r.From+i, s.Feature)) {
					index |= 1 << k
				}
			}
			leaves[i] = o.first[t] + index
		}
		f(t, 0, leaves[:r.N])
	}
}

func (s *ObliviousSplit) above(x float64) bool {
	return x > s.Border || s.NaNAbove && x != x
}

// AddOblivious is Add for oblivious trees.
func (s *Sum[T]) AddOblivious(o *Oblivious, r *Rows, out [][]T) {
	p := o.ranksFor(r.N)
	if p == nil {
		o.walkPlain(r, func(t, first int, leaves []int32) { s.fold(t, first, leaves, out) })
		return
	}
	values := s.Values
	if s.dims() > 1 {
		values = s.inOrder(&p.values, o.leaves)
	}
	s.addRanks(p, r, values, out)
}
