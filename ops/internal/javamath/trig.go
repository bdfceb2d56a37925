package javamath

// The algorithms, their constants and tables are those of Intel's LIBM as published in
// Android's bionic (libm/x86_64/s_sin.S and s_cos.S).
// Copyright (c) 2014, Intel Corporation. BSD-3-Clause; see NOTICE.

import "math"

const (
	trig32OverPi = 0x1.45f306dc9c883p3
	trigP1       = 0x1.921fb544p-4       // pi/32, upper bits
	trigP2       = 0x1.0b4611a6p-38      // pi/32, the next bits
	trigP3       = 0x1.3198a2e037073p-73 // pi/32, the rest

	sinC3 = -0x1.5555555555555p-3
	sinC5 = 0x1.1111111111111p-7
	sinC7 = -0x1.a01a01a01a01ap-13
	sinC9 = 0x1.71de3a556c734p-19
	cosC2 = -0x1p-1
	cosC4 = 0x1.5555555555555p-5
	cosC6 = -0x1.6c16c16c16c17p-10
	cosC8 = 0x1.a01a01a01a01ap-16

	// The upper sixteen bits of 2^-252 and of 90112: what lies between them is reduced
	// by the three parts of pi/32.
	trigLeast, trigMost = 0x3030, 0x40f5
	// The upper sixteen bits of the least normal number and of infinity.
	leastNormal, infinite = 0x0010, 0x7ff0
)

// Sin is Math.sin.
func Sin(x float64) float64 {
	switch top := upper16(x); {
	case top < leastNormal:
		return x * 0x1.fffffffffffffp-1
	case top < trigLeast:
		return (float64(x*0x1p55) - x) * 0x1p-55
	case top > trigMost:
		return sinLarge(x, 0)
	}
	return sinSum(x, 0, 0)
}

// Cos is Math.cos.
func Cos(x float64) float64 {
	switch top := upper16(x); {
	case top < trigLeast:
		return 1 - math.Abs(x)
	case top > trigMost:
		return sinLarge(x, 16)
	}
	return sinSum(x, 0, 16)
}

// upper16 is the exponent and the upper four bits of the fraction of x.
func upper16(x float64) uint32 {
	return uint32(math.Float64bits(x)>>48) & 0x7fff
}

// sinLarge is sin(x + shift*pi/32) for large, infinite and NaN x.
func sinLarge(x float64, shift int32) float64 {
	switch {
	case x != x:
		return x + x
	case upper16(x) >= infinite:
		return invalid
	}
	hi, lo, octants := reduce(x, 29)
	rHi, rLo := timesPiOver4(hi, lo, 0x1.921fb4p-1, 0x1.4442d18469899p-25)
	return sinSum(rHi, rLo, 8*octants+shift)
}

// sinSum is sin(x + tail + shift*pi/32), by the table's nearest multiple of pi/32 and a
// polynomial for the rest.
func sinSum(x, tail float64, shift int32) float64 {
	index := int32(float64(x*trig32OverPi) + math.Copysign(0.5, x))
	n := float64(index)
	t := &trigTable[uint32(index+shift)&63]

	// x = n*pi/32 + r + c
	r1 := x - float64(trigP1*n)
	m2 := float64(trigP2 * n)
	r := r1 - m2
	minusC := float64(trigP3*n) - (r1 - r - m2) - tail

	cos := t.cosLow + t.sigma
	r2 := float64(r * r)
	r4 := float64(r2 * r2)
	sinPoly := sinC3 + float64(sinC5*r2) + float64((sinC7+float64(float64(sinC9*r1)*r))*r4)
	cosPoly := cosC2 + float64(cosC4*r2) + float64((cosC6+float64(float64(cosC8*r1)*r))*r4)
	sinPart := float64(sinPoly * float64(float64(cos*r)*r2))
	cosPart := float64(cosPoly * float64(t.sinHi*r2))

	rs := float64(t.sigma * r)
	med := float64(t.cosLow * r)
	sum := rs + t.sinHi
	hi := med + sum
	low := float64(minusC*(float64(t.sinHi*r)-cos)) + t.sinLo
	low += t.sinHi - sum + rs
	low += sum - hi + med
	low += sinPart
	low += cosPart
	return hi + low
}
