package bundle

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unsafe"
)

// number reads the number that starts at the current byte, as spray-json hands
// it to BigDecimal: the bytes are a JSON number whose exponent BigDecimal takes.
// It returns nil after a syntax error.
func (r *jsonReader) number() []byte {
	r.next()
	start := r.pos
	i := start
	if i < len(r.data) && r.data[i] == '-' {
		i++
	}
	switch {
	case i < len(r.data) && r.data[i] == '0':
		i++
	default:
		n := digits(r.data, i)
		if n == i {
			r.pos = min(i, len(r.data))
			r.unexpected("a JSON value")
			return nil
		}
		i = n
	}
	fraction := 0
	if i < len(r.data) && r.data[i] == '.' {
		n := digits(r.data, i+1)
		if fraction = n - i - 1; fraction == 0 {
			r.pos = n
			r.unexpected("a digit")
			return nil
		}
		i = n
	}
	exponent := -1
	if i < len(r.data) && r.data[i]|0x20 == 'e' {
		exponent = i + 1
		i++
		if i < len(r.data) && (r.data[i] == '-' || r.data[i] == '+') {
			i++
		}
		n := digits(r.data, i)
		if n == i {
			r.pos = n
			r.unexpected("a digit")
			return nil
		}
		i = n
	}
	if i-start > maxJSONNumber {
		r.fail("number of %d characters, want at most %d (%w)", i-start, maxJSONNumber, ErrLimit)
		return nil
	}
	if exponent >= 0 && !decimalExponent(r.data[exponent:i], fraction) {
		r.fail("number %s: exponent out of range", r.data[start:i])
		return nil
	}
	r.pos = i
	return r.data[start:i]
}

// digits returns the position after the digits at i.
func digits(data []byte, i int) int {
	for i < len(data) && data[i]-'0' <= 9 {
		i++
	}
	return i
}

// decimalExponent reports whether java.math.BigDecimal can hold a number with
// that exponent and that many fraction digits: both the exponent and the scale
// are 32-bit, and the exponent has at most ten digits after leading zeros.
func decimalExponent(exp []byte, fraction int) bool {
	e, err := strconv.ParseInt(string(exp), 10, 64)
	if err != nil || e < math.MinInt32 || e > math.MaxInt32 {
		return false
	}
	scale := int64(fraction) - e
	return scale >= math.MinInt32 && scale <= math.MaxInt32
}

// double reads a number, or NaN for null.
func (r *jsonReader) double() (float64, error) { return r.float(64) }

func (r *jsonReader) float(bits int) (float64, error) {
	switch c := r.next(); {
	case c == 'n':
		r.literal("null")
		return math.NaN(), nil
	case c == '-' || c-'0' <= 9:
	default:
		if c == '{' || c == '[' || c == '"' || c == 't' || c == 'f' {
			return 0, r.wrong("a number")
		}
	}
	s := r.number()
	if s == nil {
		return 0, nil
	}
	// Out of range is not an error: the result is then an infinity or zero, as
	// in Java.
	x, _ := strconv.ParseFloat(unsafe.String(&s[0], len(s)), bits)
	if x == 0 && s[0] == '-' && zeroDigits(s) {
		return 0, nil // BigDecimal has no negative zero, but underflow keeps its sign
	}
	return x, nil
}

// zeroDigits reports whether the number is zero whatever its exponent.
func zeroDigits(s []byte) bool {
	if e := bytes.IndexAny(s, "eE"); e >= 0 {
		s = s[:e]
	}
	return !bytes.ContainsAny(s, "123456789")
}

// integer reads a whole number of the given width.
func (r *jsonReader) integer(bits int) (int64, error) {
	if c := r.next(); c != '-' && c-'0' > 9 {
		if c == '{' || c == '[' || c == '"' || c == 't' || c == 'f' || c == 'n' {
			return 0, r.wrong("a whole number")
		}
	}
	s := r.number()
	if s == nil {
		return 0, nil
	}
	n, err := strconv.ParseInt(unsafe.String(&s[0], len(s)), 10, bits)
	if err == nil {
		return n, nil
	}
	if n, ok := wholeNumber(string(s), bits); ok {
		return n, nil
	}
	return 0, &numberError{string(s), bits}
}

// numberError says that a number is no integer of the given width.
type numberError struct {
	text string
	bits int
}

func (e *numberError) Error() string {
	return e.text + ", want a whole number of " + strconv.Itoa(e.bits) + " bits"
}

// wholeNumber reads a number that is whole although it has a fraction or an
// exponent: 1.0, 1e2.
func wholeNumber(s string, bits int) (int64, bool) {
	s, exp, _ := strings.Cut(strings.Replace(s, "E", "e", 1), "e")
	e := int64(0)
	if exp != "" {
		e, _ = strconv.ParseInt(exp, 10, 64)
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	e -= int64(len(fraction))
	m := strings.TrimLeft(whole+fraction, "0")
	for strings.HasSuffix(m, "0") {
		m, e = m[:len(m)-1], e+1
	}
	switch {
	case m == "":
		return 0, true
	case e < 0 || int64(len(m))+e > 19:
		return 0, false
	}
	n, err := strconv.ParseInt(sign+m+strings.Repeat("0", int(e)), 10, bits)
	return n, err == nil
}
