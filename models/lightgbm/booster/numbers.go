package booster

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unsafe"
)

// cutField returns the first element of a list, and the rest. Elements are separated by
// spaces.
func cutField(list []byte) (field, rest []byte) {
	for len(list) > 0 && list[0] == ' ' {
		list = list[1:]
	}
	i := bytes.IndexByte(list, ' ')
	if i < 0 {
		return list, nil
	}
	return list[:i], list[i+1:]
}

// countFields is the number of elements of a list.
func countFields(list []byte) (n int) {
	for {
		var field []byte
		if field, list = cutField(list); len(field) == 0 {
			return n
		}
		n++
	}
}

// parseList reads a list of n elements.
func parseList[T any](list []byte, n int, parse func([]byte) (T, error)) ([]T, error) {
	if n > len(list)/2+1 {
		return nil, fmt.Errorf("fewer than %d elements", n)
	}
	out := make([]T, 0, n)
	for {
		var field []byte
		if field, list = cutField(list); len(field) == 0 {
			break
		}
		if len(out) == n {
			return nil, fmt.Errorf("more than %d elements", n)
		}
		v, err := parse(field)
		if err != nil {
			return nil, fmt.Errorf("element %d is %s, want %w", len(out), quote(field), err)
		}
		out = append(out, v)
	}
	if len(out) < n {
		return nil, fmt.Errorf("%d elements, want %d", len(out), n)
	}
	return out, nil
}

var (
	errNoInt   = errors.New("a whole number of 32 bits")
	errNoWord  = errors.New("a whole number of 32 bits without a sign")
	errNoFloat = errors.New("a number")
)

func parseInt(s []byte) (int32, error) {
	digits := s
	if len(s) > 0 && s[0] == '-' {
		digits = s[1:]
	}
	if len(digits) == 0 || len(digits) > 10 {
		return 0, errNoInt
	}
	n := 0
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, errNoInt
		}
		n = 10*n + int(c-'0')
	}
	if s[0] == '-' {
		n = -n
	}
	if int(int32(n)) != n {
		return 0, errNoInt
	}
	return int32(n), nil
}

// parseWord reads 32 bits of a set of categories.
func parseWord(s []byte) (uint32, error) {
	n, err := strconv.ParseUint(view(s), 10, 32)
	if err != nil {
		return 0, errNoWord
	}
	return uint32(n), nil
}

// parseFloat reads a double as strtod does: the nearest one, and infinity beyond the
// greatest.
func parseFloat(s []byte) (float64, error) {
	x, err := strconv.ParseFloat(view(s), 64)
	switch {
	case err == nil || errors.Is(err, strconv.ErrRange):
		return x, nil
	case string(s) == "-nan":
		return math.NaN(), nil
	}
	return 0, errNoFloat
}

// view is s as a string that is not kept.
func view(s []byte) string { return unsafe.String(unsafe.SliceData(s), len(s)) }

// parseLoosely reads a number as LightGBM's own Atof does, which rounds after every digit.
// The parameters of objectives are read so.
func parseLoosely(s string) (float64, error) {
	sign, s := cutSign(s)
	whole, s := cutDigits(s)
	value := 0.0
	for _, c := range whole {
		value = float64(value*10) + float64(c-'0')
	}
	seen := whole != ""
	if len(s) > 0 && s[0] == '.' {
		var fraction string
		fraction, s = cutDigits(s[1:])
		right := 0.0
		for _, c := range fraction {
			right = float64(c-'0') + float64(right*10)
		}
		value += right / power(10, len(fraction))
		seen = seen || fraction != ""
	}
	if !seen || len(whole) > 400 {
		return 0, errNoFloat
	}
	if s == "" {
		return sign * value, nil
	}
	return scaleLoosely(sign, value, s)
}

// scaleLoosely applies the exponent at the end of a number.
func scaleLoosely(sign, value float64, exponent string) (float64, error) {
	if exponent[0] != 'e' && exponent[0] != 'E' {
		return 0, errNoFloat
	}
	way, digits := cutSign(exponent[1:])
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return 0, errNoFloat
	}
	n = min(n, 308)
	scale := 1.0
	for ; n >= 50; n -= 50 {
		scale *= 1e50
	}
	for ; n >= 8; n -= 8 {
		scale *= 1e8
	}
	for ; n > 0; n-- {
		scale *= 10
	}
	if way < 0 {
		return sign * (value / scale), nil
	}
	return sign * (value * scale), nil
}

func cutSign(s string) (float64, string) {
	switch {
	case s == "":
		return 1, s
	case s[0] == '-':
		return -1, s[1:]
	case s[0] == '+':
		return 1, s[1:]
	}
	return 1, s
}

func cutDigits(s string) (digits, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

// power is base to the n-th in the order of LightGBM's Pow.
func power(base float64, n int) float64 {
	switch {
	case n == 0:
		return 1
	case n%2 == 0:
		return power(base*base, n/2)
	case n%3 == 0:
		return power(base*base*base, n/3)
	}
	return base * power(base, n-1)
}
