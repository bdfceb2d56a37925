package infer

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"leapscore/internal/hive"
)

// Kind is a set of types that a text may be read as.
type Kind uint8

const (
	integer Kind = 1 << iota
	double
	boolean
	Date
	Time
	// All of them.
	All = integer | double | boolean | Date | Time
)

// seen is a set of what values there were.
type seen uint8

const (
	sawSome     seen = 1 << iota // a value that tells a type
	sawFraction                  // a number that is no integer, or one beyond 64 bits
	sawNegative                  // an integer that is
	sawUnsigned                  // an integer of 64 bits without a sign only
	sawLong                      // an integer that no double holds
)

// kindOf returns the types that a text may be read as without a loss.
func kindOf(text []byte) (Kind, seen) {
	s := string(bytes.TrimSpace(text))
	if number, point := isNumber(s); number {
		return numberKind(s, point || s == "-0")
	}
	switch s {
	case "NaN", "Infinity", "-Infinity":
		return double, 0
	case "true", "false", "True", "False", "TRUE", "FALSE":
		return boolean, sawSome
	}
	if len(s) != len(text) {
		return 0, 0
	}
	if _, ok := hive.Date(s); ok {
		return Date | Time, sawSome
	}
	if isTime(s) {
		return Time, sawSome
	}
	return 0, 0
}

func numberKind(s string, point bool) (Kind, seen) {
	if k, saw := plainNumberKind(s, point); k != 0 {
		return k, saw
	}
	return anyNumberKind(s, point)
}

// plainNumberKind is numberKind of the numbers that most are, or 0: integers of so
// few digits that each double and integer holds them, and fractions in no danger
// of being beyond the doubles. To parse and print each value took most of the time.
func plainNumberKind(s string, point bool) (Kind, seen) {
	switch {
	case point && len(s) <= 100 && strings.IndexByte(s, 'e') < 0 && strings.IndexByte(s, 'E') < 0:
		return double, sawSome | sawFraction
	case point || len(s) > 15:
		return 0, 0
	case s[0] == '-':
		return integer | double, sawSome | sawNegative
	}
	return integer | double, sawSome
}

func anyNumberKind(s string, point bool) (Kind, seen) {
	x, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil:
		return 0, 0
	case point:
		return double, sawSome | sawFraction
	}
	saw := sawSome
	if s[0] == '-' {
		saw |= sawNegative
	}
	if strconv.FormatFloat(x, 'f', -1, 64) != s && strconv.FormatFloat(x, 'f', 0, 64) != s {
		saw |= sawLong
	}
	if _, ok := hive.Integer(s); ok {
		return integer | double, saw
	}
	if _, err := strconv.ParseUint(s, 10, 64); err == nil {
		return integer | double, saw | sawUnsigned
	}
	return double, saw | sawFraction
}

// isNumber reports whether a text is a decimal number without leading zeros or
// plus sign, and whether it has a point or an exponent.
func isNumber(s string) (ok, point bool) {
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	i := digits(s)
	whole := i
	if i > 1 && s[0] == '0' {
		return false, false
	}
	if i < len(s) && s[i] == '.' {
		point = true
		n := digits(s[i+1:])
		if n == 0 {
			return false, false
		}
		whole += n
		i += 1 + n
	}
	if whole > 0 && i < len(s) && s[i]|0x20 == 'e' {
		point = true
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		n := digits(s[i:])
		if n == 0 {
			return false, false
		}
		i += n
	}
	return whole > 0 && i == len(s), point
}

func digits(s string) int {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return i
}

// isTime reports whether a text is a time of day on a day, to the microsecond.
func isTime(s string) bool {
	if len(s) < 19 || len(s) > 26 || s[10] != ' ' && s[10] != 'T' || len(s) == 20 {
		return false
	}
	_, err := time.Parse("2006-01-02 15:04:05", s[:10]+" "+s[11:])
	return err == nil && (len(s) == 19 || s[19] == '.')
}
