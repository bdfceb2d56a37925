package blas

import "math"

// Axpy adds a*x to y, both dense, as Java11BLAS.daxpyK: fused per element.
// With a equal to 0 it leaves y alone, whatever x holds.
func Axpy(a float64, x, y []float64) {
	if len(x) != len(y) {
		panic("blas: axpy of vectors of different lengths")
	}
	if a == 0 {
		return
	}
	for i, v := range x {
		y[i] = math.FMA(a, v, y[i])
	}
}

// AxpySparse adds a*x to the dense y for a sparse x, as BLAS.scala: not fused.
func AxpySparse(a float64, idx []int32, vals, y []float64) {
	vals = vals[:len(idx):len(idx)]
	for k, i := range idx {
		y[i] += float64(a * vals[k])
	}
}

// Scal multiplies x by a in place, as dscal. The stored values of a sparse
// vector are scaled the same way.
func Scal(a float64, x []float64) {
	for i := range x {
		x[i] *= a
	}
}

// Norm1 returns the sum of absolute values, as Vectors.norm with p = 1. Like
// the other norms it takes a dense vector or the values of a sparse one.
func Norm1(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += math.Abs(v)
	}
	return s
}

// Norm2 returns the Euclidean norm, as Vectors.norm with p = 2: the square root
// of a plain sum of squares, with no protection against overflow.
func Norm2(x []float64) float64 { return math.Sqrt(squares(x)) }

func squares(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += float64(v * v)
	}
	return s
}

// NormInf returns the greatest absolute value, as Vectors.norm with p infinite:
// 0 for an empty vector, and a NaN never counts.
func NormInf(x []float64) float64 {
	var m float64
	for _, v := range x {
		if v = math.Abs(v); v > m {
			m = v
		}
	}
	return m
}
