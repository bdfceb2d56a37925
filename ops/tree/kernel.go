package tree

import "unsafe"

// lanes is the number of rows that go down a tree side by side: enough to hide
// how long a step waits for the one before it.
const lanes = 8

// The kernels read memory without bounds checks. The callers vouch for two
// things, which plan sees to when it lays trees out: that a step leads to a node
// of the same tree, and that at[i], where the feature of node i begins in x, in
// bytes, leaves room for the lanes.

// heapSlots takes lanes rows down a tree that is laid out as a heap of the given
// depth: nodes are numbered from 1, values up to the threshold of node i go to
// 2i+1, and all others, NaN too, to 2i. It writes base plus the numbers that the
// rows end with, which are at least 1<<depth.
func heapSlots(thresholds *float64, at *uint32, depth, base int32, x *float64, out *[lanes]int32) {
	t, f, p := unsafe.Pointer(thresholds), unsafe.Pointer(at), unsafe.Pointer(x)
	var i0, i1, i2, i3, i4, i5, i6, i7 uintptr = 1, 1, 1, 1, 1, 1, 1, 1
	for ; depth > 0; depth-- {
		i0 = 2*i0 + atMost(t, f, p, i0, 0)
		i1 = 2*i1 + atMost(t, f, p, i1, 8)
		i2 = 2*i2 + atMost(t, f, p, i2, 16)
		i3 = 2*i3 + atMost(t, f, p, i3, 24)
		i4 = 2*i4 + atMost(t, f, p, i4, 32)
		i5 = 2*i5 + atMost(t, f, p, i5, 40)
		i6 = 2*i6 + atMost(t, f, p, i6, 48)
		i7 = 2*i7 + atMost(t, f, p, i7, 56)
	}
	out[0], out[1], out[2], out[3] = base+int32(i0), base+int32(i1), base+int32(i2), base+int32(i3)
	out[4], out[5], out[6], out[7] = base+int32(i4), base+int32(i5), base+int32(i6), base+int32(i7)
}

// atMost is 1 if the feature of node i is at most its threshold, else 0.
func atMost(t, f, p unsafe.Pointer, i, lane uintptr) uintptr {
	off := uintptr(*(*uint32)(unsafe.Add(f, i*4)))
	var b uint8
	if *(*float64)(unsafe.Add(p, off+lane)) <= *(*float64)(unsafe.Add(t, i*8)) {
		b = 1
	}
	return uintptr(b)
}

// link is a node of a tree that is laid out as a graph: values up to the
// threshold go to next+1, all others, NaN too, to next. A leaf has the threshold
// NaN, so that it leads to itself.
type link struct {
	threshold float64
	at        uint32
	next      uint32
}

// graphSlots takes lanes rows down a tree of the given depth that is laid out as
// a graph whose root is node 0. It writes base plus the nodes that the rows end
// in.
func graphSlots(nodes *link, depth, base int32, x *float64, out *[lanes]int32) {
	g, p := unsafe.Pointer(nodes), unsafe.Pointer(x)
	var i0, i1, i2, i3, i4, i5, i6, i7 uintptr
	for ; depth > 0; depth -= 2 {
		for range 2 {
			i0 = follow(g, p, i0, 0)
			i1 = follow(g, p, i1, 8)
			i2 = follow(g, p, i2, 16)
			i3 = follow(g, p, i3, 24)
			i4 = follow(g, p, i4, 32)
			i5 = follow(g, p, i5, 40)
			i6 = follow(g, p, i6, 48)
			i7 = follow(g, p, i7, 56)
		}
		if ends(g, i0)&ends(g, i1)&ends(g, i2)&ends(g, i3)&ends(g, i4)&ends(g, i5)&ends(g, i6)&ends(g, i7) != 0 {
			break
		}
	}
	out[0], out[1], out[2], out[3] = base+int32(i0), base+int32(i1), base+int32(i2), base+int32(i3)
	out[4], out[5], out[6], out[7] = base+int32(i4), base+int32(i5), base+int32(i6), base+int32(i7)
}

// follow returns the node after node i.
func follow(g, p unsafe.Pointer, i, lane uintptr) uintptr {
	n := (*link)(unsafe.Add(g, i*unsafe.Sizeof(link{})))
	var b uint8
	if *(*float64)(unsafe.Add(p, uintptr(n.at)+lane)) <= n.threshold {
		b = 1
	}
	return uintptr(n.next) + uintptr(b)
}

// ends is 1 if node i leads to itself, else 0.
func ends(g unsafe.Pointer, i uintptr) uint8 {
	var b uint8
	if uintptr((*link)(unsafe.Add(g, i*unsafe.Sizeof(link{}))).next) == i {
		b = 1
	}
	return b
}

// maskBit in next says that the threshold of a link is a mask: bit k says whether
// category k goes to next+1.
const maskBit = 1 << 31

// mixedSlots is graphSlots for trees with masks.
func mixedSlots(nodes *link, depth, base int32, x *float64, out *[lanes]int32) {
	g, p := unsafe.Pointer(nodes), unsafe.Pointer(x)
	var i0, i1, i2, i3, i4, i5, i6, i7 uintptr
	for ; depth > 0; depth-- {
		i0 = followMixed(g, p, i0, 0)
		i1 = followMixed(g, p, i1, 8)
		i2 = followMixed(g, p, i2, 16)
		i3 = followMixed(g, p, i3, 24)
		i4 = followMixed(g, p, i4, 32)
		i5 = followMixed(g, p, i5, 40)
		i6 = followMixed(g, p, i6, 48)
		i7 = followMixed(g, p, i7, 56)
		if depth&1 == 0 {
			continue
		}
		if ends(g, i0)&ends(g, i1)&ends(g, i2)&ends(g, i3)&ends(g, i4)&ends(g, i5)&ends(g, i6)&ends(g, i7) != 0 {
			break
		}
	}
	out[0], out[1], out[2], out[3] = base+int32(i0), base+int32(i1), base+int32(i2), base+int32(i3)
	out[4], out[5], out[6], out[7] = base+int32(i4), base+int32(i5), base+int32(i6), base+int32(i7)
}

// followMixed returns the node after node i.
func followMixed(g, p unsafe.Pointer, i, lane uintptr) uintptr {
	n := unsafe.Add(g, i*unsafe.Sizeof(link{}))
	l := (*link)(n)
	x := unsafe.Add(p, uintptr(l.at)+lane)
	var below uint8
	if *(*float64)(x) <= l.threshold {
		below = 1
	}
	among := uintptr(*(*uint64)(n) >> (*(*uint64)(x) & 63))
	masked := uintptr(l.next >> 31)
	return uintptr(l.next&^maskBit) + (uintptr(below)&^masked | among&masked)
}
