package infer

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/internal/testseed"
)

func TestTextHasTheTypeOfAllItsValues(t *testing.T) {
	for _, c := range []struct {
		values []string
		want   string
	}{
		{nil, "utf8"},
		{[]string{"", " "}, "utf8"},
		{[]string{"1", "-7", "9223372036854775807"}, "int64"},
		{[]string{"1", ""}, "utf8"},
		{[]string{"0", "18446744073709551615"}, "uint64"},
		{[]string{"-1", "18446744073709551615"}, "utf8"},
		{[]string{"9007199254740993", "0.5"}, "utf8"},
		{[]string{"9007199254740992", "0.5"}, "float64"},
		{[]string{"100000000000000000000", "5"}, "float64"},
		{[]string{"100000000000000000001", "5"}, "utf8"},
		{[]string{"1", "9.6"}, "float64"},
		{[]string{"9.6", " 1 ", "-0", "1e5", ".5", "NaN"}, "float64"},
		{[]string{"-0"}, "float64"},
		{[]string{"1", "NaN"}, "float64"},
		{[]string{"NaN", "Infinity"}, "utf8"},
		{[]string{"007"}, "utf8"},
		{[]string{"1", "007"}, "utf8"},
		{[]string{"01.5"}, "utf8"},
		{[]string{"+3"}, "utf8"},
		{[]string{"1_000"}, "utf8"},
		{[]string{"0x10"}, "utf8"},
		{[]string{"1e400"}, "utf8"},
		{[]string{"1e", "1"}, "utf8"},
		{[]string{".", "1"}, "utf8"},
		{[]string{"5.", "1"}, "utf8"},
		{[]string{"true", "FALSE"}, "bool"},
		{[]string{"true", "1"}, "utf8"},
		{[]string{"2026-01-31", "1969-12-31"}, "date32"},
		{[]string{"2026-01-31", "2026-02-31"}, "utf8"},
		{[]string{"2026-01-31", ""}, "utf8"},
		{[]string{"2026-01-31", "2026-01-31 01:02:03", "2026-01-31T01:02:03.5"}, "timestamp[us]"},
		{[]string{"2026-01-31 01:02:03.1234567"}, "utf8"},
		{[]string{"2026-01-31 01:02:03Z"}, "utf8"},
		{[]string{"2026-01-31 25:02:03"}, "utf8"},
		{[]string{"x", "1"}, "utf8"},
	} {
		for cut := range len(c.values) + 1 {
			a, b := textColumn{may: All}, textColumn{may: All}
			for _, v := range c.values[:cut] {
				a.see([]byte(v))
			}
			for _, v := range c.values[cut:] {
				b.see([]byte(v))
			}
			a.join(&b)
			if got := a.typ().String(); got != c.want {
				t.Errorf("%q, cut at %d: %s, want %s", c.values, cut, got, c.want)
			}
		}
	}
	if !arrow.TypeEqual((&textColumn{}).typ(), arrow.BinaryTypes.String) {
		t.Error("no text")
	}
}

func TestPlainNumbersAreOfTheKindOfAll(t *testing.T) {
	rnd := testseed.Rand(t, 1, 2)
	const letters = "0123456789012345678901234567890123456789--..eE+"
	plain := 0
	for range 300000 {
		text := make([]byte, 1+rnd.IntN(20))
		for i := range text {
			text[i] = letters[rnd.IntN(len(letters))]
		}
		number, point := isNumber(string(text))
		if point = point || string(text) == "-0"; !number {
			continue
		}
		want, wantSaw := anyNumberKind(string(text), point)
		if got, saw := numberKind(string(text), point); got != want || saw != wantSaw {
			t.Errorf("%s: %b, %b, want %b, %b", text, got, saw, want, wantSaw)
		}
		if k, _ := plainNumberKind(string(text), point); k != 0 {
			plain++
		}
	}
	if plain == 0 {
		t.Error("no plain number")
	}
}
