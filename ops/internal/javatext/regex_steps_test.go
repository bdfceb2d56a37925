package javatext

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// steps returns whether re is found in text, and in how many steps.
func steps(t *testing.T, re *Regex, text string) (found bool, n int) {
	t.Helper()
	m := re.machine()
	m.load(text)
	_, _, found = m.find(0)
	if m.err != nil {
		t.Errorf("%q on %.20q and so on: %v", re, text, m.err)
	}
	return found, m.steps()
}

// TestRegexTakesFewStepsWhereNestedRepetitionsFail has the patterns that bring
// down engines that backtrack. The bound is per character of the text.
func TestRegexTakesFewStepsWhereNestedRepetitionsFail(t *testing.T) {
	a, words := strings.Repeat("a", 2000), strings.Repeat("word ", 400)
	tests := []struct {
		pattern, text string
		each          int
	}{
		{`(\w+\s?)+:`, a, 100},
		{`(\w+\s?)+:`, words + "!", 100},
		{`(a|aa)+$`, a + "!", 100},
		{`^(([a-z])+.)+[A-Z]([a-z])+$`, a, 100},
		{`(a+)+$`, a + "!", 100},
		{`([a-zA-Z]+)*@`, a + "!", 100},
		{`(x+x+)+y`, strings.Repeat("x", 2000), 100},
		{`(?:(a*)*b)*c`, a, 100},
		{`(.*)(.*)(.*)(.*)(.*)x$`, a, 100},
		{`.*.*.*=.*`, a, 100},
		{`(.*?,)*?P`, strings.Repeat("1,", 1000), 100},
		{`(?:.*?,)+?[A-Z]`, strings.Repeat("1,", 1000), 100},
		{`\s+$`, strings.Repeat(" ", 2000) + "x", 100},
		{`(?=(a+)+b)c|(a|a?)+!b`, a + "!", 200},
		{`(?:a|b|ab){2,}?c`, strings.Repeat("ab", 1000), 200},
		{`((a|b)*?c)*d`, strings.Repeat("abc", 600), 200},
		{`(?:(?>a+)|a)+$`, a + "!", 200},
		{`(.*,){11}P`, strings.Repeat("1,", 40) + "x", 1000},
		{`(a?){20}a{20}b`, strings.Repeat("a", 20), 2000},
		{`(\w)\1(a|aa)+$`, "bb" + a + "!", 200},
	}
	for _, tt := range tests {
		re, err := Compile(tt.pattern)
		if err != nil {
			t.Error(err)
			continue
		}
		found, n := steps(t, re, tt.text)
		if most := tt.each * len(tt.text); found || n > most {
			t.Errorf("%q on %d characters: found %t in %d steps, want it not found in at most %d", tt.pattern, len(tt.text), found, n, most)
		}
	}
}

// Patterns that take exponential time in the JVM as well.
var endless = struct{ pattern, text string }{`(a*)*\1b`, strings.Repeat("a", 60) + "!"}

func TestRegexGivesUp(t *testing.T) {
	re, err := Compile(endless.pattern)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := re.Find(nil, endless.text); !errors.Is(err, ErrTooLong) {
		t.Errorf("Find = %v, want %v", err, ErrTooLong)
	}
	if all, err := re.AppendAll(nil, []string{"kept"}, endless.text); !errors.Is(err, ErrTooLong) || len(all) != 1 {
		t.Errorf("AppendAll = %q, %v, want %v", all, err, ErrTooLong)
	}
	if found, err := re.Find(nil, "aab"); !found || err != nil {
		t.Errorf("Find in another text = %t, %v, want it found", found, err)
	}
}

