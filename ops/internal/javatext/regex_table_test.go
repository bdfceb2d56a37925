package javatext

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"leapscore/internal/testseed"
)

// TestRegexTableFindsWhatTheMachineFinds runs random patterns on random texts by
// both.
func TestRegexTableFindsWhatTheMachineFinds(t *testing.T) {
	rnd := testseed.Rand(t, 1, 2)
	tables := 0
	for range 4000 {
		pattern := randomPattern(rnd, 3)
		re, err := Compile(pattern)
		if err != nil || !hasTable(re) {
			continue
		}
		tables++
		for range 12 {
			compareWithMachine(t, re, randomText(rnd))
		}
	}
	if tables < 1500 {
		t.Errorf("%d patterns have a table, want at least 1500", tables)
	}
}

// TestFinderFindsTheFirstOfPatterns compares one pass for all patterns with one after
// the other by the machine.
func TestFinderFindsTheFirstOfPatterns(t *testing.T) {
	rnd := testseed.Rand(t, 3, 4)
	tables := 0
	for range 1500 {
		var regexes []*Regex
		for range 1 + rnd.IntN(6) {
			re, err := Compile(randomPattern(rnd, 1))
			if err == nil && (hasTable(re) || re.class != nil || rnd.IntN(20) == 0) {
				regexes = append(regexes, re)
			}
		}
		f := NewFinder(regexes)
		if f.table != nil {
			tables++
		}
		for range 12 {
			text, want := randomText(rnd), -1
			for i, re := range slices.Backward(regexes) {
				if found(t, re, text) {
					want = i
				}
			}
			if got, err := f.Find(nil, text); err != nil || got != want {
				t.Fatalf("%q in %q: %d, %v, want %d", regexes, text, got, err, want)
			}
		}
	}
	if tables < 1000 {
		t.Errorf("%d finders have a table, want at least 1000", tables)
	}
}

// found is Find by the machine.
func found(t *testing.T, re *Regex, text string) (ok bool) {
	t.Helper()
	if re.class != nil {
		ok, _ = re.Find(nil, text)
		return ok
	}
	if err := re.eachFrom(0, nil, text, func(span) bool { ok = true; return false }); err != nil {
		t.Fatalf("%q on %q: %v", re, text, err)
	}
	return ok
}

// FuzzRegexTable is the same for patterns and texts that a fuzzer makes.
func FuzzRegexTable(f *testing.F) {
	f.Add(`(?=[A-Z])|\s`, "camelCase words")
	f.Add(`\b(?:a|ab)(?:c|bcd)\b|(?<!x)\d{2,3}?$`, "abcd 123\r\n")
	f.Add(`(?m)^\p{L}+(?![a-z])`, "é😀\n\xffab")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 40 || len(text) > 60 {
			return
		}
		if re, err := Compile(pattern); err == nil && hasTable(re) {
			compareWithMachine(t, re, text)
		}
	})
}

func hasTable(re *Regex) bool { return re.class == nil && re.table() != nil }

func compareWithMachine(t *testing.T, re *Regex, text string) {
	t.Helper()
	var want, got []span
	err := re.eachFrom(0, nil, text, func(m span) bool { want = append(want, m); return true })
	if err != nil {
		t.Fatalf("%q on %q: %v", re, text, err)
	}
	if from := re.eachByTable(text, func(m span) bool { got = append(got, m); return true }); from >= 0 {
		err = re.eachFrom(from, nil, text, func(m span) bool { got = append(got, m); return true })
	}
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("%q on %q: matches at %v by the table, %v by the machine (%v)", re, text, got, want, err)
	}
	if found, err := re.Find(nil, text); err != nil || found != (len(want) > 0) {
		t.Fatalf("%q on %q: Find = %t, %v, and there are %d matches", re, text, found, err, len(want))
	}
}

// TestRegexTablesOfCommonPatterns has patterns that must not do without a table.
func TestRegexTablesOfCommonPatterns(t *testing.T) {
	for _, pattern := range []string{
		`(?=[A-Z])|\s`, `(?<=[a-z])(?=[A-Z])`, `(?<!\d)\d{3}(?!\d)`, `[0-9]{2,}`, `\bthe\b`, `^a+b?$`, `x|^$`, `\p{L}é`,
		`(?i)QUEEN|king`, `[a-z]+|[0-9]+`, `\s*,\s*`, `(?m)^\w+:`, `(\d+)-(\d+)`, `(?:ab|cd)+?e`, `.*foo.*`, "😀", `[,;:]\s?|\.$`,
		`(?=\s|$)`, `(?<=^|,)\w`, `\W+|_`, `(?U)\b\w+\b`, `[^,]*`,
	} {
		re, err := Compile(pattern)
		if err != nil {
			t.Error(err)
		} else if !hasTable(re) && re.class == nil {
			t.Errorf("%q has no table", pattern)
		}
	}
}

