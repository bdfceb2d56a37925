//go:build !purego

package blas

import "golang.org/x/sys/cpu"

// hasChains says whether this processor runs the vector code.
var hasChains = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// chains256 adds chains of n terms to y, of a multiple of four lanes.
//
//go:noescape
func chains256(y, a, x *float64, n, lanes int)
