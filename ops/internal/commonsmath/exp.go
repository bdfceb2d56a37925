package commonsmath

import "math"

// expIntZero is the index of exp(0) in expInt.
const expIntZero = 709

// exp returns e to the power x as FastMath.exp does.
func exp(x float64) float64 {
	switch {
	case x != x:
		return x
	case x < -746:
		return 0
	case x <= -710: // subnormal results
		return exp(x+40.19140625) / 285040095144011776.0
	case x <= -709:
		return exp(x+1.494140625) / 4.455505956692756620
	case x >= 710:
		return math.Inf(1)
	}
	whole := int(x)
	if x < 0 {
		whole--
	}
	frac := int((x - float64(whole)) * 1024)
	eps := x - (float64(whole) + float64(float64(frac)/1024))

	z := 0.04168701738764507
	z = float64(z*eps) + 0.1666666505023083
	z = float64(z*eps) + 0.5000000000042687
	z = float64(z*eps) + 1.0
	z = float64(z*eps) + -3.940510424527919e-20

	i, f := &expInt[expIntZero+whole], &expFrac[frac]
	a := float64(i[0] * f[0])
	b := float64(i[0]*f[1]) + float64(i[1]*f[0]) + float64(i[1]*f[1])
	c := b + a
	if c > math.MaxFloat64 {
		return c
	}
	return float64(c*z) + b + a
}
