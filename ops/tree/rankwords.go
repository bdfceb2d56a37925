package tree

import "unsafe"

// Trees of more leaves go down node by node, as those of kernel.go do, with ranks
// of 16 bits: nodes are half as large or less, and a step has no branch. The
// callers vouch for what kernel.go says.

const maxRankHeapDepth = 14

// rankHeap takes lanes rows down a tree that is laid out as a heap: nodes are
// numbered from 1, and ranks below the code of node i go to 2i+1, others to 2i.
func rankHeap(codes, at *uint16, depth, base int32, q *uint16, out *[lanes]int32) {
	t, f, p := unsafe.Pointer(codes), unsafe.Pointer(at), unsafe.Pointer(q)
	var i0, i1, i2, i3, i4, i5, i6, i7 uintptr = 1, 1, 1, 1, 1, 1, 1, 1
	for ; depth > 0; depth-- {
		i0 = 2*i0 + below(t, f, p, i0, 0)
		i1 = 2*i1 + below(t, f, p, i1, 2)
		i2 = 2*i2 + below(t, f, p, i2, 4)
		i3 = 2*i3 + below(t, f, p, i3, 6)
		i4 = 2*i4 + below(t, f, p, i4, 8)
		i5 = 2*i5 + below(t, f, p, i5, 10)
		i6 = 2*i6 + below(t, f, p, i6, 12)
		i7 = 2*i7 + below(t, f, p, i7, 14)
	}
	out[0], out[1], out[2], out[3] = base+int32(i0), base+int32(i1), base+int32(i2), base+int32(i3)
	out[4], out[5], out[6], out[7] = base+int32(i4), base+int32(i5), base+int32(i6), base+int32(i7)
}

// below is 1 if the rank of the column of node i is below its code, else 0.
func below(t, f, p unsafe.Pointer, i, lane uintptr) uintptr {
	off := uintptr(*(*uint16)(unsafe.Add(f, i*2)))
	code := uintptr(*(*uint16)(unsafe.Add(t, i*2)))
	return (uintptr(*(*uint16)(unsafe.Add(p, off+lane))) - code) >> 63
}

// rankLink is a node of a tree that is laid out as a graph: ranks below the code go
// to next+1, others to next. A leaf has the code 0, so that it leads to itself.
type rankLink struct {
	code, at uint16
	next     uint32
}

// rankGraph takes lanes rows down a tree that is laid out as a graph whose root is
// node 0.
func rankGraph(nodes *rankLink, depth, base int32, q *uint16, out *[lanes]int32) {
	g, p := unsafe.Pointer(nodes), unsafe.Pointer(q)
	var i0, i1, i2, i3, i4, i5, i6, i7 uintptr
	for ; depth > 0; depth -= 2 {
		was := i0 + i1 + i2 + i3 + i4 + i5 + i6 + i7
		for range 2 {
			i0 = pass(g, p, i0, 0)
			i1 = pass(g, p, i1, 2)
			i2 = pass(g, p, i2, 4)
			i3 = pass(g, p, i3, 6)
			i4 = pass(g, p, i4, 8)
			i5 = pass(g, p, i5, 10)
			i6 = pass(g, p, i6, 12)
			i7 = pass(g, p, i7, 14)
		}
		if was == i0+i1+i2+i3+i4+i5+i6+i7 { // nodes only lead to later ones, or to themselves
			break
		}
	}
	out[0], out[1], out[2], out[3] = base+int32(i0), base+int32(i1), base+int32(i2), base+int32(i3)
	out[4], out[5], out[6], out[7] = base+int32(i4), base+int32(i5), base+int32(i6), base+int32(i7)
}

// pass returns the node after node i.
func pass(g, p unsafe.Pointer, i, lane uintptr) uintptr {
	n := (*rankLink)(unsafe.Add(g, i*unsafe.Sizeof(rankLink{})))
	rank := uintptr(*(*uint16)(unsafe.Add(p, uintptr(n.at)+lane)))
	return uintptr(n.next) + (rank-uintptr(n.code))>>63
}

// mixedLink is a rankLink that may be a categorical split, with the code 0: then
// bit k of set, counted from the first word of all sets on, says whether code k goes
// to next+1. Other nodes have the mask 0 and the set 0, which is empty.
type mixedLink struct {
	rankLink
	set, mask uint32
}

