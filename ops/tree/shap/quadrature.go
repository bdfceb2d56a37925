package shap

import "math"

// point is a point of a quadrature over [0, 1].
type point struct{ t, weight float64 }

// quadrature returns the Gauss-Legendre points that integrate polynomials of a
// degree below 2n over [0, 1] exactly.
func quadrature(n int) []point {
	points := make([]point, n)
	for i := range (n + 1) / 2 {
		x := math.Cos(math.Pi * (float64(i) + 0.75) / (float64(n) + 0.5))
		slope := 0.0
		for range 100 {
			var p float64
			p, slope = legendre(n, x)
			step := p / slope
			x -= step
			if math.Abs(step) <= 1e-16 {
				break
			}
		}
		_, slope = legendre(n, x)
		w := 1 / ((1 - x*x) * slope * slope)
		points[i] = point{(1 - x) / 2, w}
		points[n-1-i] = point{(1 + x) / 2, w}
	}
	return points
}

// legendre returns the value and the slope of the Legendre polynomial of degree n >= 1 at x.
func legendre(n int, x float64) (value, slope float64) {
	below, p := 1.0, x
	for k := 2; k <= n; k++ {
		below, p = p, (float64(2*k-1)*x*p-float64(k-1)*below)/float64(k)
	}
	return p, float64(n) * (x*p - below) / (x*x - 1)
}
