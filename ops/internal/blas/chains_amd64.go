//go:build !purego

package blas

import "golang.org/x/sys/cpu"

// hasChains says whether this processor runs the vector code.
var hasChains = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// chains256 sets y, of a multiple of four lanes, to the chains of n terms.
//
//go:noescape
func chains256(y, a, x *float64, n, lanes int)
