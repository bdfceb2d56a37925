//go:build !purego

package tree

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

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
