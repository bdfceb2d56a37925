package javamath

// The algorithm and its constants are those of Intel's LIBM as published in Android's
// bionic (libm/x86_64/s_sin.S, s_cos.S and s_tan.S).
// Copyright (c) 2014, Intel Corporation. BSD-3-Clause; see NOTICE.

import (
	"math"
	"math/bits"
)

// reduce takes a large finite x apart: x is count units, and hi + lo times pi/4. The
// unit is pi/4 for a width of 29 and pi/2 for one of 30; of count only the lower bits
// are right, which are all that matters to a periodic function.
func reduce(x float64, width int32) (hi, lo float64, count int32) {
	xBits := math.Float64bits(x)
	skip := exponentBits(x) - 1014
	top, mid, low := timesTwoOverPi(xBits, skip>>5)

	// digits will be what follows the point, nearer the unit where that is one half or more.
	shift := 28 - int32(skip&31)
	var digits, nearer uint64
	var whole uint32
	if shift > 29-width {
		up := 29 - shift
		whole = uint32(top>>32) << up
		digits = uint64(whole&(1<<width-1)>>up)<<32 | top&0xffffffff
		if whole>>(width-1)&1 != 0 {
			nearer = uint64(uint32(1)<<width>>up) << 32
		}
	} else {
		up := 29 - width - shift
		top <<= up
		whole = uint32(top >> (32 - width))
		digits = uint64(uint32(top) >> up)
		if top>>31&1 != 0 {
			nearer = 1 << 32 >> up
		}
	}
	negative := math.Signbit(x)
	count = int32(whole >> width)
	if nearer != 0 { // what is left is what lacks to the next unit
		count = int32((whole + 1<<width) >> width)
		var borrow uint64
		low, borrow = bits.Sub64(0, low, 0)
		mid, borrow = bits.Sub64(0, mid, borrow)
		digits, _ = bits.Sub64(nearer, digits, borrow)
	}
	if negative {
		count = -count
	}
	hi, lo = fixedToFloats(digits, mid, low, shift+32, negative != (nearer != 0))
	return hi, lo, count
}

// timesTwoOverPi multiplies a significand by 224 digits of 2/pi from the given word on,
// and gives 192 digits of the product from its middle; it leaves out the least product
// of two words.
func timesTwoOverPi(xBits uint64, word uint32) (top, mid, low uint64) {
	w := (*[7]uint32)(twoOverPi[word:])
	mHi, mLo := xBits>>32&0xfffff|0x100000, xBits&0xffffffff
	var out [6]uint64
	var carry uint64
	for i := range out {
		column := carry + mHi*uint64(w[6-i])
		below := mLo * uint64(w[5-i])
		if i == len(out)-1 {
			column += below
			out[i] = column
			break
		}
		column += below & 0xffffffff
		out[i] = column & 0xffffffff
		carry = column>>32 + below>>32
	}
	return out[5]<<32 | out[4], out[3]<<32 | out[2], out[1]<<32 | out[0]
}

// fixedToFloats is the fixed-point number of three words as a high and a low part;
// exponent counts the binary digits of the first that follow the point.
func fixedToFloats(digits, mid, low uint64, exponent int32, negative bool) (hi, lo float64) {
	for i := 0; i < 2 && digits == 0; i++ {
		digits, mid, low = mid, low, 0
		exponent += 64
	}
	if digits == 0 {
		return 0, 0
	}
	// The high part takes the first thirty significant digits.
	switch up := 30 - bits.Len64(digits); {
	case up > 0:
		digits = digits<<up | mid>>(64-up)
		mid = mid<<up | low>>(64-up)
		exponent += int32(up)
	case up < 0:
		mid = mid>>-up | digits<<(64+up)
		digits >>= -up
		exponent += int32(up)
	}
	scale := uint64(1023-exponent) << 52
	if negative {
		scale |= 1 << 63
	}
	hi = float64(int64(digits)) * math.Float64frombits(scale)
	lo = float64(int64(mid>>1)) * math.Float64frombits(scale-63<<52)
	return float64(hi), float64(lo)
}

// timesPiOver4 multiplies hi + lo, the first of at most thirty bits, by pi/4 given as
// its upper bits and the rest.
func timesPiOver4(hi, lo, piHi, piLo float64) (r, rLo float64) {
	rLo = float64(piLo*(hi+lo)) + float64(lo*piHi)
	first := float64(hi * piHi)
	r = first + rLo
	return r, rLo + (first - r)
}
