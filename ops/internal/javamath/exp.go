package javamath

// The algorithm, its constants and tables are those of Intel's LIBM as published in
// Android's bionic (libm/x86_64/e_exp.S).
// Copyright (c) 2014, Intel Corporation. BSD-3-Clause; see NOTICE.

import "math"

const (
	exp64OverLn2 = 0x1.71547652b82fep6   // 64/log(2)
	expLn2Over64 = 0x1.62e42fefap-7      // log(2)/64, upper bits
	expLn2Tail   = 0x1.cf79abc9e3b3ap-46 // log(2)/64, the rest
	expShift     = 0x1.8p52              // adding it rounds to an integer
	expC2        = 0x1.ffffffffffffep-2
	expC3        = 0x1.5555555548ba1p-3
	expC4        = 0x1.55555555b9e25p-5
	expC5        = 0x1.11115c090cf0fp-7
	expC6        = 0x1.6c15ce328986p-10
)

// Exp is Math.exp.
func Exp(x float64) float64 {
	// 2^-54 <= |x| < 1024 is the ordinary range.
	if top := uint32(math.Float64bits(x)>>48) & 0x7fff; top-15504 > 16527-15504 {
		return expEdge(x)
	}
	// x = (64n+j) * log(2)/64 + r, and the result is 2^n * 2^(j/64) * (1 + sum).
	shifted := float64(x*exp64OverLn2) + expShift
	m := shifted - expShift
	r := x - float64(expLn2Over64*m) - float64(expLn2Tail*m)
	low := uint32(math.Float64bits(shifted))
	n := int32(low) >> 6
	t := &expTable[low&63]
	scaleBits := t.mant | uint64(low>>6+1023)<<52

	r2 := r * r
	r3 := r * r2
	odd := float64(float64(r3*r2) * (expC5 + float64(r*expC6)))
	even := float64(r3 * (expC3 + float64(r*expC4)))
	sum := even + (r + t.lo + odd) + float64(r2*expC2)
	if uint32(n+894) > 1916 {
		return expScaled(sum, scaleBits, n)
	}
	scale := math.Float64frombits(scaleBits)
	return float64(sum*scale) + scale
}

// expScaled finishes Exp where 2^n is near or beyond the ends of the exponent's range:
// it scales by 2^n in two steps and rounds a subnormal result once.
func expScaled(sum float64, scaleBits uint64, n int32) float64 {
	half := n >> 1
	second := math.Float64frombits(uint64(half+1023) << 52)
	scaleBits -= uint64(half) << 52
	scale := math.Float64frombits(scaleBits)
	sum = float64(sum * scale)
	lost := -1022 - n // bits of the significand that a subnormal result has no room for
	if lost > 52 {
		return (sum + scale) * second
	}
	var hi float64
	if lost >= 0 {
		hi = math.Float64frombits(scaleBits & (^uint64(0) << uint(lost)))
	}
	sum += scale - hi
	y := (sum + hi) * second
	if n >= 1023 || lost == 0 && !math.Signbit(sum) || exponentBits(y) != 0 {
		return y
	}
	// The sum of the two parts of a subnormal is exact as a sum of integers.
	low, high := math.Float64bits(sum*second), math.Float64bits(hi*second)
	if (low^high)>>63 != 0 {
		return math.Float64frombits(high - low&^(1<<63))
	}
	return math.Float64frombits(high + low&^(1<<63))
}

// expEdge is Exp where |x| is below 2^-54, at least 1024, infinite or NaN.
func expEdge(x float64) float64 {
	switch {
	case math.Abs(x) < 1:
		return x + 1
	case x > 0:
		return math.Inf(1)
	case x < 0:
		return 0
	}
	return x + x
}

// exponentBits is the biased exponent of x.
func exponentBits(x float64) uint32 {
	return uint32(math.Float64bits(x)>>52) & 0x7ff
}
