package commonsmath

import "math"

// The accuracy and the parameter that Erf.erf asks of the incomplete gamma
// function, and logGamma(0.5) as Gamma.logGamma computes it.
const (
	erfAccuracy  = 1e-15
	half         = 0.5
	logGammaHalf = 0x1.250d048e7a1bdp-1
)

// Erf returns the error function as Erf.erf does: the regularized incomplete
// gamma function P(1/2, x*x), with the sign of x, and exactly 1 beyond 40.
func Erf(x float64) float64 {
	switch {
	case x > 40:
		return 1
	case x < -40:
		return -1
	case x < 0:
		return -gammaP(float64(x * x))
	}
	return gammaP(float64(x * x))
}

// gammaP is Gamma.regularizedGammaP(0.5, x, 1e-15, 10000) for x from 0 to 1600
// or NaN, where neither the series nor the fraction runs out of terms.
func gammaP(x float64) float64 {
	switch {
	case x != x:
		return x
	case x == 0:
		return 0
	case x >= half+1:
		return 1 - gammaQ(x)
	}
	n, term := 0.0, 1/half
	sum := term
	for math.Abs(term/sum) > erfAccuracy {
		n++
		term = float64(term * (x / (half + n)))
		sum += term
	}
	return gammaFactor(x) * sum
}

// gammaFactor is the factor before the series and the fraction.
func gammaFactor(x float64) float64 {
	return exp(-x + float64(half*Log(x)) - logGammaHalf)
}

// gammaQ is Gamma.regularizedGammaQ(0.5, x, 1e-15, 10000) for x of 1.5 or more:
// ContinuedFraction's form of Lentz's method, each convergent from the last. Both
// denominators stay above n, so its guard against zero has nothing to do here.
func gammaQ(x float64) float64 {
	h := 1 - half + x
	c, d := h, 0.0
	for n := 1.0; ; n++ {
		a := float64(2*n) + 1 - half + x
		b := n * (half - n)
		d = 1 / (a + float64(b*d))
		c = a + b/c
		delta := float64(c * d)
		h *= delta
		if math.Abs(delta-1) < erfAccuracy {
			break
		}
	}
	return float64(gammaFactor(x) * (1 / h))
}
