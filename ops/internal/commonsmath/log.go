package commonsmath

import "math"

// split is the factor that cuts a number into a part of few bits and a rest:
// (x + x*split) - x*split is the first.
const split = 0x1p30

// cut returns the upper bits of x.
func cut(x float64) float64 {
	t := float64(x * split)
	return x + t - t
}

// logNearOne are the coefficients of the series around 1, each in two parts.
var logNearOne = [9][2]float64{
	{1.0, 5.669184079525e-24},
	{-0.25, -0.25},
	{0.3333333134651184, 1.986821492305628e-8},
	{-0.25, -6.663542893624021e-14},
	{0.19999998807907104, 1.1921056801463227e-8},
	{-0.1666666567325592, -7.800414592973399e-9},
	{0.1428571343421936, 5.650007086920087e-9},
	{-0.12502530217170715, -7.44321345601866e-11},
	{0.11113807559013367, 9.219544613762692e-9},
}

// Log returns the natural logarithm as FastMath.log does: negative infinity for
// both zeros, NaN for negative numbers. It differs from javamath.Log in a few
// last bits.
func Log(x float64) float64 {
	bits := math.Float64bits(x)
	switch {
	case x == 0:
		return math.Inf(-1)
	case x < 0 || x != x:
		return math.NaN()
	case x > math.MaxFloat64:
		return x
	case x > 0.99 && x < 1.01:
		return logAroundOne(x)
	}
	exp := int(bits>>52) - 1023
	if exp == -1023 { // subnormal
		bits <<= 1
		for bits&(1<<52) == 0 {
			exp--
			bits <<= 1
		}
	}
	// The ten upper bits of the mantissa choose the table entry.
	const upper, lower = 0x000ffc0000000000, 0x3ffffffffff
	m := &logMantissa[bits&upper>>42]
	eps := float64(bits&lower) / (0x1p52 + float64(bits&upper))

	z := -0.16624882440418567
	z = float64(z*eps) + 0.19999954120254515
	z = float64(z*eps) + -0.2499999997677497
	z = float64(z*eps) + 0.3333333333332802
	z = float64(z*eps) + -0.5
	z = float64(z*eps) + 1.0
	z = float64(z * eps)

	const ln2A, ln2B = 0.693147063255310059, 1.17304635250823482e-7
	e := float64(exp)
	a, b := float64(ln2A*e), 0.0
	a, b = addTo(a, b, m[0])
	a, b = addTo(a, b, z)
	a, b = addTo(a, b, float64(ln2B*e))
	a, b = addTo(a, b, m[1])
	return a + b
}

// addTo returns a + x, and b with the rounding error of that sum added.
func addTo(a, b, x float64) (sum, rest float64) {
	c := a + x
	return c, b + -(c - a - x)
}

// logAroundOne is the series in x-1, every number in two parts.
func logAroundOne(x float64) float64 {
	xa := cut(x - 1)
	xb := x - 1 - xa

	last := len(logNearOne) - 1
	ya, yb := logNearOne[last][0], logNearOne[last][1]
	for i := last - 1; i >= 0; i-- {
		ya, yb = times(ya, yb, xa, xb)
		ya, yb = regroup(ya+logNearOne[i][0], yb+logNearOne[i][1])
	}
	ya, yb = times(ya, yb, xa, xb)
	return ya + yb
}

// times multiplies two numbers in two parts.
func times(ya, yb, xa, xb float64) (a, b float64) {
	return regroup(float64(ya*xa), float64(ya*xb)+float64(yb*xa)+float64(yb*xb))
}

// regroup moves the lower bits of a into b.
func regroup(a, b float64) (upper, rest float64) {
	upper = cut(a)
	return upper, a - upper + b
}
