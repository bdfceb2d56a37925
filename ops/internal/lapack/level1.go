package lapack

import "math"

// ddot is the sum of products, left to right: F2J unrolls the loop by five,
// which keeps the order.
func ddot(x, y []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum += float64(v * y[i])
	}
	return sum
}

// daxpy adds a*x to y.
func daxpy(a float64, x, y []float64) {
	if a == 0 {
		return
	}
	for i, v := range x {
		y[i] += float64(a * v)
	}
}

// dscal multiplies x by a.
func dscal(a float64, x []float64) {
	for i := range x {
		x[i] *= a
	}
}

// dnrm2 is the Euclidean norm, with a running scale against overflow.
func dnrm2(x []float64) float64 {
	switch len(x) {
	case 0:
		return 0
	case 1:
		return math.Abs(x[0])
	}
	scale, ssq := 0.0, 1.0
	for _, v := range x {
		if v == 0 {
			continue
		}
		v = math.Abs(v)
		if scale < v {
			r := scale / v
			ssq = 1 + float64(ssq*float64(r*r))
			scale = v
		} else {
			r := v / scale
			ssq += float64(r * r)
		}
	}
	return float64(scale * math.Sqrt(ssq))
}

// dlapy2 is sqrt(x*x + y*y) without needless overflow.
func dlapy2(x, y float64) float64 {
	x, y = math.Abs(x), math.Abs(y)
	large, small := max(x, y), min(x, y)
	if small == 0 {
		return large
	}
	r := small / large
	return float64(large * math.Sqrt(1+float64(r*r)))
}

// sign is Fortran's SIGN as F2J has it: a negative zero counts as positive,
// and a NaN as negative.
func sign(a, b float64) float64 {
	if b >= 0 {
		return math.Abs(a)
	}
	return -math.Abs(a)
}
