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