// rankMixed is rankGraph for trees with categorical splits.
func rankMixed(nodes *mixedLink, sets *uint64, depth, base int32, q *uint16, out *[lanes]int32) {
	g, w, p := unsafe.Pointer(nodes), unsafe.Pointer(sets), unsafe.Pointer(q)
	for half := range uintptr(2) {
		var i0, i1, i2, i3 uintptr
		p := unsafe.Add(p, half*8)
		for d := depth; d > 0; d-- {
			was := i0 + i1 + i2 + i3
			i0 = passMixed(g, w, p, i0, 0)
			i1 = passMixed(g, w, p, i1, 2)
			i2 = passMixed(g, w, p, i2, 4)
			i3 = passMixed(g, w, p, i3, 6)
			if was == i0+i1+i2+i3 {
				break
			}
		}
		out[4*half], out[4*half+1], out[4*half+2], out[4*half+3] = base+int32(i0), base+int32(i1), base+int32(i2), base+int32(i3)
	}
}

func passMixed(g, w, p unsafe.Pointer, i, lane uintptr) uintptr {
	n := (*mixedLink)(unsafe.Add(g, i*unsafe.Sizeof(mixedLink{})))
	rank := uintptr(*(*uint16)(unsafe.Add(p, uintptr(n.at)+lane)))
	word := *(*uint64)(unsafe.Add(w, (uintptr(n.set)+rank&uintptr(n.mask)>>6)*8))
	return uintptr(n.next) + ((rank-uintptr(n.code))>>63 | uintptr(word>>(rank&63))&1)
}

// heap lays a tree out as a heap. Below a leaf that ends early there are splits
// that do not matter.
func (b *ranker) heap(l *rankTree, root int32) {
	size := int32(1) << l.depth
	l.first = int32(len(b.codes))
	l.slots = int32(len(b.leaf)) - size
	b.codes = append(b.codes, make([]uint16, size)...)
	b.at = append(b.at, make([]uint16, size)...)
	b.leaf = append(b.leaf, make([]int32, size)...)
	codes, at, leaf := b.codes[l.first:], b.at[l.first:], b.leaf[l.slots+size:]
	b.e.eachOfHeap(root, size, 0, func(i int32, n *node) {
		if i < size {
			codes[i], at[i] = b.wordSplit(n)
			return
		}
		leaf[i-size] = n.feature
		b.slot[n.feature] = l.slots + i
	})
}

// wordSplit returns the code of a split and where its column begins in a group.
func (b *ranker) wordSplit(n *node) (code, at uint16) {
	column, place := b.column(n)
	return uint16(max(place, 0)), uint16(column * lanes * 2)
}

// graph lays a tree out as a graph, level by level, so that nodes lie together that
// rows read first.
func (b *ranker) graph(l *rankTree, root int32) {
	l.first, l.slots = int32(len(b.links)), int32(len(b.leaf))
	next := uint32(1)
	for i, k := range b.breadthFirst(root) {
		link, children := b.link(uint32(i), k, next)
		b.links = append(b.links, link)
		next += children
	}
}

// link lays node k out as node i of a graph, whose children are next and next+1.
func (b *ranker) link(i uint32, k int32, next uint32) (link rankLink, children uint32) {
	n := &b.e.nodes[k]
	if n.right == 0 {
		b.newSlot(n.feature)
		return rankLink{next: i}, 0
	}
	b.leaf = append(b.leaf, 0)
	link.next = next
	link.code, link.at = b.wordSplit(n)
	return link, 2
}

// mixedGraph is graph for a tree with categorical splits.
func (b *ranker) mixedGraph(l *rankTree, root int32) {
	l.first, l.slots = int32(len(b.mixed)), int32(len(b.leaf))
	next := uint32(1)
	for i, k := range b.breadthFirst(root) {
		link, children := b.link(uint32(i), k, next)
		next += children
		m := mixedLink{rankLink: link}
		if n := &b.e.nodes[k]; n.right != 0 && n.set != 0 {
			m.mask, m.set = 1<<16-1, uint32(len(b.sets))
			column, _ := b.column(n)
			b.rightCodes(n, column, func(code uint16) {
				for len(b.sets) <= int(m.set)+int(code)/64 {
					b.sets = append(b.sets, 0)
				}
				b.sets[int(m.set)+int(code)/64] |= 1 << (code % 64)
			})
			b.padSet(int(m.set), column)
		}
		b.mixed = append(b.mixed, m)
	}
}

// padSet gives a set room for every code of a column.
func (b *ranker) padSet(set, column int) {
	for len(b.sets) < set+(int(b.seg.columns[column].width)+63)/64 {
		b.sets = append(b.sets, 0)
	}
}
