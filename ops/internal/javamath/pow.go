package javamath

// The algorithm, its constants and tables are those of Intel's LIBM as published in
// Android's bionic (libm/x86_64/e_pow.S).
// Copyright (c) 2014, Intel Corporation. BSD-3-Clause; see NOTICE.

import (
	"math"
	"math/bits"
)

const (
	powLog2EHi = 0x1.72p0 // log2(e), upper bits
	powShift   = 0x1.8p44 // adding it rounds to a multiple of 1/256
	powLn2     = 0x1.62e42fefa39efp-1

	// The polynomial of log2(1+r), less powLog2EHi*r.
	powC1 = -0x1.dabe1161bb241p-10
	powC2 = -0x1.619b6b3841d2ap-2
	powC3 = 0x1.4635e486ececcp-3
	powC4 = -0x1.528db9f95985ap-4
	powC5 = 0x1.76c9bac8349bbp-5
	powC6 = -0x1.b0301ee241472p-6
	powC7 = 0x1.004f2518775e3p-6
	powC8 = -0x1.365786dc96112p-7

	// The polynomial of 2^z, less 1 + powLn2*z.
	powE2 = 0x1.ebfbdff82c58fp-3
	powE3 = 0x1.c6b08d704a0cp-5
	powE4 = 0x1.3b2ab6fba4e77p-7
	powE5 = 0x1.5d87fe78a6731p-10

	// Masks of the upper part of a number that is split in two.
	powTableMask = 0xfffff80000000000
	powMainMask  = 0xfffffff800000000
	powWideMask  = 0xfffffffff8000000
)

// powArg is the base of a power taken apart: its size is 2^n times the significand in
// bits, mask keeps the significand's upper part, and the power is to have sign.
type powArg struct {
	bits, mask, sign uint64
	n                int32
}

// Pow is Math.pow: as the JVM does, a square is x*x and a power of one half is the root.
func Pow(x, y float64) float64 {
	switch {
	case y == 2:
		return float64(x * x)
	case y == 0.5 && x > 0:
		return math.Sqrt(x)
	}
	xBits := math.Float64bits(x)
	if xBits-1<<52 >= 0x7fe<<52 { // neither positive nor normal
		return powEdge(x, y)
	}
	n := int32(xBits>>52) - 1023
	return powNormal(x, y, powArg{xBits, powSplitMask(n), 0, n})
}

// powSplitMask keeps as many bits of a significand as leave its product with an
// approximate reciprocal exact; the larger the exponent the fewer are needed.
func powSplitMask(n int32) uint64 {
	return ^uint64(0) << (31 + bits.Len32(uint32(max(n, -n))+1))
}

// powNormal is x^y for the x that a was made of.
func powNormal(x, y float64, a powArg) float64 {
	mant := a.bits&mantissaMask | oneBits
	b32 := math.Float32bits(rcp(a.bits)*powLog2EHi) + 0x2000
	b := widened(b32, powTableMask) // about log2(e)/m, nine bits
	mHi := math.Float64frombits(mant & a.mask)
	if a.bits>>48&0x7fff-0x3fef <= 1 { // 31/32 <= |x| < 17/16
		mHi = math.Float64frombits((mant + 1<<31) & a.mask)
		if exponentBits(y) >= 1035 {
			return powNearOne(x, y, a, b32, mHi)
		}
	}
	rLo := float64((math.Float64frombits(mant) - mHi) * b)
	rHi := float64(mHi*b) - powLog2EHi
	r := rLo + rHi
	t := &powLogTable[b32>>14&0x3ff-228]

	// log2(|x|) = hi + lo
	hi := rHi + t[0] + float64(a.n)
	r2 := r * r
	r3, r4 := r*r2, r2*r2
	odd := float64((powC3+float64(powC4*r))*r3) + (rLo + t[1])
	even := float64((powC1 + float64(powC2*r)) * r)
	lo := float64(r4*float64((powC5+float64(powC6*r))*r)) + even +
		(float64(r4*float64((powC7+float64(powC8*r))*r3)) + odd)

	size := int32(bits.Len32(uint32(max(a.n, -a.n))+1)) + int32(exponentBits(y)) - 993
	if uint32(size) >= 39 {
		return powWide(x, y, a.sign, hi, lo, size)
	}
	yHi := math.Float64frombits(math.Float64bits(y) & powMainMask)
	zHi, zLo := float64(yHi*hi), float64((y-yHi)*hi)
	shifted := zHi + powShift
	z := float64(y*lo) + (zHi - (shifted - powShift) + zLo)
	low := uint32(math.Float64bits(shifted))
	rest, scale := exp2(z, low, a.sign+uint64(low>>8)<<52)
	return rest + scale
}

