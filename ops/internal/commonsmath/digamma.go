package commonsmath

import "math"

// Digamma returns the logarithmic derivative of the gamma function as
// Gamma.digamma does: NaN and infinities give themselves, 0.0 gives negative
// and -0.0 positive infinity. Below -5000, where the original recurses until
// its stack overflows if the number is low enough, it is NaN.
func Digamma(x float64) float64 {
	switch {
	case x-x != 0:
		return x
	case x < -5000:
		return math.NaN()
	case x < 0:
		return Digamma(x+1) - 1/x
	}
	const gamma, small, large = 0.577215664901532860606512090082, 1e-5, 49
	// The original recurses: digamma(x) = digamma(x+1) - 1/x. The terms are
	// kept here because the last one is subtracted first.
	var terms [large]float64
	n := 0
	for x < large && (x > small || x == 0) {
		terms[n] = 1 / x
		n++
		x++
	}
	var d float64
	if x <= small {
		d = -gamma - 1/x
	} else {
		inv := 1 / float64(x*x)
		d = Log(x) - 0.5/x - float64(inv*(1.0/12+float64(inv*(1.0/120-inv/252))))
	}
	for n > 0 {
		n--
		d -= terms[n]
	}
	return d
}
