package javamath

import "math"

// Fma32 is Math.fma(float, float, float): a*b + c rounded once.
func Fma32(a, b, c float32) float32 {
	product := float64(float64(a) * float64(b)) // exact: 48 bits at most
	wide := float64(c)
	sum := product + wide
	// Rounding sum to float32 would be the second rounding. It is harmless once the
	// lower bit of an inexact sum is set, which stands for the part that is missing.
	bits := math.Float64bits(sum)
	if bits&1 != 0 || bits&^(1<<63) >= 0x7ff<<52 {
		return float32(sum)
	}
	part := sum - product
	missing := product - (sum - part) + (wide - part)
	if missing != 0 {
		if (missing > 0) == (sum > 0) {
			bits++
		} else {
			bits--
		}
	}
	return float32(math.Float64frombits(bits))
}
