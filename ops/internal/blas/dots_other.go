//go:build !amd64 || purego

package blas

import "unsafe"

const hasDots = false

func dots256(rows, ws *unsafe.Pointer, from uintptr, n int, sums *float64, ends int, out *float64, stride uintptr) {
	panic(noVectors)
}
func dot256(rows *unsafe.Pointer, n int, w, out *float64)  { panic(noVectors) }
func squares256(rows *unsafe.Pointer, n int, out *float64) { panic(noVectors) }

const noVectors = "blas: no vector code on this processor"
