package libm

import "math"

// Pow returns x^y.
func Pow(x, y float64) float64 {
	ix, iy := math.Float64bits(x), math.Float64bits(y)
	topx, topy := top12(x), top12(y)
	negative := false
	if topx-1 >= 0x7fe || topy&topMask-0x3be >= 0x80 {
		if r, done := powOfEnds(x, y); done {
			return r
		}
		if ix>>63 != 0 {
			whole := wholeness(iy)
			if whole == 0 {
				return math.NaN()
			}
			negative = whole == 1
			ix &^= 1 << 63
			topx &= topMask
		}
		if topy&topMask-0x3be >= 0x80 {
			return powOfWide(ix, topy, y)
		}
		if topx == 0 {
			ix = math.Float64bits(x*0x1p52)&^(1<<63) - 52<<52
		}
	}
	hi, lo := powLog(ix)
	ehi := float64(y * hi)
	elo := math.FMA(y, lo, math.FMA(y, hi, -ehi))
	return exp(ehi, elo, negative)
}

// powOfEnds answers where x or y is zero, infinite or no number.
func powOfEnds(x, y float64) (float64, bool) {
	ends := func(x float64) bool { return x == 0 || math.IsInf(x, 0) || x != x }
	switch {
	case ends(y):
		switch {
		case y == 0 || x == 1:
			return 1, true
		case x != x || y != y:
			return x + y, true
		case x == -1:
			return 1, true
		case (math.Abs(x) < 1) == (y > 0):
			return 0, true
		}
		return y * y, true
	case ends(x):
		x2 := x * x
		if math.Signbit(x) && wholeness(math.Float64bits(y)) == 1 {
			x2 = -x2
		}
		if y < 0 {
			return 1 / x2, true
		}
		return x2, true
	}
	return 0, false
}

// powOfWide answers for |y| < 2^-65 or |y| >= 2^63.
func powOfWide(ix uint64, topy uint32, y float64) float64 {
	const one = 0x3ff0000000000000
	switch {
	case ix == one:
		return 1
	case topy&topMask < 0x3be && ix > one:
		return 1 + y
	case topy&topMask < 0x3be:
		return 1 - y
	case (ix > one) == (topy < 0x800):
		return math.Inf(1)
	}
	return 0
}

// wholeness returns 0 for a fraction, 1 for an odd and 2 for an even number.
func wholeness(bits uint64) int {
	e := int(bits >> 52 & topMask)
	switch {
	case e < 0x3ff:
		return 0
	case e > 0x3ff+52:
		return 2
	case bits&(1<<(0x3ff+52-e)-1) != 0:
		return 0
	case bits&(1<<(0x3ff+52-e)) != 0:
		return 1
	}
	return 2
}

// powLog returns the logarithm of a number with about 15 bits more than a double has.
func powLog(bits uint64) (hi, tail float64) {
	const (
		a0 = -0x1p-1
		a1 = 0x1.555555555556p-2 * -2
		a2 = -0x1.0000000000006p-2 * -2
		a3 = 0x1.999999959554ep-3 * 4
		a4 = -0x1.555555529a47ap-3 * 4
		a5 = 0x1.2495b9b4845e9p-3 * -8
		a6 = -0x1.0002b8b263fc3p-3 * -8
	)
	tmp := bits - 0x3fe6955500000000
	c := &powTable[tmp>>45&127]
	k := float64(int64(tmp) >> 52)
	z := math.Float64frombits(bits - tmp&(0xfff<<52))
	r := math.FMA(z, c.inv, -1)
	t1 := math.FMA(k, ln2Hi, c.log)
	t2 := t1 + r
	lo1 := math.FMA(k, ln2Lo, c.tail)
	lo2 := t1 - t2 + r
	ar := a0 * r
	ar2 := float64(r * ar) // the conversion keeps it from being fused
	ar3 := r * ar2
	hi = t2 + ar2
	lo3 := math.FMA(ar, r, -ar2)
	lo4 := t2 - hi + ar2
	p := math.FMA(ar2, math.FMA(r, a6, a5), math.FMA(r, a4, a3))
	p = math.FMA(ar2, p, math.FMA(r, a2, a1))
	lo := math.FMA(ar3, p, lo1+lo2+lo3+lo4)
	y := hi + lo
	return y, hi - y + lo
}
