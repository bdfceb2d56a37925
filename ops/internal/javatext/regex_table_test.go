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
		if err != nil || re.table == nil {
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

// FuzzRegexTable is the same for patterns and texts that a fuzzer makes.
func FuzzRegexTable(f *testing.F) {
	f.Add(`(?=[A-Z])|\s`, "camelCase words")
	f.Add(`\b(?:a|ab)(?:c|bcd)\b|(?<!x)\d{2,3}?$`, "abcd 123\r\n")
	f.Add(`(?m)^\p{L}+(?![a-z])`, "é😀\n\xffab")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 40 || len(text) > 60 {
			return
		}
		if re, err := Compile(pattern); err == nil && re.table != nil {
			compareWithMachine(t, re, text)
		}
	})
}

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
		} else if re.table == nil && re.class == nil {
			t.Errorf("%q has no table", pattern)
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
