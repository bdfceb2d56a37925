package blas

import "math"

// The products of a matrix that is packed for them: each output is a lane, and the
// values of all lanes for one term lie together. A matrix that meets many vectors one
// after another is worth that.

// chainLanes divides the number of lanes of a packed matrix.
const chainLanes = 4

// LaneLen is the number of lanes of a packed matrix with n outputs.
func LaneLen(n int) int { return (n + chainLanes - 1) / chainLanes * chainLanes }

// FoursOrder returns the order of n terms in which Chains adds as GemvN does.
func FoursOrder(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
		if i < n&^3 {
			order[i] = i ^ 3
		}
	}
	return order
}

// Chains sets y to the fused sums, from zero, of the terms x[i]*a[i*len(y)+lane] with i
// ascending. In this order GemvT adds. The length of y is that of LaneLen.
func Chains(y, a, x []float64) {
	clear(y)
	AddChains(y, a, x)
}

// AddChains is Chains with sums that start from y.
func AddChains(y, a, x []float64) {
	if len(a) != len(x)*len(y) || len(y)%chainLanes != 0 {
		panic("blas: the lengths of a packed matrix and its vectors do not fit")
	}
	if len(x) == 0 || len(y) == 0 {
		return
	}
	if hasVectors {
		chains256(&y[0], &a[0], &x[0], len(x), len(y))
		return
	}
	for i, v := range x {
		for lane, w := range a[i*len(y) : (i+1)*len(y)] {
			y[lane] = math.FMA(v, w, y[lane])
		}
	}
}
