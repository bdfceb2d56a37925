package javamath

// The algorithm is that of Intel's LIBM as published in Android's bionic
// (libm/x86_64/e_pow.S), with Java's answers for NaN and for 1 to an infinite power.
// Copyright (c) 2014, Intel Corporation. BSD-3-Clause; see NOTICE.

import "math"

// powEdge is x^y where x is zero, subnormal, negative, infinite or NaN.
func powEdge(x, y float64) float64 {
	switch {
	case y == 0:
		return 1
	case x != x:
		return x + x
	case y != y:
		return powBeyond(x, y)
	case x == 0 || math.IsInf(x, 0):
		return powOfZeroOrInf(x, y)
	case x > 0:
		return powNormal(x, y, powSubnormal(x, 0))
	case math.IsInf(y, 0):
		return powBeyond(x, y)
	}
	odd, integer := parity(y)
	if !integer {
		return invalid
	}
	var sign uint64
	if odd {
		sign = 1 << 63
	}
	if exponentBits(x) == 0 {
		return powNormal(x, y, powSubnormal(x, sign))
	}
	n := int32(exponentBits(x)) - 1023
	return powNormal(x, y, powArg{math.Float64bits(x), powSplitMask(n - 1), sign, n})
}

// powSubnormal takes a subnormal base apart.
func powSubnormal(x float64, sign uint64) powArg {
	scaled := x * 0x1p128
	return powArg{math.Float64bits(scaled), 1<<64 - 1<<42, sign, int32(exponentBits(scaled)) - 1023 - 128}
}

// powBeyond is x^y for a finite x other than zero and an infinite or NaN y.
func powBeyond(x, y float64) float64 {
	switch {
	case x == 1 || x == -1 && y == y:
		return math.Float64frombits(0x7ff8 << 48)
	case y != y:
		return y + y
	case (exponentBits(x) < 1023) == math.Signbit(y):
		return math.Inf(1)
	}
	return 0
}

// powOfZeroOrInf is x^y for an x of zero or infinity and a y of neither zero nor NaN.
func powOfZeroOrInf(x, y float64) float64 {
	if math.Signbit(y) {
		x = 1 / x
	}
	if looksOdd(y) {
		return x
	}
	return math.Abs(x)
}

// looksOdd is the library's test for odd integers where the base is zero or infinite:
// it takes some multiples of one half between -2^52 and -2^51 for what they are not.
func looksOdd(y float64) bool {
	const shift = 0x1.8p52
	e := exponentBits(y)
	switch {
	case e > 1075 || e < 1023:
		return false
	case e == 1075:
		return math.Float64bits(y)&1 != 0
	}
	shifted := y + shift
	return y+(shift-shifted) == 0 && math.Float64bits(shifted)&1 != 0
}

// parity says whether a finite y is an integer, and whether an odd one.
func parity(y float64) (odd, integer bool) {
	if math.Abs(y) >= 0x1p53 {
		return false, true
	}
	n := int64(y)
	return n&1 != 0, float64(n) == y
}
