package tree

import (
	"slices"
	"unsafe"
)

// A tree of up to 256 leaves is scored from its leaves up, for muxRows rows at
// once, without branches: every split takes the ends that its rows have reached
// below its left and its right child, and picks one of the two for each row. Ranks
// and the numbers of leaves are bytes, so a vector of the processor holds 32 rows.

const (
	maxMuxLeaves = 256
	muxRows      = 64
)

// muxSplit is a split with a split below it. All three numbers are offsets: of the
// column in a group of ranks, and of the ends below in an area of ends.
type muxSplit struct {
	column, left, right uint16
	place               uint8 // rows go right whose rank is below it; both count from -128
	_                   uint8
}

// cherry is a split between two leaves, which are numbered leaf and leaf+1.
type cherry struct {
	column uint16
	place  uint8
	leaf   uint8
}

// side is a categorical split, which becomes a column of ranks for its tree: 0 for
// the rows that go right, else 255.
type side struct {
	right  [maxMuxLeaves / 8]byte // the codes of categories that go right
	column int32
}

// endArea is an area of ends: each leaf's number for all rows, then the ends below the
// cherries and the other splits, in order.
type endArea [maxMuxLeaves + maxMuxLeaves - 1][muxRows]uint8

// newEnds returns an area that no cache line of the processor cuts badly.
func newEnds() *endArea {
	e := new(endArea)
	for leaf := range maxMuxLeaves {
		for i := range e[leaf] {
			e[leaf][i] = uint8(leaf)
		}
	}
	return e
}

// bias turns ranks in bytes into numbers that compare alike with a sign.
const bias = 128

// mux lays a tree out for muxing.
func (b *ranker) mux(l *rankTree, root int32) {
	l.form, l.depth, l.slots = muxForm, 1, int32(len(b.leaf))
	l.cherries.from, l.muxes.from, l.sides.from = int32(len(b.cherries)), int32(len(b.muxes)), int32(len(b.sides))
	order := b.breadthFirst(root)
	end := slices.Repeat([]int16{-1}, len(order)) // by node from root on: its index in ends
	done := int16(maxMuxLeaves)
	leaf := func(i int32) int16 {
		end[i-root] = int16(b.newSlot(b.e.nodes[i].feature) - l.slots)
		return end[i-root]
	}
	isLeaf := func(i int32) bool { return b.e.nodes[i].right == 0 }
	for _, i := range order {
		n := &b.e.nodes[i]
		if isLeaf(i) || !isLeaf(i+1) || !isLeaf(n.right) {
			continue
		}
		c := cherry{leaf: uint8(leaf(i + 1))}
		leaf(n.right)
		c.column, c.place = b.byteSplit(l, n)
		b.cherries = append(b.cherries, c)
		end[i-root] = done
		done++
	}
	for _, i := range slices.Backward(order) {
		n := &b.e.nodes[i]
		switch {
		case end[i-root] >= 0:
		case isLeaf(i):
			leaf(i)
		default:
			s := muxSplit{left: uint16(end[i+1-root]) * muxRows, right: uint16(end[n.right-root]) * muxRows}
			s.column, s.place = b.byteSplit(l, n)
			b.muxes = append(b.muxes, s)
			end[i-root] = done
			done++
		}
	}
	l.cherries.to, l.muxes.to, l.sides.to = int32(len(b.cherries)), int32(len(b.muxes)), int32(len(b.sides))
}

// byteSplit returns the column and the place of a split.
func (b *ranker) byteSplit(l *rankTree, n *node) (column uint16, place uint8) {
	c, rank := b.column(n)
	if rank >= 0 {
		return uint16(c * muxRows), uint8(rank) ^ bias
	}
	s := side{column: int32(c)}
	b.rightCodes(n, c, func(code uint16) { s.right[code/8] |= 1 << (code % 8) })
	k := len(b.sides) - int(l.sides.from)
	b.sides = append(b.sides, s)
	b.seg.scratch = max(b.seg.scratch, k+1)
	return uint16((len(b.seg.columns) + k) * muxRows), 1 ^ bias
}

// muxGroup writes the numbers of the leaves that a group of rows reaches in a tree.
func (p *rankPlan) muxGroup(l *rankTree, s *segment, q *uint8, area *endArea, out *[muxRows]uint8) {
	if l.cherries.from == l.cherries.to { // a single leaf
		clear(out[:])
		return
	}
	scratch := unsafe.Add(unsafe.Pointer(q), len(s.columns)*muxRows)
	for i := range p.sides[l.sides.from:l.sides.to] {
		d := &p.sides[int(l.sides.from)+i]
		muxSide((*uint8)(unsafe.Add(unsafe.Pointer(q), int(d.column)*muxRows)), d, (*uint8)(unsafe.Add(scratch, i*muxRows)))
	}
	cherries, muxes := unsafe.SliceData(p.cherries[l.cherries.from:]), unsafe.SliceData(p.muxes[l.muxes.from:])
	muxTree(cherries, int(l.cherries.to-l.cherries.from), muxes, int(l.muxes.to-l.muxes.from), q, area, out)
}
