package text

import (
	"bufio"
	"bytes"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
	"leapscore/sources/internal/marks"
)

// jsonFormat is one JSON object per line. A key that is missing, and null, is
// a null.
type jsonFormat struct {
	ends   []byte // of the lines of each file
	schema *arrow.Schema
	// inexact are the columns that have the type double because of their values:
	// integers that no double holds end them.
	inexact map[string]bool
	// sampled is how many rows told the columns, if those were not all, and
	// untold the columns whose type they did not tell.
	sampled int
	untold  map[string]bool
	plain   bool // of source
}

func (f *jsonFormat) end(file int, b []byte, eof bool, c *cut) (int, bool) {
	n := bytes.IndexByte(b[c.at:], f.ends[file]) + 1
	if n == 0 && !eof {
		c.at = len(b)
		return 0, false
	}
	if n += c.at; n == c.at {
		n = len(b)
	}
	*c = cut{}
	return n, !blankJSON(b[:n])
}

// lines implements format. No text in UTF-8 has the byte that is taken for a quote.
func (f *jsonFormat) lines(file int, b []byte) (int, int) {
	return marks.Lines(b, f.ends[file], sources.NoQuote)
}

// jsonLine returns the length of the first line of b, and whether it is a row.
func jsonLine(b []byte, end byte) (int, bool) {
	n := bytes.IndexByte(b, end) + 1
	if n == 0 {
		n = len(b)
	}
	return n, !blankJSON(b[:n])
}

// jsonEnd returns what ends the lines of a file: CR if there is no LF where there is one.
func jsonEnd(in *bufio.Reader) byte {
	head, _ := in.Peek(in.Size()) // what cannot be read is found later
	if bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 {
		return '\r'
	}
	return '\n'
}

// blankJSON says whether a line holds no row.
func blankJSON(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return false
		}
	}
	return true
}
