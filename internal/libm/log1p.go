package libm

// The algorithm and its constants are those of fdlibm (s_log1p.c), with the
// C library's order of sums:
//
//	Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
//	Developed at SunPro, a Sun Microsystems, Inc. business.
//	Permission to use, copy, modify, and distribute this software is freely
//	granted, provided that this notice is preserved.

import "math"

const (
	log1pLn2Hi = 0x1.62e42feep-1
	log1pLn2Lo = 0x1.a39ef35793c76p-33
)

// Log1p returns log(1+x).
func Log1p(x float64) float64 {
	switch high := uint32(math.Float64bits(x) >> 32); {
	case x == -1:
		return math.Inf(-1)
	case x < -1:
		return math.NaN()
	case x != x || x > math.MaxFloat64:
		return x + x
	case high&0x7fffffff < 0x3c900000: // |x| < 2^-54
		return x
	case high&0x7fffffff < 0x3e200000: // |x| < 2^-29
		return x - float64(float64(x*x)*0.5)
	case high < 0x3fda827a || high >= 1<<31 && high <= 0xbfd2bec3: // about sqrt(1/2)-1 to sqrt(2)-1
		return log1pPoly(x, 0, 0)
	}
	k, f, c := log1pSplit(x)
	if math.Abs(f) >= 0x1p-20 {
		return log1pPoly(f, c, k)
	}
	low := math.FMA(float64(k), log1pLn2Lo, c)
	if f == 0 {
		return math.FMA(float64(k), log1pLn2Hi, low)
	}
	r := float64(0.5*f*f) * math.FMA(-0.66666666666666666, f, 1)
	if k == 0 {
		return f - r
	}
	return math.FMA(float64(k), log1pLn2Hi, -((r - low) - f))
}

// log1pSplit returns 1+x as 2^k * (1+f); c is what the sum lost, as a share of it.
func log1pSplit(x float64) (k int, f, c float64) {
	u := x
	if math.Float64bits(x)>>52&topMask < 1023+53 {
		u = 1 + x
		if math.Float64bits(u)>>52&topMask > 1023 {
			c = (1 - (u - x)) / u
		} else {
			c = (x - (u - 1)) / u
		}
	}
	bits := math.Float64bits(u)
	k = int(bits>>52) - 1023
	scale := uint64(1023) << 52
	if uint32(bits>>32)&0xfffff >= 0x6a09e {
		k++
		scale = 1022 << 52
	}
	return k, math.Float64frombits(bits&(1<<52-1)|scale) - 1, c
}

// log1pPoly is log(2^k * (1+f)) + c by the polynomial of f/(2+f).
func log1pPoly(f, c float64, k int) float64 {
	const (
		p1 = 6.666666666666735130e-01
		p2 = 3.999999999940941908e-01
		p3 = 2.857142874366239149e-01
		p4 = 2.222219843214978396e-01
		p5 = 1.818357216161805012e-01
		p6 = 1.531383769920937332e-01
		p7 = 1.479819860511658591e-01
	)
	half := float64(0.5 * f * f)
	s := f / (2 + f)
	z := float64(s * s)
	z2 := float64(z * z)
	z4 := float64(z2 * z2)
	z6 := float64(z4 * z2)
	p := math.FMA(z, p1, float64(z2*math.FMA(z, p3, p2)))
	p = math.FMA(z4, math.FMA(z, p5, p4), p)
	p = math.FMA(z6, math.FMA(z, p7, p6), p)
	r := float64(s * (half + p))
	if k == 0 {
		return f - (half - r)
	}
	low := math.FMA(float64(k), log1pLn2Lo, c)
	return math.FMA(float64(k), log1pLn2Hi, -((half - (r + low)) - f))
}
