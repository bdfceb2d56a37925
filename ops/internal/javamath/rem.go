package javamath

import (
	"math"
	"math/bits"
)

// Rem is the operator % of doubles: what x is beyond a whole number of y, with the sign
// of x. The result is exact.
func Rem(x, y float64) float64 {
	ax, ay := math.Abs(x), math.Abs(y)
	switch {
	case ax < ay:
		return x
	case !(ay > 0 && ax <= math.MaxFloat64):
		return math.Mod(x, y) // not a number
	}
	q := ax / ay
	if q >= 1<<53 {
		return math.Copysign(remOfFar(ax, ay), x)
	}
	// The quotient may have been rounded up to the next integer; in both cases the
	// difference is a multiple of y's last bit, and small enough to be exact.
	r := math.FMA(-math.Trunc(q), ay, ax)
	if r < 0 {
		r += ay
	}
	return math.Copysign(r, x)
}

// RemF is the operator % of floats.
func RemF(x, y float32) float32 { return float32(Rem(float64(x), float64(y))) }

// remOfFar is Rem for positive numbers of which x is far greater: the significand of x
// is shifted by 64 bits at a time.
func remOfFar(x, y float64) float64 {
	mx, ex := significand(x)
	my, ey := significand(y)
	r := mx % my
	for shift := ex - ey; shift > 0; shift -= 64 {
		k := min(shift, 64)
		_, r = bits.Div64(r>>(64-k), r<<k, my)
	}
	unit := uint64(1) << (ey - 1) // of a subnormal power of two
	if ey > 52 {
		unit = uint64(ey-52) << 52
	}
	return float64(r) * math.Float64frombits(unit)
}

// significand takes a positive number apart: it is m * 2^(e-1075), and e is at least 1.
func significand(x float64) (m uint64, e int) {
	b := math.Float64bits(x)
	m, e = b&mantissaMask, int(b>>52)
	if e == 0 {
		return m, 1
	}
	return m | 1<<52, e
}
