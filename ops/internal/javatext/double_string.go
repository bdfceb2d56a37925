package javatext

import (
	"bytes"
	"math"
	"math/bits"
	"strconv"
)

// This file prints floating point numbers as JDK 17 does. The JDK generates
// digits as Steele and White's free-format algorithm ("How to Print
// Floating-Point Numbers Accurately", 1990) does, with four departures that
// its output shows and that later JDKs mended:
//
//   - The interval that identifies the number is half an ulp to both sides,
//     and a quarter to both sides for a power of two, so powers of two can
//     come out with a digit too many (2^-44 is 5.6843418860808015E-14).
//   - In E notation generation does not stop before the second digit, so
//     2^-1074 is 4.9E-324.
//   - Whole numbers below 2^63 are not generated but printed in full, less the
//     digits that a quarter ulp does not reach (2^59 is 5.7646075230342349E17).
//   - If numerator and denominator fit in 63 bits the work is done in signed
//     64-bit integers, and the sum that decides whether to round up overflows
//     for some numbers near 1E25 (2^83 as a float is 9.6714065E24, which is not
//     the nearer of the two candidates).

// AppendDouble appends Double.toString(v) to dst.
func AppendDouble(dst []byte, v float64) []byte {
	const fraction = 52
	b := math.Float64bits(v)
	exp := int(b >> fraction & 0x7ff)
	return appendFloating(dst, b>>63 != 0, b&(1<<fraction-1), exp, 0x7ff, fraction)
}

// AppendFloat appends Float.toString(v) to dst.
func AppendFloat(dst []byte, v float32) []byte {
	const fraction = 23
	b := math.Float32bits(v)
	exp := int(b >> fraction & 0xff)
	return appendFloating(dst, b>>31 != 0, uint64(b&(1<<fraction-1)), exp, 0xff, fraction)
}

// appendFloating prints the number with the given fields of an IEEE format
// that has a fraction of width bits and the largest biased exponent maxExp.
func appendFloating(dst []byte, neg bool, frac uint64, exp, maxExp, width int) []byte {
	if exp == maxExp && frac != 0 {
		return append(dst, "NaN"...)
	}
	if neg {
		dst = append(dst, '-')
	}
	switch {
	case exp == maxExp:
		return append(dst, "Infinity"...)
	case exp == 0 && frac == 0:
		return append(dst, "0.0"...)
	case exp == 0:
		exp = 1
	default:
		frac |= 1 << width
	}
	var d decimal
	d.set(frac, exp-maxExp/2-width, width == 23)
	return d.append(dst)
}

// decimal is a number 0.d1d2d3... * 10^point under construction.
type decimal struct {
	digits [32]byte // ASCII
	n      int
	point  int
}

// set makes d the decimal that identifies f * 2^e, where f > 0 and e is the
// exponent of the number's ulp. single says that the number is a float.
func (d *decimal) set(f uint64, e int, single bool) {
	if e > 0 && e+bits.Len64(f) <= 63 {
		d.setWhole(f<<e, e)
		return
	}
	if e <= 0 && e > -63 && f&(1<<-e-1) == 0 {
		d.setWhole(f>>-e, 0)
		return
	}
	g := newGenerator(f, e)
	if !d.setShortest(f, e, single, &g) {
		g.run(d)
	}
}

// setShortest makes d the shortest decimal that identifies the number, the nearest
// of those, where the JDK's digits are the same. It returns false where they differ
// or may:
//   - for powers of two, whose interval is another one;
//   - where the interval's ends count for the shortest decimal and are decimals
//     themselves: those of whole numbers, until no power of five is small enough;
//   - for a single digit in E notation, if the interval may hold others with two;
//   - where the JDK's sums overflow.
func (d *decimal) setShortest(f uint64, e int, single bool, g *generator) bool {
	size, beyond := 64, 137 // 2^137 is above 10^17 * 5^23 * 2^23
	if single {
		size, beyond = 32, 72 // 2^72 is above 10^9 * 5^10 * 2^10
	}
	if f&(f-1) == 0 || e >= 0 && f&1 == 0 && e+bits.Len64(f) <= beyond || g.overflows() {
		return false
	}
	var buf [32]byte
	text := strconv.AppendFloat(buf[:0], math.Ldexp(float64(f), e), 'e', -1, size) // d.ddde+xx
	mark := bytes.LastIndexByte(text, 'e')
	d.digits[0], d.n = text[0], 1
	if mark > 1 {
		d.n += copy(d.digits[1:], text[2:mark])
	}
	d.point = 0
	for _, c := range text[mark+2:] {
		d.point = d.point*10 + int(c-'0')
	}
	if text[mark+1] == '-' {
		d.point = -d.point
	}
	d.point++
	return d.n > 1 || f >= 1<<20 || !d.scientific()
}

// scientific reports whether d is written in E notation.
func (d *decimal) scientific() bool { return d.point < -2 || d.point > 7 }

// setWhole makes d the whole number v, whose ulp is 2^e.
func (d *decimal) setWhole(v uint64, e int) {
	dropped, unit := 0, uint64(1)
	if e >= 2 {
		for unit*10 <= 1<<(e-2) {
			unit *= 10
			dropped++
		}
	}
	if dropped > 0 {
		rest := v % unit
		v /= unit
		if rest >= unit/2 {
			v++
		}
	}
	d.n = len(strconv.AppendUint(d.digits[:0], v, 10))
	d.point = d.n + dropped
}

// roundUp adds one to the last digit.
func (d *decimal) roundUp() {
	i := d.n - 1
	for i > 0 && d.digits[i] == '9' {
		d.digits[i] = '0'
		i--
	}
	if d.digits[i] == '9' {
		d.digits[i] = '1'
		d.point++
		return
	}
	d.digits[i]++
}

// append writes d in Java's notation: plain from 10^-3 to below 10^7, with an
// exponent elsewhere, and always with a digit on both sides of the point.
func (d *decimal) append(dst []byte) []byte {
	n := d.n
	for n > 1 && d.digits[n-1] == '0' {
		n--
	}
	digits := d.digits[:n]
	switch {
	case d.point > -3 && d.point <= 0:
		dst = append(dst, "0."...)
		for range -d.point {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	case d.point > 0 && d.point <= 7 && n > d.point:
		dst = append(dst, digits[:d.point]...)
		dst = append(dst, '.')
		return append(dst, digits[d.point:]...)
	case d.point > 0 && d.point <= 7:
		dst = append(dst, digits...)
		for range d.point - n {
			dst = append(dst, '0')
		}
		return append(dst, ".0"...)
	}
	dst = append(dst, digits[0], '.')
	if n == 1 {
		dst = append(dst, '0')
	}
	dst = append(dst, digits[1:]...)
	dst = append(dst, 'E')
	return strconv.AppendInt(dst, int64(d.point-1), 10)
}
