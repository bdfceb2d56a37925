package shap

import "math"

// point is a point of a quadrature over [0, 1].
type point struct{ t, weight float64 }

// quadrature returns the Gauss-Legendre points that integrate polynomials of a
// degree below 2n over [0, 1] exactly.
func quadrature(n int) []point {
	points := make([]point, n)
	for i := range (n + 1) / 2 {
		x := cosine(math.Pi * (float64(i) + 0.75) / (float64(n) + 0.5)) // which is close to the root
		for range 5 {
			p, slope := legendre(n, x)
			x -= p / slope
		}
		_, slope := legendre(n, x)
		w := 1 / (float64((1-x)*(1+x)) * slope * slope)
		points[i] = point{(1 - x) / 2, w}
		points[n-1-i] = point{(1 + x) / 2, w}
	}
	return points
}

// cosine is by its series, for 0 to pi/2. It needs no last digits.
func cosine(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; k < 20; k += 2 {
		term *= -x * x / (k * (k + 1))
		sum += term
	}
	return sum
}

// legendre returns the value and the slope of the Legendre polynomial of degree n >= 1 at x.
func legendre(n int, x float64) (value, slope float64) {
	below, p := 1.0, x
	for k := 2; k <= n; k++ {
		below, p = p, (float64(float64(2*k-1)*x*p)-float64(float64(k-1)*below))/float64(k)
	}
	return p, float64(n) * (float64(x*p) - below) / ((x - 1) * (x + 1))
}
