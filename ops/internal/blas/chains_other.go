//go:build !amd64 || purego

package blas

// hasChains says whether there is vector code.
const hasChains = false

func chains256(_, _, _ *float64, _, _ int) { panic("no vector code on this processor") }
