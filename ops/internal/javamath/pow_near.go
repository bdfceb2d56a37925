package javamath

// The algorithm, its constants and tables are those of Intel's LIBM as published in
// Android's bionic (libm/x86_64/e_pow.S).
// Copyright (c) 2014, Intel Corporation. BSD-3-Clause; see NOTICE.

import "math"

const (
	// The polynomial of powC1 to powC8, with two coefficients in two parts each.
	powNear1  = -0x1.dabe1p-10
	powNear1T = -0x1.61bb2412055ccp-34
	powNear2  = -0x1.61ap-2
	powNear2T = 0x1.2531ef8b5787dp-16
	powNear3  = 0x1.4635e486ececbp-3

	// Masks of the upper part of a number that is split in two.
	powLogMask  = 0xfffffffff8000000
	powNearMask = 0xffffffff00000000
)

// powNearOne is x^y where 31/32 <= |x| < 17/16 and |y| >= 4096, which takes a more
// precise logarithm.
func powNearOne(x, y float64, a powArg, b32 uint32, mHi float64) float64 {
	hi, lo := powLogNearOne(a, b32, mHi)
	yExp := exponentBits(y)
	if yExp == 0x7ff {
		return powBeyond(x, y)
	}
	if exponentBits(hi)+yExp-1023 >= 1036 {
		if math.Signbit(hi) != math.Signbit(y) {
			return math.Float64frombits(a.sign)
		}
		return math.Float64frombits(0x7ff<<52 | a.sign)
	}
	lHi := math.Float64frombits(math.Float64bits(hi) & powLogMask)
	lLo := hi - lHi + lo
	yHi := math.Float64frombits(math.Float64bits(y) & powNearMask)
	zHi := float64(yHi * lHi)
	zLo := float64((y-yHi)*lHi) + float64(y*lLo)
	shifted := powShift + zHi
	near := shifted - powShift
	z := zHi - near + zLo
	if math.Float64bits(near)>>48&0x7fff > 16529 {
		return powOutOfRange(x, y, a.sign)
	}
	low := uint32(math.Float64bits(shifted))
	n := low >> 8
	half := n >> 1
	rest, scale := exp2(z, low, uint64(half)<<52)
	return powScaled(rest, scale, a.sign|uint64((n-half+1023)&0xfff)<<52)
}

// powLogNearOne is log2 of the size of a base near 1 as a high and a low part.
func powLogNearOne(a powArg, b32 uint32, mHi float64) (hi, lo float64) {
	m := math.Float64frombits(a.bits&mantissaMask | oneBits)
	b := widened(b32, powTableMask)
	rLo := float64((m - mHi) * b)
	rHi := float64(mHi*b) - powLog2EHi
	r := rLo + rHi
	t := &powLogTable[b32>>14&0x3ff-228]

	// The leading terms, each sum followed by what it lost.
	h0 := float64(a.n) + t[0]
	first := rHi + float64(powNear1*rHi)
	square := float64(float64(powNear2*rHi) * rHi)
	firstLo := float64(powNear1 * rLo)
	h1 := h0 + first
	h2 := h1 + square
	h3 := h2 + rLo
	h4 := h3 + firstLo
	hi = h4 + t[1]
	lost := float64(float64(powNear2*rLo)*(rHi+r)) + (square + (h1 - h2) + (h0 - h1 + first))
	lost += h2 - h3 + rLo
	lost += h3 - h4 + firstLo
	lost += h4 - hi + t[1]

	r2 := r * r
	r3, r4 := r*r2, r2*r2
	odd := float64((powNear3+float64(powC4*r))*r3) + lost
	even := float64((powNear1T + float64(powNear2T*r)) * r)
	odd += float64(float64((powC7+float64(powC8*r))*r3) * r4)
	even += float64(float64((powC5+float64(powC6*r))*r) * r4)
	return hi, odd + even
}
