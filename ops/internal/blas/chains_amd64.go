//go:build !purego

package blas

// chains256 adds chains of n terms to y, of a multiple of four lanes.
//
//go:noescape
func chains256(y, a, x *float64, n, lanes int)
