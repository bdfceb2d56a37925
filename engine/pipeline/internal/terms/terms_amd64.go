//go:build !purego

package terms

import "golang.org/x/sys/cpu"

var hasLanes = cpu.X86.HasAVX2

// lanesOf is how many of n rows vector code takes.
func lanesOf(n int) int {
	if !hasLanes {
		return 0
	}
	return n &^ 15
}

func addScaledLanes(sums, x []float64, mean, scale, coef float64) int {
	n := lanesOf(len(sums))
	if n > 0 {
		addScaled256(&sums[0], &x[0], n, mean, scale, coef)
	}
	return n
}

func addProductLanes(sums, x []float64, coef float64) int {
	n := lanesOf(len(sums))
	if n > 0 {
		addProduct256(&sums[0], &x[0], n, coef)
	}
	return n
}

func scaleLanes(dst, x []float64, mean, scale float64) int {
	n := lanesOf(len(dst))
	if n > 0 {
		scale256(&dst[0], &x[0], n, mean, scale)
	}
	return n
}

// addScaled256 is addScaled for n rows, a multiple of 16, and not 0.
//
//go:noescape
func addScaled256(sums, x *float64, n int, mean, scale, coef float64)

// addProduct256 is addProduct for n rows, a multiple of 16, and not 0.
//
//go:noescape
func addProduct256(sums, x *float64, n int, coef float64)

// scale256 is scaleRows for n rows, a multiple of 16, and not 0.
//
//go:noescape
func scale256(dst, x *float64, n int, mean, scale float64)
