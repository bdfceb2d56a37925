package javatext

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func readLines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")[1:]
}

func unquote(t *testing.T, line string) (s, rest string) {
	t.Helper()
	quoted, err := strconv.QuotedPrefix(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	s, err = strconv.Unquote(quoted)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return s, line[len(quoted):]
}

// javaQuote is quote of testdata/JavaText.java.
func javaQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case 0x20 <= r && r < 0x7f:
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, "\\U%08x", r)
		default:
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// TestRegexMatchesAsJava runs every pattern of the files on its texts.
func TestRegexMatchesAsJava(t *testing.T) {
	for name, want := range map[string]struct{ pairs, split int }{"regex.txt": {700, 7}, "regex_random.txt": {900, 13}} {
		t.Run(name, func(t *testing.T) {
			pairs, split := matchesAsJava(t, "testdata/"+name)
			if pairs < want.pairs {
				t.Errorf("%d pairs of pattern and text, want at least %d", pairs, want.pairs)
			}
			if split != want.split {
				t.Errorf("%d texts refused for matches within surrogate pairs, want %d", split, want.split)
			}
		})
	}
}

func matchesAsJava(t *testing.T, name string) (pairs, split int) {
	t.Helper()
	var re *Regex
	for _, line := range readLines(t, name) {
		if pattern, ok := strings.CutPrefix(line, "! "); ok {
			pattern, _ := unquote(t, pattern)
			var syntax *SyntaxError
			if _, err := Compile(pattern); !errors.As(err, &syntax) {
				t.Errorf("Compile(%q) = %v, want a syntax error", pattern, err)
			}
			continue
		}
		if pattern, ok := strings.CutPrefix(line, "p "); ok {
			pattern, _ := unquote(t, pattern)
			var err error
			if re, err = Compile(pattern); err != nil {
				t.Error(err)
			}
			continue
		}
		if re == nil {
			continue
		}
		pairs++
		text, _ := unquote(t, strings.TrimSpace(line))
		got, err := show(re, text)
		switch {
		case errors.Is(err, ErrSplitsPair) && strings.Contains(line, `\ud`):
			split++
		case err != nil:
			t.Errorf("%q on %q: %v", re, text, err)
		case got != line:
			t.Errorf("%q on %q\n got %s\nwant %s", re, text, got, line)
		}
	}
	return pairs, split
}

func show(re *Regex, text string) (string, error) {
	var b strings.Builder
	b.WriteString("  " + javaQuote(text) + " =>")
	all, err := re.AppendAll(nil, nil, text)
	if err != nil {
		return "", err
	}
	for _, m := range all {
		b.WriteString(" " + javaQuote(m))
	}
	b.WriteString(" |")
	pieces, err := re.AppendSplit(nil, nil, text)
	if err != nil {
		return "", err
	}
	for _, piece := range pieces {
		b.WriteString(" " + javaQuote(piece))
	}
	found, err := re.Find(nil, text)
	if err != nil {
		return "", err
	}
	if found != (len(all) > 0) {
		return "", fmt.Errorf("found = %t with %d matches", found, len(all))
	}
	return b.String(), nil
}

// TestRegexClassesAsJava checks for classes and properties every code point.
func TestRegexClassesAsJava(t *testing.T) {
	lines := readLines(t, "testdata/classes.txt")
	if len(lines) < 300 {
		t.Errorf("%d classes, want at least 300", len(lines))
	}
	for _, line := range lines {
		pattern, want := unquote(t, line)
		re, err := Compile(pattern)
		if err != nil {
			t.Error(err)
			continue
		}
		if re.class == nil {
			t.Errorf("%q is no class", pattern)
			continue
		}
		digest := uint64(fnvOffset)
		for _, x := range re.class.set {
			for r := x.lo; r <= x.hi; r++ {
				if utf8.ValidRune(r) {
					digest = (digest ^ uint64(r)) * fnvPrime
				}
			}
		}
		if got := fmt.Sprintf(" %016x", digest); got != want {
			t.Errorf("digest of %q =%s, want%s", pattern, got, want)
		}
	}
}

