package booster

import "math/bits"

// index finds the row of a category in a table: open addresses, half of them empty.
type index struct {
	hashes []uint64 // noCategory is an empty place
	rows   []int32
}

func newIndex(n int) *index {
	size := 2
	if n > 1 {
		size = 1 << bits.Len(uint(2*n-1))
	}
	x := &index{hashes: make([]uint64, size), rows: make([]int32, size)}
	for i := range x.hashes {
		x.hashes[i] = noCategory
	}
	return x
}

// put notes a row; of several of a hash the last counts. The caller has said how many
// there will be.
func (x *index) put(hash uint64, row int32) {
	mask := uint64(len(x.hashes) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		switch x.hashes[at] {
		case noCategory:
			x.hashes[at] = hash
		case hash:
		default:
			continue
		}
		x.rows[at] = row
		return
	}
}

// find returns the row of a hash, or -1.
func (x *index) find(hash uint64) int32 {
	mask := uint64(len(x.hashes) - 1)
	for at := hash & mask; x.hashes[at] != noCategory; at = (at + 1) & mask {
		if x.hashes[at] == hash {
			return x.rows[at]
		}
	}
	return -1
}
