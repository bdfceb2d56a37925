//go:build !purego

package tree

import (
	"math/bits"
	"unsafe"

	"golang.org/x/sys/cpu"
)

// bitKernels are the vector code that this processor has, the fastest first.
var bitKernels = func() (found []bitKernel) {
	x := &cpu.X86
	if x.HasAVX512F && x.HasAVX512CD && x.HasAVX512VL {
		found = append(found, bitKernel{"AVX-512", bitSlots512})
	}
	if x.HasAVX2 {
		found = append(found, bitKernel{"AVX2", bitSlots256})
	}
	return found
}()

//go:noescape
func bitSlots512(splits *bitSplit, n int, x *float64, stride uintptr, base int32, out *[bitRows]int32)

// bitSets256 finds the leaves that are not out for the rows of four groups.
//
//go:noescape
func bitSets256(splits *bitSplit, n int, x *float64, stride uintptr, sets *[4 * lanes]uint64)

func bitSlots256(splits *bitSplit, n int, x *float64, stride uintptr, base int32, out *[bitRows]int32) {
	var sets [4 * lanes]uint64
	for half := range bitGroups / 4 {
		groups := (*float64)(unsafe.Add(unsafe.Pointer(x), uintptr(4*half)*stride))
		bitSets256(splits, n, groups, stride, &sets)
		for i, in := range sets {
			out[4*lanes*half+i] = base + int32(bits.LeadingZeros64(in))
		}
	}
}

// hasMux says whether there is vector code for muxing.
var hasMux = cpu.X86.HasAVX2

// muxTree takes a group of rows up a tree of at least one cherry. The columns of
// ranks begin at q.
//
//go:noescape
func muxTree(cherries *cherry, nc int, muxes *muxSplit, nm int, q *uint8, area *endArea, out *[muxRows]uint8)

// muxSide writes the column of a categorical split, given the codes of categories.
//
//go:noescape
func muxSide(codes *uint8, s *side, out *uint8)

// hasSearch says whether there is vector code for ranks.
var hasSearch = cpu.X86.HasAVX2 && cpu.X86.HasPOPCNT

// searchBytes writes n ranks, which count from minus the bias; gone is that of NaN.
// n is not 0.
//
//go:noescape
func searchBytes(x *float64, n int, levels *unsafe.Pointer, depth int, gone int, out *uint8)

// searchWords is searchBytes for ranks that count from 0.
//
//go:noescape
func searchWords(x *float64, n int, levels *unsafe.Pointer, depth int, gone int, out *uint16)

// levelTree writes the bits that n levels, at least one and at most eight, set for
// some groups of rows, the first level the lowest bit.
//
//go:noescape
func levelTree(levels *level, n int, q *uint8, group uintptr, out *uint8, groups int)

// addEnds64 is addEnds for doubles; rows is a multiple of 16, and not 0.
//
//go:noescape
func addEnds64(trees *sumTree, n int, sums *float64, rows int)

// addEnds32 is addEnds64 for floats.
//
//go:noescape
func addEnds32(trees *sumTree, n int, sums *float32, rows int)
