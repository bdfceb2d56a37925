//go:build !amd64 || purego

package blas

func chains256(_, _, _ *float64, _, _ int) { panic(noVectors) }
