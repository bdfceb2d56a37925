//go:build !purego

package tree

import "golang.org/x/sys/cpu"

// hasBits says that this processor has what bitSlots needs, and that bitsForm
// pays.
var hasBits = cpu.X86.HasAVX512F && cpu.X86.HasAVX512CD && cpu.X86.HasAVX512VL

// bitSlots finds where the rows of bitGroups groups end in a tree of n splits, which
// read the groups from x on, stride bytes apart. It writes base plus the numbers of
// the leaves to out.
//
//go:noescape
func bitSlots(splits *bitSplit, n int, x *float64, stride uintptr, base int32, out *int32)
