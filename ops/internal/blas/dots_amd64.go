//go:build !purego

package blas

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// hasDots says whether there is vector code for dot products.
var hasDots = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// dots256 adds the products of n elements of three rows and four other vectors, from
// an offset in bytes on, to their sums. If ends has toTotals, it writes the totals to
// out, whose rows are stride bytes apart; n is a multiple of four unless it has.
//
//go:noescape
func dots256(rows, ws *unsafe.Pointer, from uintptr, n int, sums *float64, ends int, out *float64, stride uintptr)

// dot256 writes the dot products of w and eight rows.
//
//go:noescape
func dot256(rows *unsafe.Pointer, n int, w, out *float64)

// squares256 writes the sums of the squares of eight rows.
//
//go:noescape
func squares256(rows *unsafe.Pointer, n int, out *float64)
