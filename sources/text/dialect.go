package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"golang.org/x/text/encoding/charmap"

	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// dialect is how a file of CSV is written.
type dialect struct {
	delimiter byte
	quote     byte
	escape    byte // the quote, if there is no other
	nulls     []string
}

// rfc4180 is CSV as RFC 4180 has it.
var rfc4180 = dialect{delimiter: ',', quote: '"', escape: '"'}

// dialectOf is the dialect of a file before its header was looked at.
func dialectOf(name string, d sources.Dialect) dialect {
	is := rfc4180
	is.nulls = d.Nulls
	if d.Quote != 0 {
		is.quote, is.escape = d.Quote, d.Quote
	}
	if d.Escape != 0 {
		is.escape = d.Escape
	}
	switch {
	case d.Delimiter != 0:
		is.delimiter = d.Delimiter
	case isTabs(name):
		is.delimiter = '\t'
	}
	return is
}

// isTabs reports whether the name of a file says that tabs are between its fields.
func isTabs(name string) bool {
	base := strings.ToLower(name)
	for _, p := range packings {
		for _, ext := range p.extensions {
			base = strings.TrimSuffix(base, ext)
		}
	}
	return strings.HasSuffix(base, ".tsv")
}

// isNull reports whether a field stands for a null.
func (d *dialect) isNull(text []byte) bool {
	for _, null := range d.nulls {
		if string(text) == null {
			return true
		}
	}
	return false
}

// otherDelimiters are those that a header may show, besides the comma.
const otherDelimiters = ";\t|"

// columns returns the names of the columns that the first line of a file tells, and
// settles the delimiter if it was not given.
func (d *dialect) columns(line []byte, end byte, opt sources.Options) ([]string, error) {
	names, err := d.split(line, end)
	switch {
	case opt.CSV.Delimiter != 0:
	case err != nil: // as where all names are in quotes, and no commas between them
		if other := d.detect(line, end, opt); other != nil {
			names, err = other, nil
		}
	case len(names) == 1 && strings.ContainsAny(names[0], otherDelimiters) && opt.Types[names[0]] == nil:
		one := names[0]
		if names = d.detect(line, end, opt); names == nil {
			c := one[strings.IndexAny(one, otherDelimiters)]
			err = fmt.Errorf("the header is one column, %q; is %s the delimiter? then --csv-delimiter %[2]s, else --csv-delimiter ','", one, quoted(c))
		}
	}
	if err != nil {
		return nil, err
	}
	if opt.CSV.NoHeader {
		return numbered(len(names)), nil
	}
	return names, checkHeader(names)
}

// detect splits a header that is no list of columns by another delimiter: the only one
// that gives columns which are wanted. Without one it returns nil.
func (d *dialect) detect(line []byte, end byte, opt sources.Options) []string {
	var names []string
	was, found := *d, 0
	for _, c := range []byte(otherDelimiters) {
		other := was
		other.delimiter = c
		list, err := other.split(line, end)
		if err == nil && slices.ContainsFunc(list, func(name string) bool { return opt.Types[name] != nil }) {
			*d, names = other, list
			found++
		}
	}
	if found != 1 {
		*d = was
		return nil
	}
	return names
}

// quoted is a delimiter as a shell takes it.
func quoted(c byte) string {
	if c == '\t' {
		return `'\t'`
	}
	return "'" + string(c) + "'"
}

// numbered are the names of columns that have none, as DuckDB gives them.
func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("column%0*d", len(strconv.Itoa(n-1)), i)
	}
	return names
}

// split cuts the first line of a file into fields.
func (d *dialect) split(line []byte, end byte) ([]string, error) {
	var names []string
	f := d.fieldsOf(nil, end) // line ends of both kinds may be in names
	f.begin(line)
	for f.next() {
		names = append(names, string(f.text))
	}
	return names, f.err
}

// checkHeader refuses names that are no columns.
func checkHeader(names []string) error {
	seen := make(map[string]bool)
	for i, name := range names {
		switch {
		case seen[name] && isNumeric(name):
			return fmt.Errorf("column %q is there twice; if the first line is a row, --csv-header=false", name)
		case seen[name]:
			return fmt.Errorf("column %q is there twice", name)
		case !utf8.ValidString(name):
			return fmt.Errorf("column %d: %w", i+1, badEncoding([]byte(name)))
		}
		seen[name] = true
	}
	return nil
}

func isNumeric(name string) bool {
	_, err := strconv.ParseFloat(strings.TrimSpace(name), 64)
	return name == "" || err == nil
}

// looksLikeARow says whether the first line of a file, which is to be its header, has
// numbers and no column that is wanted.
func looksLikeARow(names []string, types map[string]arrow.DataType) bool {
	return len(types) > 0 &&
		slices.ContainsFunc(names, func(n string) bool { return n != "" && isNumeric(n) }) &&
		!slices.ContainsFunc(names, func(n string) bool { return types[n] != nil })
}

// badEncoding is the error of text that is not UTF-8.
func badEncoding(text []byte) error { return scan.NotUTF8In(text, suggestedEncoding(text)) }

// suggestedEncoding says in which encoding text may be: Latin-1 has no signs from 0x80
// to 0x9f, where Windows has quotes, dashes and the euro, but not for all.
func suggestedEncoding(text []byte) string {
	windows := false
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if c := text[0]; r == utf8.RuneError && n == 1 && c >= 0x80 && c < 0xa0 {
			if charmap.Windows1252.DecodeByte(c) == utf8.RuneError {
				return fmt.Sprintf("Windows-1252 has no sign %#x either", c)
			}
			windows = true
		}
		text = text[n:]
	}
	if windows {
		return "is it Windows-1252? then --csv-encoding windows-1252"
	}
	return "is it Latin-1? then --csv-encoding latin1"
}
