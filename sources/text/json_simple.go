package text

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"unicode/utf8"

	"leapscore/sources/internal/scan"
)

// Values of JSON in the forms that most have. What is not so simple, or is wrong, is left
// to jsonCursor, so that nothing is accepted here that it would refuse.

// rowEnd returns the length of a row whose last value ends at byte i of b, or 0 if it does
// not end there.
func rowEnd(b []byte, i int, end byte) int {
	if i >= len(b) || b[i] != '}' {
		return 0
	}
	i++
	switch {
	case i == len(b):
		return i
	case b[i] == end:
		return i + 1
	case b[i] == '\r' && i+1 < len(b) && b[i+1] == end:
		return i + 2
	}
	return 0
}

const (
	eachByte = 0x0101010101010101
	highBits = 0x8080808080808080
)

// textEnd returns where the closing quote is of a string whose text begins at byte i of b,
// or 0 if it has escapes, or is no text.
func textEnd(b []byte, i int) int {
	for j := i; j+8 <= len(b); j += 8 {
		x := binary.LittleEndian.Uint64(b[j:])
		quote, slash := x^('"'*eachByte), x^('\\'*eachByte)
		stops := (quote-eachByte)&^quote | (slash-eachByte)&^slash | (x-' '*eachByte)&^x | x
		if stops &= highBits; stops == 0 {
			continue
		}
		if j += bits.TrailingZeros64(stops) / 8; b[j] == '"' {
			return j
		}
		return wideTextEnd(b, i, j)
	}
	return wideTextEnd(b, i, i)
}

// wideTextEnd is textEnd of a string in which at byte j the first is that is not ASCII, or
// that ends near the end of b.
func wideTextEnd(b []byte, i, j int) int {
	for ; j < len(b); j++ {
		switch c := b[j]; {
		case c == '"':
			if !utf8.Valid(b[i:j]) {
				return 0
			}
			return j
		case c == '\\', c < ' ':
			return 0
		}
	}
	return 0
}

// wordEnd returns where a word ends that is at byte i of b, or 0 if it is not.
func wordEnd(b []byte, i int, word string) int {
	to := i + len(word)
	if to < len(b) && string(b[i:to]) == word && closesValue(b[to]) {
		return to
	}
	return 0
}

// closesValue says whether no value without quotes goes on with c.
func closesValue(c byte) bool { return c == ',' || c == '}' || c == ']' || c <= ' ' }

// decimal is a number without exponent: digits, of which so many places are behind the point.
type decimal struct {
	digits uint64
	places int
	minus  bool
}

// decimalAt reads the number at byte i of b and returns where it ends, or 0 if it is longer
// than 19 digits, or no such number.
func decimalAt(b []byte, i int) (d decimal, end int) {
	j := i
	if b[j] == '-' {
		d.minus = true
		j++
	}
	from := j
	for j < len(b) && b[j]-'0' <= 9 {
		d.digits = d.digits*10 + uint64(b[j]-'0')
		j++
	}
	n := j - from
	if n == 0 || n > 1 && b[from] == '0' {
		return d, 0
	}
	if j < len(b) && b[j] == '.' {
		j++
		from = j
		for j < len(b) && b[j]-'0' <= 9 {
			d.digits = d.digits*10 + uint64(b[j]-'0')
			j++
		}
		if d.places = j - from; d.places == 0 {
			return d, 0
		}
	}
	if n+d.places > 19 {
		return d, 0
	}
	return d, j
}

// numberAt is decimalAt of a number in JSON, behind which something must follow.
func numberAt(b []byte, i int) (decimal, int) {
	d, end := decimalAt(b, i)
	if end == len(b) || !closesValue(b[end]) {
		return d, 0
	}
	return d, end
}

// numberEnd returns where the number ends that is at byte i of b, and whether it has places
// behind a point; or 0 if it has another form.
func numberEnd(b []byte, i int) (end int, places bool) {
	j := i
	if b[j] == '-' {
		j++
	}
	from := j
	for j < len(b) && b[j]-'0' <= 9 {
		j++
	}
	if n := j - from; n == 0 || n > 1 && b[from] == '0' {
		return 0, false
	}
	if j < len(b) && b[j] == '.' {
		j++
		from = j
		for j < len(b) && b[j]-'0' <= 9 {
			j++
		}
		if places = true; j == from {
			return 0, false
		}
	}
	if j == len(b) || !closesValue(b[j]) {
		return 0, false
	}
	return j, places
}

// double is the double nearest to d, whose text is given.
func (d *decimal) double(text []byte) float64 {
	if d.digits > 1<<53 || d.places >= len(exactPowers) {
		v, _ := strconv.ParseFloat(scan.AsString(text), 64) // which has a number's form
		return v
	}
	v := float64(d.digits) / exactPowers[d.places] // of two numbers that doubles hold
	if d.minus {
		v = -v
	}
	return v
}

// long is the integer that d is, without places and of at most 18 digits.
func (d *decimal) long() int64 {
	if d.minus {
		return -int64(d.digits)
	}
	return int64(d.digits)
}

// exactPowers are the powers of ten that doubles hold.
var exactPowers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// simpleValue returns where the value ends that is at byte i of b, or 0 if it is not simple.
func simpleValue(b []byte, i int) int {
	switch b[i] {
	case '"':
		if end := textEnd(b, i+1); end > 0 {
			return end + 1
		}
		return 0
	case 'n':
		return wordEnd(b, i, "null")
	case 't':
		return wordEnd(b, i, "true")
	case 'f':
		return wordEnd(b, i, "false")
	}
	end, _ := numberEnd(b, i)
	return end
}
