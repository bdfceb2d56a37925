package tree

// A tree of few leaves can be scored without going down it. Every split is looked
// at, for lanes rows at once; where a row does not go left, the leaves below the
// left side are out. The row's leaf is the leftmost one that is not out in the end.
// (The idea is that of QuickScorer, Lucchese et al. 2015, which also orders the
// splits to leave some out; with lanes that are as wide as vectors of the processor
// it is less work to look at all of them.)

// maxBitLeaves is how many leaves a set has room for.
const maxBitLeaves = 64

// bitGroups is the number of groups of lanes rows that a bitKernel takes at once.
const (
	bitGroups = 8
	bitRows   = bitGroups * lanes
)

// bitKernel is vector code for trees in bitsForm.
type bitKernel struct {
	name string
	// slots finds where the rows of bitGroups groups end in a tree of n splits. The
	// groups begin at x, stride bytes apart. It writes base plus the numbers of the
	// leaves to out.
	slots func(splits *bitSplit, n int, x *float64, stride uintptr, base int32, out *[bitRows]int32)
}

// fastestBits is the kernel to use, or nil if there is none.
func fastestBits() *bitKernel {
	if len(bitKernels) == 0 {
		return nil
	}
	return &bitKernels[0]
}

// bitSplit is a split of a tree in bitsForm. Leaf k, counted from the left, is bit
// 63-k of keep.
type bitSplit struct {
	threshold float64
	keep      uint64 // the leaves that are not out for a row that goes right
	at        uint64 // where the column begins in a group, in bytes
}

// bits lays a tree out as a list of splits, in the order of their columns.
func (b *builder) bits(l *layout, root int32) {
	l.first, l.slots = int32(len(b.splits)), int32(len(b.leaf))
	leaves := 0
	var put func(node int32) (below uint64)
	put = func(node int32) uint64 {
		n := &b.e.nodes[node]
		if n.right == 0 {
			b.slot[n.feature] = int32(len(b.leaf))
			b.leaf = append(b.leaf, n.feature)
			leaves++
			return 1 << (maxBitLeaves - leaves)
		}
		left := put(node + 1)
		threshold, at, _ := b.split(n)
		b.splits = append(b.splits, bitSplit{threshold, ^left, uint64(at)})
		return left | put(n.right)
	}
	put(root)
	l.splits = int32(len(b.splits)) - l.first
}
