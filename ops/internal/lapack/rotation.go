package lapack

import "math"

// Limits of dlartg: it scales its arguments when they are beyond these.
const (
	rotMin = 0x1p-484
	rotMax = 1 / rotMin
)

// dlartg makes the rotation that maps (f, g) to (r, 0).
func dlartg(f, g float64) (c, s, r float64) {
	if g == 0 {
		return 1, 0, f
	}
	if f == 0 {
		return 0, 1, g
	}
	f1, g1 := f, g
	scale := max(math.Abs(f1), math.Abs(g1))
	steps, up, down := 0, 1.0, 1.0
	if scale >= rotMax {
		// LAPACK never ends on an infinity; here it becomes a NaN below.
		for up, down = rotMax, rotMin; scale >= rotMax && !math.IsInf(scale, 0); steps++ {
			f1, g1 = float64(f1*down), float64(g1*down)
			scale = max(math.Abs(f1), math.Abs(g1))
		}
	} else if scale <= rotMin {
		for up, down = rotMin, rotMax; scale <= rotMin; steps++ {
			f1, g1 = float64(f1*down), float64(g1*down)
			scale = max(math.Abs(f1), math.Abs(g1))
		}
	}
	r = math.Sqrt(float64(f1*f1) + float64(g1*g1))
	c, s = f1/r, g1/r
	for range steps {
		r *= up
	}
	if math.Abs(f) > math.Abs(g) && c < 0 {
		return -c, -s, -r
	}
	return c, s, r
}

// dlaev2 solves the 2 by 2 symmetric problem [a b; b c]: big is the
// eigenvalue of larger absolute value, and (cs, sn) its unit eigenvector.
func dlaev2(a, b, c float64) (big, small, cs, sn float64) {
	sum, diff, twice := a+c, a-c, b+b
	absDiff, absTwice := math.Abs(diff), math.Abs(twice)
	hi, lo := c, a
	if math.Abs(a) > math.Abs(c) {
		hi, lo = a, c
	}
	var root float64
	switch {
	case absDiff > absTwice:
		q := absTwice / absDiff
		root = float64(absDiff * math.Sqrt(1+float64(q*q)))
	case absDiff < absTwice:
		q := absDiff / absTwice
		root = float64(absTwice * math.Sqrt(1+float64(q*q)))
	default:
		root = float64(absTwice * math.Sqrt2)
	}
	sign1, sign2 := 1, 1
	switch {
	case sum < 0:
		sign1 = -1
		big = 0.5 * (sum - root)
		small = float64(hi/big*lo) - float64(b/big*b)
	case sum > 0:
		big = 0.5 * (sum + root)
		small = float64(hi/big*lo) - float64(b/big*b)
	default:
		big, small = 0.5*root, -(0.5 * root)
	}
	var t float64
	if diff >= 0 {
		t = diff + root
	} else {
		t = diff - root
		sign2 = -1
	}
	switch {
	case math.Abs(t) > absTwice:
		q := -(twice / t)
		sn = 1 / math.Sqrt(1+float64(q*q))
		cs = q * sn
	case absTwice == 0:
		cs, sn = 1, 0
	default:
		q := -(t / twice)
		cs = 1 / math.Sqrt(1+float64(q*q))
		sn = q * cs
	}
	if sign1 == sign2 {
		cs, sn = -sn, cs
	}
	return big, small, cs, sn
}

// rotate applies one plane rotation to column j and the one after it.
func rotate(n int, z []float64, j int, c, s float64) {
	if c == 1 && s == 0 {
		return
	}
	left, right := z[j*n:(j+1)*n], z[(j+1)*n:(j+2)*n]
	for i, t := range right {
		u := left[i]
		right[i] = float64(c*t) - float64(s*u)
		left[i] = float64(s*t) + float64(c*u)
	}
}
