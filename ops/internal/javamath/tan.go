package javamath

// The algorithm, its constants and tables are those of Intel's LIBM as published in
// Android's bionic (libm/x86_64/s_tan.S).
// Copyright (c) 2014, Intel Corporation. BSD-3-Clause; see NOTICE.

import "math"

const (
	tan2OverPi = 0x1.45f306dc9c883p-1

	// pi/32 in three parts, and for multiples of sixteen of it in three others.
	tanP1, tanP1x16 = 0x1.921fb5444p-4, 0x1.921fb54444p-4
	tanP2, tanP2x16 = 0x1.68c234c4cp-43, -0x1.2e7b967674p-44
	tanP3, tanP3x16 = 0x1.98a2e03707345p-81, 0x1.8a2e03707344ap-85
	tanQ2           = 0x1.2e7b9676733afp-44

	tanQ3  = 0x1.5555555555612p-2
	tanQ5  = 0x1.1111111092746p-3
	tanQ7  = 0x1.ba1ba52c4c8abp-5
	tanQ9  = 0x1.664a0bf847a43p-6
	tanQ11 = 0x1.2609ab8fe4d77p-7

	// Keeps 35 bits of a significand, so that its product with as many is exact.
	tanMask = 0xfffffffffffc0000
)

// Tan is Math.tan.
func Tan(x float64) float64 {
	switch top := upper16(x); {
	case top < leastNormal:
		return x
	case top < 0x3e20: // |x| < 2^-29
		return (x + float64(x*0x1p55)) * 0x1p-55
	case top < 0x3fba: // |x| < 0.1015625
		x2 := x * x
		p := tanQ9 + float64(tanQ11*x2)
		p = tanQ7 + float64(p*x2)
		p = tanQ5 + float64(p*x2)
		p = tanQ3 + float64(p*x2)
		return x + float64(p*(x*x2))
	case top <= 0x40c8:
		return tanSum(x, 0, 0)
	case x != x:
		return x + x
	case top >= infinite:
		return invalid
	}
	hi, lo, quadrants := reduce(x, 30)
	r, rLo := timesPiOver4(hi, lo, 0x1.921fbp-1, 0x1.5110b4611a626p-23)
	return tanSum(r, rLo, 16*quadrants)
}

// tanSum is tan(x + tail + shift*pi/32): by the table's nearest multiple of pi/32, a
// polynomial for the rest r, and near a pole the reciprocal of the distance q from it.
func tanSum(x, tail float64, shift int32) float64 {
	half := math.Copysign(0.5, x)
	index := int32(float64(x*(16*tan2OverPi)) + half)
	n := float64(index)
	n16 := 16 * float64(int32(float64(x*tan2OverPi)+half))
	t := &tanTable[uint32(index+shift)&31]

	q1 := x - float64(tanP1x16*n16)
	q2 := float64(tanP2x16 * n16)
	qAll := q1 - q2
	q := math.Float64frombits(math.Float64bits(q1+float64(tanQ2*n16)) & tanMask)
	recip := 1 / q
	qLo := q1 - qAll - q2 - float64(tanP3x16*n16) + tail + (qAll - q)

	r1 := x - float64(tanP1*n)
	m2 := float64(tanP2 * n)
	r := r1 - m2
	rLo := r1 - r - m2 - float64(tanP3*n) + tail

	rs := float64(r * t.sigma)
	rt := float64(r * t.tHl)
	med := rs + rt
	low := float64((t.sigma+t.tHl)*rLo) + t.tLo + (rs - med + rt)

	recipHi := math.Float64frombits(math.Float64bits(recip) & t.mask)
	recipLo := float64((1 - float64(q*recipHi) - float64(qLo*recip)) * float64(recip*t.tau))
	pole := recipHi - t.tHi
	hi := med - pole
	return tanPoly(t, r) + low + (med - (pole + hi)) - recipLo + hi
}

// tanPoly is the polynomial from its second degree on: its first two coefficients are
// zero in all rows.
func tanPoly(t *tanRow, r float64) float64 {
	r2 := float64(r * r)
	r4 := float64(r2 * r2)
	r5 := float64(r * r4)
	c := &t.c
	upper := c[0][0] + float64(c[1][0]*r) + float64((c[2][0]+float64(c[3][0]*r))*r2) +
		float64(c[4][0]*r4) + float64((c[5][0]+float64(c[6][0]*r)+float64(c[7][0]*r2))*r5)
	lower := float64((c[2][1]+float64(c[3][1]*r))*r2) +
		float64(c[4][1]*r4) + float64((c[5][1]+float64(c[6][1]*r)+float64(c[7][1]*r2))*r5)
	return float64(float64(r4*r4)*upper) + lower
}
