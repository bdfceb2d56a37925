package text_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
	"leapscore/sources/text"
)

// FuzzDialect checks that the rows of CSV do not depend on where it is cut into splits
// and reads, whatever the dialect and the encoding are.
func FuzzDialect(f *testing.F) {
	f.Add("a;b\n1;'x\\'\n'\n2;NA\n", byte(';'), byte('\''), byte('\\'), true, 0)
	f.Add("1\t\"x\"\"\"\n\\\"\t\"\n", byte('\t'), byte('"'), byte('\\'), false, 1)
	f.Add("a\x00,\x00b\x00\n\x00\x00\xd8,\x00", byte(','), byte('"'), byte('"'), true, 4)
	f.Add("a|b\n|'\\\\'\n'\\", byte('|'), byte('\''), byte('\\'), true, 2)
	f.Fuzz(func(t *testing.T, in string, delimiter, quote, escape byte, header bool, encoding int) {
		for _, c := range []byte{delimiter, quote, escape} {
			if c == 0 || c >= utf8.RuneSelf || c == '\r' || c == '\n' {
				return
			}
		}
		if delimiter == quote || delimiter == escape {
			return
		}
		opt := sources.Options{Format: sources.CSV, Types: sourcetest.TextTypes, CSV: sources.Dialect{
			Delimiter: delimiter, Quote: quote, Escape: escape, NoHeader: !header, Nulls: []string{"NA"},
			Encoding: sources.Encodings[uint(encoding)%uint(len(sources.Encodings))],
		}}
		lines, bad, err := readWithBadRows(in, opt, 1000, 1<<20, 1<<16)
		if err != nil {
			return // of the header
		}
		for _, limit := range []int{1, 3} {
			l, b, err := readWithBadRows(in, opt, limit, limit*5, limit)
			if err != nil || !slices.Equal(lines, l) || !slices.Equal(bad, b) {
				t.Fatalf("in pieces of %d: %q, bad %q, error %v\nas a whole %q, bad %q", limit, l, b, err, lines, bad)
			}
		}
	})
}

// FuzzUTF16 checks that text in UTF-16 is read as it was, and that no other bytes are
// read as good text.
func FuzzUTF16(f *testing.F) {
	for _, s := range []string{"a,é,€,😀", "", "\ufffd", "\xff", "a\x00\x00\xd8b\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if got, err := text.Decoded([]byte(in), sources.UTF16LE); err == nil && utf8.Valid(got) && !strings.HasPrefix(in, "\xef\xbb\xbf") &&
			!strings.HasPrefix(in, "\xfe\xff") && !strings.HasPrefix(in, "\xff\xfe") && utf16Text(string(got)) != in {
			t.Errorf("%q is read as %q", in, got)
		}
		if !utf8.ValidString(in) {
			return
		}
		got, err := text.Decoded([]byte("\xff\xfe"+utf16Text(in)), "")
		if err != nil || string(got) != in && !strings.HasPrefix(in, "\x00") {
			t.Errorf("%q is read as %q, %v", in, got, err)
		}
	})
}

func TestDialects(t *testing.T) {
	for _, c := range []struct {
		name, in string
		csv      sources.Dialect
		lines    []string
	}{
		{"quotes that are none", "id|name\n1|\"a\n2|5\"\n", sources.Dialect{Delimiter: '|', Quote: sources.NoQuote}, []string{`1 "\"a"`, `2 "5\""`}},
		{"escapes", "id,name\n1,\"a\\\"b\\n\\\\\"\n2,\"c\"\"d\"\n", sources.Dialect{Escape: '\\'}, []string{`1 "a\"b\\n\\"`, `2 "c\"d"`}},
		{"nulls", "id,name\nNA,NA\n\"-\",\"-\"\n-,-\n", sources.Dialect{Nulls: []string{"NA", "-"}}, []string{"null null", `null "-"`, "null null"}},
		{"Latin-1", "id,name\n1,caf\xe9\n", sources.Dialect{Encoding: sources.Latin1}, []string{`1 "café"`}},
		{"names in quotes", "\"id\";\"name\"\n1;a\n", sources.Dialect{}, []string{`1 "a"`}},
		{"Windows-1252", "id,name\n1,\x80\n", sources.Dialect{Encoding: sources.Windows1252}, []string{`1 "€"`}},
		{"UTF-16", "\xff\xfe" + utf16Text("id,name\r\n1,\"é\n😀\"\r\n"), sources.Dialect{}, []string{`1 "é\n😀"`}},
		{"a mark beats what is said", "\ufeffid,name\n1,é\n", sources.Dialect{Encoding: sources.Latin1}, []string{`1 "é"`}},
		{"a delimiter that the header shows", "id;name\n1;a,b\n", sources.Dialect{}, []string{`1 "a,b"`}},
		{"no header", "1,a\n2,b\n", sources.Dialect{NoHeader: true}, []string{`"1" "a"`, `"2" "b"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines, bad, err := readWithBadRows(c.in, sources.Options{Format: sources.CSV, Types: sourcetest.TextTypes, CSV: c.csv}, 2, 20, 7)
			if err != nil || len(bad) > 0 {
				t.Fatalf("bad rows %q, error %v", bad, err)
			}
			sourcetest.Diff(t, c.lines, lines)
		})
	}
	// Half of a pair, and half of a unit, are no text.
	for _, in := range []string{"\xff\xfe" + utf16Text("id,name\n1,") + "\x00\xd8x\x00", "\xff\xfe" + utf16Text("id,name\n1,a") + "x"} {
		_, bad, err := readWithBadRows(in, sources.Options{Format: sources.CSV, Types: sourcetest.TextTypes}, 2, 20, 7)
		if err != nil || len(bad) != 1 || !strings.Contains(bad[0], "is not UTF-8") {
			t.Errorf("%q: bad rows %q, error %v", in, bad, err)
		}
	}
}
