package blas

import "math"

// SqDist returns the squared Euclidean distance of two dense vectors of one
// length, as Vectors.sqdist: a plain sum.
func SqDist(x, y []float64) float64 {
	if len(x) != len(y) {
		panic("blas: distance of vectors of different lengths")
	}
	var s float64
	for i, v := range x {
		d := v - y[i]
		s += float64(d * d)
	}
	return s
}

// SqDistSparse returns the squared distance of a sparse vector and a dense one
// of the same size, in either order, as Vectors.sqdist: a sum over every index.
func SqDistSparse(idx []int32, vals, y []float64) float64 {
	vals = vals[:len(idx):len(idx)]
	var s float64
	next := 0
	for k, i := range idx {
		for _, d := range y[next:i] {
			s += float64(d * d)
		}
		d := vals[k] - y[i]
		s += float64(d * d)
		next = int(i) + 1
	}
	for _, d := range y[next:] {
		s += float64(d * d)
	}
	return s
}

// SqDistSparseSparse returns the squared distance of two sparse vectors, as
// Vectors.sqdist: a sum over the indices that either stores, ascending.
func SqDistSparseSparse(xi []int32, xv []float64, yi []int32, yv []float64) float64 {
	xv, yv = xv[:len(xi):len(xi)], yv[:len(yi):len(yi)]
	var s float64
	kx, ky := 0, 0
	for kx < len(xi) || ky < len(yi) {
		var d float64
		switch {
		case ky >= len(yi) || (kx < len(xi) && xi[kx] < yi[ky]):
			d = xv[kx]
			kx++
		case kx >= len(xi) || yi[ky] < xi[kx]:
			d = yv[ky]
			ky++
		default:
			d = xv[kx] - yv[ky]
			kx++
			ky++
		}
		s += float64(d * d)
	}
	return s
}

// The constants of LinalgUtils.fastSquaredDistance.
const (
	epsilon   = 0x1p-52
	precision = 1e-6
)

// FastSqDist returns the squared distance of two dense vectors with the
// Euclidean norms xNorm and yNorm, as LinalgUtils.fastSquaredDistance: from the
// norms and a dot product if that is accurate enough, else from the differences.
func FastSqDist(x []float64, xNorm float64, y []float64, yNorm float64) float64 {
	sum, ok := normsSuffice(xNorm, yNorm)
	if ok {
		return sum - float64(2*Dot(x, y))
	}
	return SqDist(x, y)
}

// FastSqDistOfDot is FastSqDist for a dot product that is known.
func FastSqDistOfDot(x []float64, xNorm float64, y []float64, yNorm, dot float64) float64 {
	sum, ok := normsSuffice(xNorm, yNorm)
	if ok {
		return sum - float64(2*dot)
	}
	return SqDist(x, y)
}

// FastSqDistSparse is FastSqDist for a sparse x and a dense y, in either order:
// the result does not depend on which of the two is the centre. Its second
// estimate, from the dot product, exists only where a vector is sparse.
func FastSqDistSparse(idx []int32, vals []float64, xNorm float64, y []float64, yNorm float64) float64 {
	sum, ok := normsSuffice(xNorm, yNorm)
	dot := DotSparse(idx, vals, y)
	if ok {
		return sum - float64(2*dot)
	}
	d, ok := dotSuffices(sum, dot)
	if ok {
		return d
	}
	return SqDistSparse(idx, vals, y)
}

// FastSqDistSparseSparse is FastSqDistSparse for two sparse vectors.
func FastSqDistSparseSparse(xi []int32, xv []float64, xNorm float64, yi []int32, yv []float64, yNorm float64) float64 {
	sum, ok := normsSuffice(xNorm, yNorm)
	dot := DotSparseSparse(xi, xv, yi, yv)
	if ok {
		return sum - float64(2*dot)
	}
	d, ok := dotSuffices(sum, dot)
	if ok {
		return d
	}
	return SqDistSparseSparse(xi, xv, yi, yv)
}

// normsSuffice returns the sum of the squared norms, and whether the norms alone
// show that subtracting a dot product from it is accurate.
func normsSuffice(xNorm, yNorm float64) (sum float64, ok bool) {
	sum = float64(xNorm*xNorm) + float64(yNorm*yNorm)
	diff := xNorm - yNorm
	return sum, NormsSuffice(sum, diff*diff)
}

// NormsSuffice reports whether FastSqDist takes a distance from the dot product, given
// the sum of the squared norms and the square of their difference.
func NormsSuffice(sum, diff float64) bool {
	bound, d := 2*epsilon*sum, float64(diff)+epsilon
	// Where the two are not close, they are compared without a division.
	return bound < enough*d || bound/d < precision
}

// enough is an error that suffices however the division is rounded.
const enough = 0.999 * precision

var farLimits = [3]float64{2 * epsilon, epsilon, enough}

// Far returns how many of the first points, a multiple of four, are known to be no
// nearer than best: the norms suffice, and the distance is not below it. The points
// are given by their norms, the squares of these, and dot products with one vector,
// whose norm and its square are the others.
func Far(norms, squares, dots []float64, norm, square, best float64) int {
	n := len(norms)
	if !hasVectors || n < 4 {
		return 0
	}
	_, _ = squares[n-1], dots[n-1]
	return far256(&norms[0], &squares[0], &dots[0], n, norm, square, best, &farLimits)
}

// dotSuffices returns the squared distance computed from the dot product, and
// whether it is accurate. An estimate that is not comparable counts as accurate,
// as in the Java comparison.
func dotSuffices(sum, dot float64) (d float64, ok bool) {
	d = sum - float64(2*dot)
	if d <= 0 { // math.max(d, 0.0), which keeps NaN and turns -0.0 to 0.0
		d = 0
	}
	bound := epsilon * (sum + float64(2*math.Abs(dot))) / (d + epsilon)
	return d, !(bound > precision)
}
