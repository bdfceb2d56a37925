package blas

import "math"

// AllFinite reports whether x holds neither infinities nor NaN.
func AllFinite(x []float64) bool {
	for _, v := range x {
		if v-v != 0 {
			return false
		}
	}
	return true
}

// GemmSparse computes GemmColumns(m, 1, n, 1, a, x, 1, y) for an x of which only
// the elements other than zero are given, and a whose values are finite. Zeros
// then change nothing of a sum but the sign of one that is zero itself.
func GemmSparse(m, n int, a []float64, idx []int32, vals, y []float64) {
	checkShape(m, n, a, n, len(y))
	if m == 0 || n == 0 {
		return
	}
	block := n
	if !smallColumn(m, n) {
		block = blockK
	}
	vals = vals[:len(idx):len(idx)]
	var few [64]float64
	sums := few[:]
	if m > len(few) {
		sums = make([]float64, m)
	}
	sums = sums[:m]
	for from := 0; from < n; from += block {
		to, stored := min(from+block, n), 0
		for stored < len(idx) && int(idx[stored]) < to {
			i := int(idx[stored])
			chain(vals[stored], a[i*m:(i+1)*m], sums)
			stored++
		}
		for row, s := range sums {
			if s == 0 && stored > 0 {
				s = sparseSum(m, row, from, to, a, idx[:stored], vals)
			}
			y[row] += s
		}
		clear(sums)
		idx, vals = idx[stored:], vals[stored:]
	}
}

// chain adds x times a to the sums, fused, even for 0.
func chain(x float64, a, sums []float64) {
	sums = sums[:len(a)]
	for i, v := range a {
		sums[i] = math.FMA(v, x, sums[i])
	}
}

// sparseSum is the sum of one row over the inputs from <= i < to, zeros and all.
func sparseSum(m, row, from, to int, a []float64, idx []int32, vals []float64) float64 {
	var s float64
	next := 0
	for i := from; i < to; i++ {
		x := 0.0
		if next < len(idx) && int(idx[next]) == i {
			x = vals[next]
			next++
		}
		s = math.FMA(a[i*m+row], x, s)
	}
	return s
}