// The patterns of one model share a table.
func TestFinderHasOneTable(t *testing.T) {
	var regexes []*Regex
	for _, pattern := range []string{"😀", "[0-9]{2,}", `\bthe\b`, "^a+b?$", "x|^$", `\p{L}é`, "(?i)QUEEN|king"} {
		re, err := Compile(pattern)
		if err != nil {
			t.Fatal(err)
		}
		regexes = append(regexes, re)
	}
	f := NewFinder(regexes)
	if f.table == nil {
		t.Fatal("no table")
	}
	for text, want := range map[string]int{"a 😀 12": 0, "in 12": 1, "in the 1": 2, "aab": 3, "": 4, "né1": 5, "the king1": 2, "a kin": -1, "Queen": 6, "12 \u0301": 1} {
		if got, err := f.Find(nil, text); got != want || err != nil {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
}

// Characters that the table refuses come after matches that it finds.
func TestRegexGoesOnAfterTheTable(t *testing.T) {
	const marked = "ab cd e\u0301f gh"
	for pattern, text := range map[string]string{
		`\b\w+\b`:          marked,
		`(?=c)|\s`:         "ab c😀 cd",
		`(?<=[a-z])(?=\d)`: "a1b2😀c3",
	} {
		re, err := Compile(pattern)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		if from := re.eachByTable(text, func(span) bool { n++; return true }); from < 0 || n == 0 {
			t.Errorf("%q on %q: the table goes on at %d after %d matches, want it to give up after some", pattern, text, from, n)
		}
		compareWithMachine(t, re, text)
	}
}

// Attempts that read far without a match are left to the machine, which remembers.
func TestRegexTableGivesUpOnManyAttempts(t *testing.T) {
	re, err := Compile(`a+b`)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("a", 20_000)
	if from := re.eachByTable(text, func(span) bool { return true }); from != 0 {
		t.Errorf("the table goes on at %d, want 0", from)
	}
	if found, err := re.Find(nil, text); found || err != nil {
		t.Errorf("Find = %t, %v, want it not found", found, err)
	}
}

var patternAtoms = []string{
	"a", "b", "ab", "c", " ", `\s`, `\d`, `\w`, `\W`, "[a-c]", "[^a]", "[A-Z]", "é", "😀", ".", `\p{L}`, "[é-ü]", `[^\p{L}]`, `\n`, `\r`,
	`\b`, `\B`, "^", "$", `\z`, `\A`, "(?m:^)", "(?m:$)", "(?=a)", "(?!b)", "(?<=a)", "(?<!b)", "(?=[A-Z])", `(?=\s|$)`, "(?<=^|b)",
	"(?i:é)", "(?s:.)", `(?U:\b)`, "(?d:$)", `\Z`, "(?=a+)", "(?!^)", "",
}

var quantifiers = []string{"*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "+?", "??", "{0,2}?"}

func randomPattern(rnd *rand.Rand, depth int) string {
	var b strings.Builder
	for i := range 1 + rnd.IntN(3) {
		if i > 0 && rnd.IntN(5) == 0 {
			b.WriteByte('|')
		}
		part := patternAtoms[rnd.IntN(len(patternAtoms))]
		if depth > 0 && rnd.IntN(4) == 0 {
			part = fmt.Sprintf([]string{"(%s)", "(?:%s)", "(?:%s)", "(?=%s)"}[rnd.IntN(4)], randomPattern(rnd, depth-1))
		}
		b.WriteString(part)
		if part != "" && rnd.IntN(3) == 0 && !strings.HasSuffix(part, "|") {
			b.WriteString(quantifiers[rnd.IntN(len(quantifiers))])
		}
	}
	return b.String()
}

var textAtoms = []string{
	"a", "b", "c", "ab", "A", "Z", " ", "\n", "\r", "\r\n", "1", "23", "_", "é", "ü", "É", "😀", "\u0301", "\u2028", "\u0085", "-", "x", "\xff", "\xf0\x9f", "Σ",
}

func randomText(rnd *rand.Rand) string {
	var b strings.Builder
	ascii := rnd.IntN(3) > 0
	for range rnd.IntN(9) {
		atom := textAtoms[rnd.IntN(len(textAtoms))]
		if !ascii || atom[0] < 0x80 {
			b.WriteString(atom)
		}
	}
	return b.String()
}