func TestRegexRefusesWhatIsNotExact(t *testing.T) {
	tests := []struct{ pattern, want string }{
		{`a\Xb`, `\X at position 1`},
		{`\b{g}`, `\b{g} at position 0`},
		{`\N{DIGIT ONE}`, `\N at position 0`},
		{`(?c)a`, `flag c, canonical equivalence, at position 2`},
		{`\ud83d`, `half a surrogate pair at position 0`},
		{`[a&&]`, `&& without a right side at position 2`},
		{`[&&a]`, `&& without a left side at position 1`},
		{`[a&&[ab]c]`, `a right side of && that goes on after a bracket at position 8`},
		{`(?x)[a - b]`, `white space inside a range of a class, or after &, at position 6`},
		{`(?x)( ?:a)`, `white space inside a group's opening at position 5`},
		{`\p{javaMirrored}`, `\p{javaMirrored} at position 0`},
		{strings.Repeat("(", 2001) + strings.Repeat(")", 2001), `a group within 2000 others at position 2000`},
		{`\Qab\E\X`, `\X at position 6`},
	}
	for _, tt := range tests {
		_, err := Compile(tt.pattern)
		var unsupported *UnsupportedError
		if !errors.As(err, &unsupported) {
			t.Errorf("Compile(%q) = %v, want it unsupported", tt.pattern, err)
			continue
		}
		want := fmt.Sprintf("regular expression %q: %s is not supported", tt.pattern, tt.want)
		if diff := cmp.Diff(want, err.Error()); diff != "" {
			t.Errorf("Compile(%q) (-want +got):\n%s", tt.pattern, diff)
		}
	}
}

func TestRegexRefusesTextsThatJavaCutsWithinPairs(t *testing.T) {
	tests := []struct {
		pattern, text string
		refused       bool
	}{
		{"a*", "a😀", false}, // matches nothing there
		{"a*", "aé", false},
		{"😀*", "😀", false},
		{"(?<=a)b", "😀ab", false},
		{`\B.`, "-😀", false},
		{`\B.`, "a😀", true},
		{`\b.`, "a😀", false},
		{`(?<=😀).`, "😀😀", false},
		{".", "😀", false},
	}
	for _, tt := range tests {
		re, err := Compile(tt.pattern)
		if err != nil {
			t.Error(err)
			continue
		}
		got, err := re.AppendAll(nil, []string{"kept"}, tt.text)
		if errors.Is(err, ErrSplitsPair) != tt.refused {
			t.Errorf("%q on %q: %v, want refused %t", tt.pattern, tt.text, err, tt.refused)
		}
		if got[0] != "kept" || tt.refused && len(got) != 1 {
			t.Errorf("%q on %q: %q", tt.pattern, tt.text, got)
		}
	}
	re, err := Compile("")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := re.AppendSplit(nil, []string{"kept"}, "x😀"); !errors.Is(err, ErrSplitsPair) || len(got) != 1 {
		t.Errorf("split = %q, %v, want %v", got, err, ErrSplitsPair)
	}
	if found, err := re.Find(nil, "x😀"); !found || err != nil {
		t.Errorf("Find = %t, %v, want it found", found, err)
	}
}

func TestRegexAppends(t *testing.T) {
	re, err := Compile(",")
	if err != nil {
		t.Fatal(err)
	}
	got, err := re.AppendSplit(nil, []string{""}, ",")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{""}, got); diff != "" {
		t.Errorf("AppendSplit (-want +got):\n%s", diff)
	}
	if re.String() != "," {
		t.Errorf("String() = %q", re)
	}
}

func TestRegexIsSafeForManyGoroutines(t *testing.T) {
	re, err := Compile(`(\w)\1|\b\d+`)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string)
	for i := range 4 {
		go func() {
			text := strings.Repeat(fmt.Sprintf("aab é%d 1%d ", i, i), 50)
			all, err := re.AppendAll(nil, nil, text)
			done <- fmt.Sprint(len(all), err)
		}()
	}
	for range 4 {
		if got := <-done; got != "100 <nil>" {
			t.Errorf("matches and error = %s, want 100 <nil>", got)
		}
	}
}

func BenchmarkRegexAll(b *testing.B) {
	const text = "Spacious two bedroom apartment near the park, 100 m2"
	for _, pattern := range []string{`\w+`, `\s+`, `\b\w+\b`, `\p{L}+|\d+`, `[a-z]+(?=\s)`, `(\w)\1`} {
		re, err := Compile(pattern)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(pattern, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			var all []string
			for b.Loop() {
				all, err = re.AppendAll(nil, all[:0], text)
			}
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
