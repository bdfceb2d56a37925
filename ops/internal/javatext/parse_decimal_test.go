package javatext

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
)

// TestDecimalsAreReadAsByStrconv compares the two ways to read a number.
func TestDecimalsAreReadAsByStrconv(t *testing.T) {
	s := splitMix64(3)
	digits := func(n uint64) string {
		var b strings.Builder
		for range n {
			b.WriteByte(byte('0' + s.next()>>8%10))
		}
		return b.String()
	}
	texts := map[string]func() string{
		"short": func() string { return digits(s.next()%4+1) + "." + digits(s.next()%4) },
		"long":  func() string { return digits(s.next()%30) + "." + digits(s.next()%30+1) },
		"zeros": func() string {
			return "000" + digits(s.next()%25) + strings.Repeat("0", int(s.next()%20)) + "." + digits(1) + "000"
		},
		"powers": func() string { return digits(s.next()%19+1) + fmt.Sprintf("e%d", int(s.next()%700)-350) },
		"bits":   func() string { return strconv.FormatFloat(math.Float64frombits(s.next()), 'e', int(s.next()%25)-1, 64) },
		"subnormal": func() string {
			return strconv.FormatFloat(math.Float64frombits(s.next()>>12), 'e', int(s.next()%25)-1, 64)
		},
		"single": func() string {
			return strconv.FormatFloat(float64(math.Float32frombits(uint32(s.next()))), 'e', -1, 32)
		},
		"halfway": func() string { // between two numbers, as whole as numbers of 54 and 25 bits are
			return strconv.FormatFloat(float64(s.next()>>11|1)*float64(int64(1)<<(s.next()%8)), 'f', -1, 64) + []string{"", "5", "00000000000000000001"}[s.next()%3]
		},
		"halves": func() string { return fmt.Sprintf("%d.5", s.next()>>(8+s.next()%20)) },
		"small halves": func() string {
			return strconv.FormatFloat(float64(s.next()>>39|1)/float64(int64(1)<<(s.next()%20)), 'f', -1, 64)
		},
		"forms": func() string {
			parts := []string{"", "+", "-", ".", "e", "E-", "e+5", "f", "D", "0", "12", "x", "1e99999999999", "NaN", " "}
			text := ""
			for range s.next() % 6 {
				text += parts[s.next()%uint64(len(parts))]
			}
			return text
		},
	}
	for kind, next := range texts {
		for range 50_000 {
			compareParses(t, kind, next())
		}
	}
}

func compareParses(t *testing.T, kind, text string) {
	t.Helper()
	for _, size := range []int{64, 32} {
		got, ok := parseFloating(text, size)
		want, fine := parseAny(Trim(text), size)
		if ok != fine || math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("%s: %q with %d bits is %v, %t, want %v, %t", kind, text, size, got, ok, want, fine)
		}
	}
}

func FuzzDecimals(f *testing.F) {
	for _, text := range []string{"2.2250738585072011e-308", "4.9e-324", "9007199254740993", "1.00000005960464477539062500000001", "1e23f", "-.5E+3"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { compareParses(t, "fuzz", text) })
}

// Common numbers take the way of one pass.
func TestCommonNumbersAreReadInOnePass(t *testing.T) {
	for _, text := range []string{"0", "-0", "12", "1.5", ".5", "5.", "1e3", "7d", "123456789.123456789", "4.9e-324", "0.12345678901234567", "1e400"} {
		d, ok := readDecimal(text)
		if ok {
			_, ok = d.value(&doubles)
		}
		if !ok {
			t.Errorf("%q is not read in one pass", text)
		}
	}
}

func BenchmarkParseDouble(b *testing.B) {
	for _, text := range []string{"42", "129.95", "-73.98765432101234", "2.2250738585072011e-308"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				if _, ok := ParseDouble(text); !ok {
					b.Fatalf("%q is no number", text)
				}
			}
		})
	}
}
