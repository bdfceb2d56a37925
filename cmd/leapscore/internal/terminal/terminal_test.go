package terminal

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 10, ""},
		{"one two three", 7, "one two|three"},
		{"one two three", 0, "one two three"},
		{"abcdefghij kl", 4, "abcd|efgh|ij|kl"},
		{"日本 語文", 4, "日本|語文"},
		{"日本語", 1, "日|本|語"},
		{"  spaces\tand\nlines  ", 20, "spaces and lines"},
	} {
		if got := strings.Join(Wrap(c.text, c.width), "|"); got != c.want {
			t.Errorf("Wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("one two three", 5)
	f.Add("日本語 e\u0301 👩‍👩‍👧", 2)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if width < 2 || width > 1000 || !utf8.ValidString(text) {
			return
		}
		lines := Wrap(text, width)
		for _, line := range lines {
			if Columns(line) > width {
				t.Errorf("Wrap(%q, %d) has the line %q of %d columns", text, width, line, Columns(line))
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got, want := squeeze(strings.Join(lines, "")), squeeze(text); got != want {
			t.Errorf("Wrap(%q, %d) has %q, want %q", text, width, got, want)
		}
	})
}

func TestShort(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{{"abcdef", 6, "abcdef"}, {"abcdef", 5, "abcd…"}, {"abcdef", 1, "…"}, {"日本語", 4, "日…"}, {"abc", 0, "abc"}} {
		if got := Short(c.text, c.width); got != c.want {
			t.Errorf("Short(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

var prose = [][]string{
	{"null", "a null where the op needs a value", "fill it in the query"},
	{"out_of_range", "a number outside of the range that the model covers", "check the range"},
}

func TestProse(t *testing.T) {
	for _, c := range []struct {
		width int
		want  string
	}{
		{0, `
null          a null where the op needs a value                    fill it in the query
out_of_range  a number outside of the range that the model covers  check the range
`},
		{60, `
null          a null where the op       fill it in the query
              needs a value
out_of_range  a number outside of the   check the range
              range that the model
              covers
`},
		{40, `
null
  a null where the op needs a value
  fill it in the query
out_of_range
  a number outside of the range that the
  model covers
  check the range
`},
	} {
		got := Prose(prose, c.width)
		if got != c.want[1:] {
			t.Errorf("Prose of width %d:\n%swant:%s", c.width, got, c.want)
		}
	}
}

func TestParagraphs(t *testing.T) {
	got := Paragraphs("A text that is\nwrapped anew.\n\n\tas it is   here\nAnd more.\n", 12)
	want := "A text that\nis wrapped\nanew.\n\n\tas it is   here\nAnd more.\n"
	if got != want {
		t.Errorf("Paragraphs = %q, want %q", got, want)
	}
}

func TestWhatIsNoTerminal(t *testing.T) {
	t.Setenv("COLUMNS", "")
	var b bytes.Buffer
	if Is(&b) || Width(&b) != DefaultWidth || Limit(&b) != 0 || Colours(&b) {
		t.Errorf("a buffer: terminal %v, width %d, limit %d, colours %v; want false, %d, 0, false", Is(&b), Width(&b), Limit(&b), Colours(&b), DefaultWidth)
	}
	t.Setenv("COLUMNS", "33")
	if Width(&b) != 33 {
		t.Errorf("with COLUMNS=33 the width is %d", Width(&b))
	}
}

func FuzzGridFitsTheWidth(f *testing.F) {
	f.Add("one,two,three|a,b,c", 12)
	f.Add("日本語,a long name of a column,x|1,2,3|a rather long value,,", 30)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if width < 24 || width > 200 || !utf8.ValidString(text) || strings.ContainsAny(text, "\r\n\t") {
			return
		}
		var g Grid
		for i, line := range strings.Split(text, "|") {
			cells := strings.Split(line, ",")
			if i == 0 {
				g.Names, g.Types, g.Right = cells, make([]string, len(cells)), make([]bool, len(cells))
			} else if len(cells) == len(g.Names) {
				g.Cells = append(g.Cells, cells)
			}
		}
		for line := range strings.SplitSeq(g.Text(width, false), "\n") {
			if Columns(line) > width {
				t.Errorf("the grid of %q in %d columns has the line %q of %d", text, width, line, Columns(line))
			}
		}
	})
}

func TestProgressIsOneLine(t *testing.T) {
	start := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	at := func(s float64) time.Time { return start.Add(time.Duration(s * float64(time.Second))) }
	p := Progress{Doing: "scoring", Waiting: "the query runs", Start: start}
	for _, c := range []struct {
		seconds     float64
		rows, total int64
		width       int
		want        string
	}{
		{8, 0, 0, 80, "the query runs, 8 s"},
		{8, 0, 4_000_000, 12, "the query …"},
		{10, 1000, 0, 80, "scoring  1,000 rows"}, // the first sight: no rate yet
		{10.2, 800_000, 0, 80, "scoring  800,000 rows"},
		{12, 1_001_000, 0, 80, "scoring  1,001,000 rows  500,000 rows/s"},
		{12, 1_001_000, 4_001_000, 80, "scoring  25%  1,001,000 of 4,001,000 rows  500,000 rows/s  6 s left"},
		{12, 1_001_000, 4_001_000, 100, "scoring  25%  1,001,000 of 4,001,000 rows  500,000 rows/s  6 s left  [#####               ]"},
		{12, 1_001_000, 4_001_000, 50, "scoring  25%  1,001,000 of 4,001,000 rows"},
		{12, 1_001_000, 4_001_000, 20, "scoring  25%"},
		{12, 1_001_000, 4_001_000, 6, "scor…"},
		{12, 5_001_000, 4_001_000, 50, "scoring 100%  5,001,000 of 4,001,000 rows"},
	} {
		if got := p.Line(at(c.seconds), c.rows, c.total, c.width); got != c.want {
			t.Errorf("after %v s, %d of %d rows in %d columns: %q, want %q", c.seconds, c.rows, c.total, c.width, got, c.want)
		}
	}
}

func TestLogLinesForPeople(t *testing.T) {
	t.Setenv("COLUMNS", "40")
	var b bytes.Buffer
	hide := func(_ []string, a slog.Attr) slog.Attr {
		return slog.String(a.Key, strings.ReplaceAll(a.Value.String(), "secret", "***"))
	}
	log := slog.New(NewLog(&b, &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: hide})).With("run_id", "r")
	log.Debug("not shown")
	log.Info("a secret")
	log.Warn("the record is not written, which is bad", "error", "secret")
	want := "a ***\nwarning: the record is not written,\n  which is bad (error=***)\n"
	if b.String() != want {
		t.Errorf("the log is %q, want %q", b.String(), want)
	}
}
