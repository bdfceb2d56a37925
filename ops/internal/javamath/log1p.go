package javamath

// The algorithm and its constants are those of fdlibm (s_log1p.c), to which
// java.lang.Math delegates:
//
//	Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
//	Developed at SunPro, a Sun Microsystems, Inc. business.
//	Permission to use, copy, modify, and distribute this software is freely
//	granted, provided that this notice is preserved.

import "math"

const (
	log1pLn2Hi = 0x1.62e42feep-1
	log1pLn2Lo = 0x1.a39ef35793c76p-33

	log1pC1 = 6.666666666666735130e-01
	log1pC2 = 3.999999999940941908e-01
	log1pC3 = 2.857142874366239149e-01
	log1pC4 = 2.222219843214978396e-01
	log1pC5 = 1.818357216161805012e-01
	log1pC6 = 1.531383769920937332e-01
	log1pC7 = 1.479819860511658591e-01
)

// Log1p is Math.log1p.
func Log1p(x float64) float64 {
	switch high := uint32(math.Float64bits(x) >> 32); {
	case x == -1:
		return math.Inf(-1)
	case x < -1:
		return invalid
	case x != x || x > math.MaxFloat64:
		return x + x
	case high&0x7fffffff < 0x3c900000: // |x| < 2^-54
		return x
	case high&0x7fffffff < 0x3e200000: // |x| < 2^-29
		return x - float64(float64(x*x)*0.5)
	case high < 0x3fda827a || high >= 1<<31 && high <= 0xbfd2bec3: // about sqrt(1/2)-1 to sqrt(2)-1
		return log1pPoly(x, 0, 0)
	}
	// 1+x = 2^k * (1+f), less c*2^k that the sum lost.
	u, c := x, 0.0
	if exponentBits(x) < 1023+53 {
		u = 1 + x
		if exponentBits(u) > 1023 {
			c = (1 - (u - x)) / u
		} else {
			c = (x - (u - 1)) / u
		}
	}
	uBits := math.Float64bits(u)
	k := int(uBits>>52) - 1023
	high := uint32(uBits>>32) & 0xfffff
	scale := uint64(oneBits)
	if high >= 0x6a09e {
		k++
		high = (1<<20 - high) >> 2
		scale = 1022 << 52
	}
	f := math.Float64frombits(uBits&mantissaMask|scale) - 1
	if high != 0 {
		return log1pPoly(f, c, k)
	}
	kHi, kLo := float64(float64(k)*log1pLn2Hi), float64(float64(k)*log1pLn2Lo)
	if f == 0 {
		return kHi + (c + kLo)
	}
	r := float64(float64(0.5*f*f) * (1 - float64(0.66666666666666666*f)))
	if k == 0 {
		return f - r
	}
	return kHi - ((r - (kLo + c)) - f)
}

// log1pPoly is log(2^k * (1+f)) + c by the polynomial of f/(2+f).
func log1pPoly(f, c float64, k int) float64 {
	half := float64(0.5 * f * f)
	s := f / (2 + f)
	z := float64(s * s)
	p := log1pC6 + float64(z*log1pC7)
	p = log1pC5 + float64(z*p)
	p = log1pC4 + float64(z*p)
	p = log1pC3 + float64(z*p)
	p = log1pC2 + float64(z*p)
	p = log1pC1 + float64(z*p)
	r := float64(s * (half + float64(z*p)))
	if k == 0 {
		return f - (half - r)
	}
	kHi, kLo := float64(float64(k)*log1pLn2Hi), float64(float64(k)*log1pLn2Lo)
	return kHi - ((half - (r + (kLo + c))) - f)
}
