package javamath

// The algorithms, their constants and tables are those of Intel's LIBM as published in
// Android's bionic (libm/x86_64/e_log.S and e_log10.S).
// Copyright (c) 2014, Intel Corporation. BSD-3-Clause; see NOTICE.

import "math"

const (
	mantissaMask = 1<<52 - 1
	oneBits      = 1023 << 52

	logLn2Hi = 0x1.62e42fefa38p-5   // log(2)/16, upper bits
	logLn2Lo = 0x1.ef35793c7673p-49 // log(2)/16, the rest
	logC2    = -0x1p-1
	logC3    = 0x1.5555555555555p-2
	logC4    = -0x1p-2
	logC5    = 0x1.999999999999ap-3
	logC6    = -0x1.5555e3d6fb175p-3
	logC7    = 0x1.2492492492492p-3

	log10Log2Hi = 0x1.34413509f78p-6    // log10(2)/16, upper bits
	log10Log2Lo = 0x1.fef311f12b358p-50 // log10(2)/16, the rest
	log10EHi    = 0x1.bcp-2             // log10(e), upper bits
	log10ELo    = 0x1.a7a6cbf2e4108p-10 // log10(e), the rest
	log10C2     = -0x1.27af2dc77b115p0
	log10C3     = 0x1.c6a02dc963467p0
	log10C4     = -0x1.8930964d4ef0dp1
	log10C5     = 0x1.6ab9f7f9d3aa1p2
	log10C6     = -0x1.5c917385593b1p3
	log10C7     = 0x1.58874c1a5f12ep4
)

// Log is Math.log.
func Log(x float64) float64 {
	bits := math.Float64bits(x)
	if bits-1<<52 >= 0x7fe<<52 { // neither positive nor normal
		if edge, ok := logEdge(x); ok {
			return edge
		}
		scaled := math.Float64bits(x * 0x1p128)
		return logNormal(scaled, int32(scaled>>52)-1023-128)
	}
	return logNormal(bits, int32(bits>>52)-1023)
}

// logNormal is log(2^n * m) for the significand m of a normal number's bits.
func logNormal(bits uint64, n int32) float64 {
	mant := bits&mantissaMask | oneBits
	b32 := math.Float32bits(rcp(bits)) + 0x8000
	b := widened(b32, 0xffffe00000000000) // about 1/m, seven bits
	mHi := math.Float64frombits(mant & 0xffffe00000000000)
	mLo := math.Float64frombits(mant) - mHi
	r := float64(mLo*b) + (float64(mHi*b) - 1)
	t := &logTable[b32>>16&0xff]
	k := float64(16 * n)

	base := t[0] + float64(k*logLn2Hi)
	hi := base + r
	lo := r + (base - hi) + (float64(k*logLn2Lo) + t[1])
	r2 := r * r
	p := float64((logC5+float64(r*logC6))*r) + float64(float64(r*logC7)*r2)
	q := logC2 + float64(r*logC3) + float64(r2*logC4)
	return hi + (lo + float64(p*float64(r2*r2)) + float64(q*r2))
}

// Log10 is Math.log10.
func Log10(x float64) float64 {
	bits := math.Float64bits(x)
	if bits-1<<52 >= 0x7fe<<52 {
		if edge, ok := logEdge(x); ok {
			return edge
		}
		scaled := math.Float64bits(x * 0x1p128)
		return log10Normal(scaled, int32(scaled>>52)-1023-128)
	}
	return log10Normal(bits, int32(bits>>52)-1023)
}

// log10Normal is log10(2^n * m) for the significand m of a normal number's bits.
func log10Normal(bits uint64, n int32) float64 {
	mant := bits&mantissaMask | oneBits
	b32 := math.Float32bits(rcp(bits)*log10EHi) + 0x8000
	b := widened(b32, 0xffffe00000000000) // about log10(e)/m, seven bits
	mHi := math.Float64frombits(mant & 0xfffffffff8000000)
	mLo := math.Float64frombits(mant) - mHi
	r := float64(mLo*b) + (float64(mHi*b) - log10EHi)
	t := &log10Table[b32>>16&0xff-94]
	k := float64(16 * n)

	base := t[0] + float64(k*log10Log2Hi)
	hi := base + r
	lo := r + (base - hi) + float64(r*log10ELo) + (float64(k*log10Log2Lo) + t[1])
	r2 := r * r
	p := float64((log10C5+float64(r*log10C6))*r) + float64(float64(r*log10C7)*r2)
	q := log10C2 + float64(r*log10C3) + float64(r2*log10C4)
	return hi + (lo + float64(p*float64(r2*r2)) + float64(q*r2))
}

// logEdge answers for zeros, negative numbers, infinities and NaN; ok is false for
// positive subnormal numbers.
func logEdge(x float64) (y float64, ok bool) {
	switch {
	case x == 0:
		return math.Inf(-1), true
	case x < 0:
		return invalid, true
	case x <= math.MaxFloat64:
		return 0, false
	}
	return x + x, true
}

// invalid is the NaN that an x86 processor makes of an undefined operation.
var invalid = math.Float64frombits(0xfff8000000000000)
