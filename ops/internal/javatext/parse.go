package javatext

import (
	"math"
	"strconv"
	"strings"
)

// ParseDouble is Double.parseDouble; ok is false where Java throws.
func ParseDouble(s string) (v float64, ok bool) { return parseFloating(s, 64) }

// ParseFloat is Float.parseFloat; ok is false where Java throws.
func ParseFloat(s string) (v float32, ok bool) {
	d, ok := parseFloating(s, 32)
	return float32(d), ok
}

func parseFloating(s string, bitSize int) (v float64, ok bool) {
	s = Trim(s)
	if d, ok := readDecimal(s); ok {
		format := &doubles
		if bitSize == 32 {
			format = &floats
		}
		if v, ok := d.value(format); ok {
			return v, true
		}
	}
	return parseAny(s, bitSize)
}

// parseAny is parseFloating of a text of any form.
func parseAny(s string, bitSize int) (v float64, ok bool) {
	if s == "NaN" || s == "+NaN" || s == "-NaN" {
		return math.NaN(), true
	}
	n := floatingLen(s)
	if n == 0 {
		return 0, false
	}
	// A text that the grammar accepts differs from Go's only in a number's
	// range (an infinity or zero for Java too) and in the suffix.
	v, err := strconv.ParseFloat(s[:n], bitSize)
	if err != nil && err.(*strconv.NumError).Err != strconv.ErrRange {
		return 0, false
	}
	return v, true
}

// Trim is String.trim: it cuts characters up to the blank off both ends.
func Trim(s string) string {
	for len(s) > 0 && s[0] <= ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}

// floatingLen checks s against the grammar of Double.valueOf, less NaN, and
// returns the length of s without its suffix, or 0 if s does not conform.
func floatingLen(s string) int {
	i := 0
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	if s[i:] == "Infinity" {
		return len(s)
	}
	isDigit, exponent, needExponent := isDecimal, "eE", false
	if len(s) >= i+2 && s[i] == '0' && s[i+1]|0x20 == 'x' {
		i += 2
		isDigit, exponent, needExponent = isHex, "pP", true
	}
	start := i
	i = skip(s, i, isDigit)
	digits := i - start
	if i < len(s) && s[i] == '.' {
		start = i + 1
		i = skip(s, start, isDigit)
		digits += i - start
	}
	if digits == 0 {
		return 0
	}
	if i < len(s) && strings.IndexByte(exponent, s[i]) >= 0 {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		start = i
		if i = skip(s, i, isDecimal); i == start {
			return 0
		}
	} else if needExponent {
		return 0
	}
	if i == len(s) || i == len(s)-1 && strings.IndexByte("fFdD", s[i]) >= 0 {
		return i
	}
	return 0
}

func skip(s string, i int, is func(byte) bool) int {
	for i < len(s) && is(s[i]) {
		i++
	}
	return i
}

func isDecimal(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool { return isDecimal(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// ParseLong is Long.parseLong; ok is false where Java throws.
func ParseLong(s string) (v int64, ok bool) { return parseWhole(s, 64) }

// ParseInt is Integer.parseInt; ok is false where Java throws.
func ParseInt(s string) (v int32, ok bool) {
	w, ok := parseWhole(s, 32)
	return int32(w), ok
}

// ParseShort is Short.parseShort; ok is false where Java throws.
func ParseShort(s string) (v int16, ok bool) {
	w, ok := parseWhole(s, 16)
	return int16(w), ok
}

// ParseByte is Byte.parseByte; ok is false where Java throws.
func ParseByte(s string) (v int8, ok bool) {
	w, ok := parseWhole(s, 8)
	return int8(w), ok
}

// parseWhole reads a sign and the digits of any script in the range of a two's
// complement number of the given size.
func parseWhole(s string, bitSize int) (v int64, ok bool) {
	neg := strings.HasPrefix(s, "-")
	if neg || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if s == "" {
		return 0, false
	}
	if u, ok := fewDigits(s, bitSize); ok {
		if neg {
			return -u, true
		}
		return u, true
	}
	limit := uint64(1)<<(bitSize-1) - 1
	if neg {
		limit++
	}
	var u uint64
	for _, r := range s {
		d := Digit(r)
		if d < 0 || u > (limit-uint64(d))/10 {
			return 0, false
		}
		u = u*10 + uint64(d)
	}
	if neg {
		return int64(-u), true
	}
	return int64(u), true
}

// fewDigits reads a number of so few digits, all of ASCII, that every such number is in
// the range.
func fewDigits(s string, bitSize int) (v int64, ok bool) {
	if len(s) > bitSize*3/10-1 { // 18, 8, 3 and 1
		return 0, false
	}
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		v = v*10 + int64(c)
	}
	return v, true
}

// IsNull reports whether MLeap's casts from string to a number give null for
// s, without parsing it (Casting.scala).
func IsNull(s string) bool { return s == "" || s == "null" }

// ParseBool is MLeap's cast from string to boolean (Casting.scala). Few texts
// are false; most others are true, "False" and "-0" among them. ok is false for
// digits beyond ASCII, which Java's parseDouble then refuses.
func ParseBool(s string) (v, ok bool) {
	switch s {
	case "true", "yes":
		return true, true
	case "false", "no", "":
		return false, true
	}
	for _, r := range s {
		if !IsDigit(r) {
			return true, true
		}
	}
	d, ok := ParseDouble(s)
	return d != 0, ok
}
