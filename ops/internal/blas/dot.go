package blas

import "math"

// Dot returns the dot product of two dense vectors of one length, as
// Java11BLAS.ddotK: four interleaved fused sums, then their total, then the last
// len(x)%4 elements fused one by one.
func Dot(x, y []float64) float64 {
	if len(x) != len(y) {
		panic("blas: dot of vectors of different lengths")
	}
	var s0, s1, s2, s3 float64
	n := len(x) &^ 3
	for i := 0; i < n; i += 4 {
		xs, ys := x[i:i+4:i+4], y[i:i+4:i+4]
		s0 = math.FMA(xs[0], ys[0], s0)
		s1 = math.FMA(xs[1], ys[1], s1)
		s2 = math.FMA(xs[2], ys[2], s2)
		s3 = math.FMA(xs[3], ys[3], s3)
	}
	// The addition of zero turns a total of -0.0, which an underflow can
	// leave, into 0.0.
	s := 0 + (s0 + s1 + s2 + s3)
	for i := n; i < len(x) && i < len(y); i++ {
		s = math.FMA(x[i], y[i], s)
	}
	return s
}

// DotSparse returns the dot product of a sparse and a dense vector, in either
// order, as BLAS.scala: a plain sum over the stored entries.
func DotSparse(idx []int32, vals, y []float64) float64 {
	vals = vals[:len(idx):len(idx)]
	var s float64
	for k, i := range idx {
		s += float64(vals[k] * y[i])
	}
	return s
}

// DotSparseSparse returns the dot product of two sparse vectors, as BLAS.scala:
// a plain sum over the indices that both store.
func DotSparseSparse(xi []int32, xv []float64, yi []int32, yv []float64) float64 {
	xv, yv = xv[:len(xi):len(xi)], yv[:len(yi):len(yi)]
	var s float64
	ky := 0
	for kx, i := range xi {
		for ky < len(yi) && yi[ky] < i {
			ky++
		}
		if ky < len(yi) && yi[ky] == i {
			s += float64(xv[kx] * yv[ky])
			ky++
		}
	}
	return s
}

// Sdot is Dot in single precision, as Java11BLAS.sdotK.
func Sdot(x, y []float32) float32 {
	if len(x) != len(y) {
		panic("blas: dot of vectors of different lengths")
	}
	n := len(x) &^ 3
	var s float32
	if hasVectors && n > 0 {
		s = sdot128(&x[0], &y[0], n)
	} else {
		s = sdotFours(x[:n], y[:n])
	}
	for i := n; i < len(x) && i < len(y); i++ {
		s = fma32(x[i], y[i], s)
	}
	return s
}

// sdotFours is Sdot of lengths that are multiples of four.
func sdotFours(x, y []float32) float32 {
	var s0, s1, s2, s3 float32
	for i := 0; i < len(x); i += 4 {
		xs, ys := x[i:i+4:i+4], y[i:i+4:i+4]
		s0 = fma32(xs[0], ys[0], s0)
		s1 = fma32(xs[1], ys[1], s1)
		s2 = fma32(xs[2], ys[2], s2)
		s3 = fma32(xs[3], ys[3], s3)
	}
	return 0 + (s0 + s1 + s2 + s3)
}

// fma32 returns x*y + z rounded once to float32.
//
// The product of two float32 is exact in float64, but adding z and then
// converting would round twice. Rounding the sum to odd instead keeps what the
// second rounding needs to know: a last bit of one says "not exact".
func fma32(x, y, z float32) float32 {
	p, a := float64(float64(x)*float64(y)), float64(z)
	s := p + a
	// Only a sum halfway between two float32, or one in their subnormal
	// range, can go wrong in the second rounding.
	const minNormal = 0x1p-126
	if math.Float64bits(s)&(1<<29-1) != 1<<28 && (s >= minNormal || s <= -minNormal) {
		return float32(s)
	}
	return float32(roundToOdd(s, p, a))
}

// roundToOdd returns p + a, whose nearest float64 is s, rounded to odd: s itself
// if the sum is exact, else whichever neighbour of the sum has an odd last bit.
func roundToOdd(s, p, a float64) float64 {
	if s-s != 0 { // infinite or not a number
		return s
	}
	// Knuth's two-sum: e is the exact error of s.
	t := s - p
	e := (p - (s - t)) + (a - t)
	bits := math.Float64bits(s)
	if e == 0 || bits&1 == 1 {
		return s
	}
	if (e > 0) == (s > 0) {
		return math.Float64frombits(bits + 1)
	}
	return math.Float64frombits(bits - 1)
}