func TestRegexUsesNoEndlessMemory(t *testing.T) {
	re, err := Compile(`(a|b)*c`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := re.Find(nil, strings.Repeat("ab", 600_000)); !errors.Is(err, ErrTooLong) {
		t.Errorf("Find = %v, want %v", err, ErrTooLong)
	}
}

func TestRegexStops(t *testing.T) {
	re, err := Compile(endless.pattern)
	if err != nil {
		t.Fatal(err)
	}
	m := re.machine()
	stop := make(chan struct{})
	m.stop = stop
	m.load(endless.text)
	close(stop)
	if _, _, found := m.find(0); found || !errors.Is(m.err, ErrStopped) {
		t.Errorf("find = %t, %v, want %v", found, m.err, ErrStopped)
	}
	if n := m.steps(); n > pollSteps {
		t.Errorf("%d steps after the stop, want at most %d", n, pollSteps)
	}
	if _, err := re.Find(stop, endless.text); !errors.Is(err, ErrStopped) {
		t.Errorf("Find = %v, want %v", err, ErrStopped)
	}
}

func FuzzRegex(f *testing.F) {
	f.Add(`(?<a>\w)\k<a>|[^a-z&&[b]]*+(?=\Qx\E)`, "aab x😀")
	f.Add(`(?x)\p{Lu}{1,2}?(?i:é)\b\R\x{1f600}`, "É\r\n")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(text) || len(pattern) > 30 || len(text) > 20 {
			return
		}
		re, err := Compile(pattern)
		if err != nil {
			return
		}
		re.machines.New = func() any { return re.newMachine(200_000) }
		boundedSteps(t, re, text)
		pieces, err := re.AppendSplit(nil, nil, text)
		if err != nil {
			return
		}
		all, err := re.AppendAll(nil, nil, text)
		if err != nil {
			t.Fatalf("%q on %q splits and then: %v", pattern, text, err)
		}
		n := 0
		for _, s := range append(pieces, all...) {
			n += len(s)
		}
		if n > len(text) {
			t.Errorf("%q on %q: pieces %q and matches %q are longer than the text", pattern, text, pieces, all)
		}
	})
}

// boundedSteps checks that the search ends soon after its limit.
func boundedSteps(t *testing.T, re *Regex, text string) {
	t.Helper()
	if re.class != nil {
		return
	}
	m := re.machine()
	m.load(strings.Repeat(text, 1+200/(1+len(text))))
	for from := int32(0); int(from) <= len(m.text); {
		start, end, ok := m.find(from)
		if !ok {
			break
		}
		if from = end; start == end {
			from++
		}
	}
	if n := m.steps(); n > m.limit+2*pollSteps {
		t.Errorf("%q takes %d steps, want at most %d", re, n, m.limit)
	}
	if len(m.stack) > 5*m.steps() {
		t.Errorf("%q has %d frames after %d steps", re, len(m.stack), m.steps())
	}
}

// TestRegexMemoChangesNoAnswer remembers failures from the first step on, which
// only texts of many steps do otherwise.
func TestRegexMemoChangesNoAnswer(t *testing.T) {
	var re *Regex
	texts := 0
	for _, line := range append(readLines(t, "testdata/regex.txt"), readLines(t, "testdata/regex_random.txt")...) {
		if pattern, ok := strings.CutPrefix(line, "p "); ok {
			pattern, _ := unquote(t, pattern)
			re, _ = Compile(pattern)
		}
		if !strings.HasPrefix(line, "  ") || re == nil || re.class != nil {
			continue
		}
		text, _ := unquote(t, line[2:])
		texts++
		late, early := places(re, text, 1<<30), places(re, text, 0)
		if !slices.Equal(late, early) {
			t.Errorf("%q on %q: matches at %d, with the memo %d", re, text, late, early)
		}
	}
	if texts < 1200 {
		t.Errorf("%d texts, want at least 1200", texts)
	}
}

// places returns the starts and ends of all matches, with the memo on after so
// many steps.
func places(re *Regex, text string, after int) (all []int32) {
	m := re.machine()
	m.load(text)
	m.left, m.allowed = after, after
	for from := int32(0); int(from) <= len(m.text); {
		start, end, ok := m.find(from)
		if !ok {
			break
		}
		all = append(all, start, end)
		if from = end; start == end {
			from++
		}
	}
	return all
}