// exp2 gives 2^(z + j/256), j being the lower eight bits of low, as 1 and the rest,
// both times the power of two and the sign that scaleBits adds.
func exp2(z float64, low uint32, scaleBits uint64) (rest, scale float64) {
	t := &powExpTable[low&255]
	scale = math.Float64frombits(t[0] + scaleBits)
	tLo := math.Float64frombits(t[1] + scaleBits)
	z2 := z * z
	p := float64(float64(float64(z2*z2)*(powE4+float64(powE5*z))) * scale)
	q := float64(float64(z2*(powE2+float64(powE3*z))) * scale)
	return p + (float64(float64(powLn2*z)*scale) + tLo) + q, scale
}

// powWide is x^y = 2^(y*(hi+lo)) where the result is close to 1, may leave the range of
// normal numbers, or surely leaves it; size estimates the exponent of y*log2(x).
func powWide(x, y float64, sign uint64, hi, lo float64, size int32) float64 {
	switch {
	case size < -24:
		return 1
	case size < 0:
		w := float64(hi*y) + float64(y*lo)
		if sign != 0 {
			return -1 + float64(w*-powLn2)
		}
		return 1 + float64(w*powLn2)
	case size >= 47: // bionic's 46 is too early for x just below 31/32; the JVM has it right
		return powOutOfRange(x, y, sign)
	}
	l := hi + lo
	lHi := math.Float64frombits(math.Float64bits(l) & powWideMask)
	yHi := math.Float64frombits(math.Float64bits(y) & powWideMask)
	zHi := float64(yHi * lHi)
	shifted := powShift + zHi
	tail := lo + (hi - l) + (l - lHi)
	near := shifted - powShift
	z := float64(y*tail) + float64((y-yHi)*lHi) + (zHi - near)
	if math.Float64bits(near)>>48&0x7fff > 16529 {
		return powOutOfRange(x, y, sign)
	}
	low := uint32(math.Float64bits(shifted))
	n := int32(low) >> 8
	half := n >> 1
	rest, scale := exp2(z, low, sign+uint64(half)<<52)
	return powScaled(rest, scale, uint64(n-half+1023)<<52)
}

// powScaled is (rest + scale) times the number of secondBits, rounded once.
func powScaled(rest, scale float64, secondBits uint64) float64 {
	second := math.Float64frombits(secondBits)
	y := (rest + scale) * second
	if exponentBits(y) != 0 {
		return y
	}
	lost := -31 - (int32(exponentBits(scale)) - 1023 + int32(exponentBits(second)))
	if lost > 20 {
		return y
	}
	hi := math.Float64frombits(math.Float64bits(scale) & (^uint64(0) << (32 + max(lost, 0))))
	return float64(hi*second) + float64((scale-hi+rest)*second)
}

// powOutOfRange is x^y where it overflows, underflows, or y is infinite or NaN.
func powOutOfRange(x, y float64, sign uint64) float64 {
	if exponentBits(y) == 0x7ff {
		return powBeyond(x, y)
	}
	if (exponentBits(x) < 1023) != math.Signbit(y) {
		return math.Float64frombits(sign)
	}
	return math.Float64frombits(0x7ff<<52 | sign)
}
