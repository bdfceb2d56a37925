package booster

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// float32At reads a number that ends within b, and rounds it as the C library
// does: to the nearest float, half to even. It leaves to parseFloat (ok is false)
// all that is not certain within a few operations.
func float32At(b []byte) (x float32, n int, ok bool) {
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		n++
	}
	first := n
	digits, scale := uint64(0), 0
	for n < len(b) && b[n]-'0' <= 9 {
		digits = digits*10 + uint64(b[n]-'0')
		n++
	}
	read := n - first
	if n < len(b) && b[n] == '.' {
		n++
		point := n
		for n < len(b) && b[n]-'0' <= 9 {
			digits = digits*10 + uint64(b[n]-'0')
			n++
		}
		scale = point - n
		read += n - point
	}
	if n < len(b) && b[n]|0x20 == 'e' {
		e, m, good := int32At(b[n+1:])
		if !good || m > 4 {
			return 0, 0, false
		}
		n += 1 + m
		scale += int(e)
	}
	if read == 0 || read > 18 || n >= len(b) || b[n] != ',' && b[n] != ']' {
		return 0, 0, false
	}
	x, ok = scaled(digits, scale)
	if negative {
		x = -x
	}
	return x, n, ok
}

// scaled returns digits * 10^scale if a double holds both and the double, rounded
// to float, is rounded right.
func scaled(digits uint64, scale int) (float32, bool) {
	if digits == 0 {
		return 0, true
	}
	if digits > 1<<53 || scale < -22 || scale > 22 {
		return 0, false
	}
	d := float64(digits)
	if scale < 0 {
		d /= tens[-scale]
	} else {
		d *= tens[scale]
	}
	// d is the nearest double. The float next to it is that next to the exact number,
	// except where d stands in the middle of two floats: there the exact number may
	// stand on either side.
	const lost, middle = 1<<29 - 1, 1 << 28
	if d < 0x1p-126 || d > 0x1p127 || math.Float64bits(d)&lost == middle {
		return 0, false
	}
	return float32(d), true
}

var tens = [23]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// parseFloat reads any number that XGBoost writes, NaN and infinities too.
func parseFloat(word string) (float32, error) {
	switch word {
	case "NaN":
		return float32(math.NaN()), nil
	case "Infinity", "+Infinity":
		return float32(math.Inf(1)), nil
	case "-Infinity":
		return float32(math.Inf(-1)), nil
	}
	for i := range len(word) {
		if c := word[i]; (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' && c|0x20 != 'e' {
			return 0, fmt.Errorf("%.40q is not a number", word)
		}
	}
	x, err := strconv.ParseFloat(word, 32)
	if err != nil && !math.IsInf(x, 0) {
		return 0, fmt.Errorf("%.40q is not a number", word)
	}
	return float32(x), nil
}

// loose reads a number without an exponent as dmlc::stof does, through which
// versions 1.0 and 1.1 read base_score: whole and fraction become floats each
// (dmlc-core, include/dmlc/strtonum.h).
func loose(word string) (float32, error) {
	exact, err := parseFloat(word)
	whole, fraction, ok := strings.Cut(strings.TrimPrefix(word, "-"), ".")
	if err != nil || !ok {
		return exact, err
	}
	before, err1 := strconv.ParseUint(whole, 10, 63)
	after, err2 := strconv.ParseUint(fraction, 10, 63)
	if err1 != nil || err2 != nil || len(fraction) > 18 {
		return exact, nil
	}
	x := float32(before)
	x += float32(float64(after) / tens[len(fraction)])
	if word[0] == '-' {
		x = -x
	}
	return x, nil
}
