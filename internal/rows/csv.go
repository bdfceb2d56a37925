package rows

import (
	"fmt"
	"slices"
	"strings"

	"leapscore/sources"
)

// CSV says how CSV is written, in the words of flags.
type CSV struct {
	Delimiter, Quote, Escape string // one character each; tab, and none for the quote
	NoHeader                 bool
	Nulls                    []string
	Encoding                 string // one of Encodings, or empty
}

// Encodings are the values of CSV.Encoding.
var Encodings = sources.Encodings

// encodings are other names of them.
var encodings = map[string]string{
	"utf8": sources.UTF8, "latin-1": sources.Latin1, "iso-8859-1": sources.Latin1, "iso8859-1": sources.Latin1,
	"cp1252": sources.Windows1252, "windows1252": sources.Windows1252, "utf16": sources.UTF16, "utf-16-le": sources.UTF16LE, "utf-16-be": sources.UTF16BE,
}

// check returns what is wrong with c.
func (c CSV) check(add func(key, format string, args ...any)) (d sources.Dialect) {
	d = sources.Dialect{NoHeader: c.NoHeader, Nulls: c.Nulls, Encoding: strings.ToLower(c.Encoding)}
	for _, x := range []struct {
		key, text, example string
		to                 *byte
	}{
		{"csv-delimiter", c.Delimiter, "';', or tab", &d.Delimiter},
		{"csv-quote", c.Quote, `'"', or none`, &d.Quote},
		{"csv-escape", c.Escape, `'\'`, &d.Escape},
	} {
		var ok bool
		if *x.to, ok = character(x.text); !ok || *x.to == sources.NoQuote && x.key != "csv-quote" {
			add(x.key, "%s %q: want one character, such as %s", x.key, x.text, x.example)
		}
	}
	if name, ok := encodings[d.Encoding]; ok {
		d.Encoding = name
	}
	if d.Encoding != "" && !slices.Contains(Encodings, d.Encoding) {
		add("csv-encoding", "csv-encoding %q: want one of %s", c.Encoding, strings.Join(Encodings, ", "))
	}
	quote := d.Quote
	if quote == 0 {
		quote = '"'
	}
	if d.Delimiter == quote || d.Delimiter != 0 && d.Delimiter == d.Escape {
		add("csv-delimiter", "csv-delimiter %q is the quote or the escape as well", c.Delimiter)
	}
	return d
}

// character reads one character of ASCII that is not the end of a line. No text is 0.
func character(text string) (c byte, ok bool) {
	switch text {
	case "":
		return 0, true
	case "tab", `\t`:
		return '\t', true
	case "none":
		return sources.NoQuote, true
	}
	return text[0], len(text) == 1 && text[0] < 0x80 && !strings.Contains("\r\n\x00", text)
}

// dialect is how CSV is written, once check has found nothing wrong.
func (c CSV) dialect() sources.Dialect {
	return c.check(func(string, string, ...any) {})
}

// flags are the flags that are set.
func (c CSV) flags() (set []string) {
	for _, x := range []struct {
		key string
		is  bool
	}{
		{"csv-delimiter", c.Delimiter != ""}, {"csv-quote", c.Quote != ""}, {"csv-escape", c.Escape != ""},
		{"csv-header", c.NoHeader}, {"csv-null", len(c.Nulls) > 0}, {"csv-encoding", c.Encoding != ""},
	} {
		if x.is {
			set = append(set, x.key)
		}
	}
	return set
}

// checkCSV refuses what is said of CSV where a query says it.
func (in Input) checkCSV(add func(key, format string, args ...any)) {
	in.CSV.check(add)
	if set := in.CSV.flags(); in.Query() && len(set) > 0 {
		add(set[0], "%s", fmt.Sprintf("--%s goes with --input; a query says it itself, as FROM read_csv('x.csv', delim = ';', header = false, nullstr = 'NA')", set[0]))
	}
}
