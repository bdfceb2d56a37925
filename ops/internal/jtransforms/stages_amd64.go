//go:build !purego

package jtransforms

import "golang.org/x/sys/cpu"

// hasStages says whether this processor runs the vector code.
var hasStages = cpu.X86.HasAVX2

// splitPlain256 is plainPoint for n points from z on, an even number that is not 0.
//
//go:noescape
func splitPlain256(z *complex128, q, n int, w1, w3 *complex128)

// splitConjugate256 is conjugatePoint for n points.
//
//go:noescape
func splitConjugate256(z *complex128, q, n int, w1, w3 *complex128)

// splitTurned256 is turnedPoint for n points.
//
//go:noescape
func splitTurned256(z *complex128, q, n int, w *[4]*complex128)

// mulAll256 multiplies n points.
//
//go:noescape
func mulAll256(z, w *complex128, n int)

// rotate256 is rotations.add; half is not 0.
//
//go:noescape
func rotate256(sums, x, w *float64, size, half, lanes int)
