package text

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/sources/internal/scan"
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

func (f *jsonFormat) parser(b block, cols []string) parser {
	p := &jsonParser{format: f, end: f.ends[b.file], cols: cols, index: make(map[string]int, len(cols)), seen: make([]int, len(cols))}
	p.in.dirty = !utf8.Valid(b.data)
	for i, c := range cols {
		p.index[c] = i
	}
	return p
}

// jsonParser parses one object per line.
type jsonParser struct {
	format *jsonFormat
	end    byte // of lines
	cols   []string
	index  map[string]int
	row    int
	seen   []int // row that a column was last seen in
	in     jsonCursor
	bad    *flaw // of the row
	failed error // why the file cannot be read, unless the row is bad

	// Rows mostly have the same keys in the same order: order holds those of
	// the rows before, at is the place in the row being read.
	order []jsonKey
	at    int
}

type jsonKey struct {
	name string
	col  int // asked for, or -1
}

// column returns the column of a key, or -1.
func (p *jsonParser) column(key []byte) (int, error) {
	at := p.at
	p.at++
	if at < len(p.order) && p.order[at].name == scan.AsString(key) {
		return p.order[at].col, nil
	}
	col, ok := p.index[scan.AsString(key)]
	if !ok {
		col = -1
		if err := p.format.unknown(key, len(p.cols)); err != nil {
			return 0, err
		}
	}
	if k := (jsonKey{string(key), col}); at < len(p.order) {
		p.order[at] = k
	} else if at < 4096 {
		p.order = append(p.order, k)
	}
	return col, nil
}

func (p *jsonParser) parse(b []byte, dst []scan.CellBuilder, row int) (parsed, error) {
	n, isRow := jsonLine(b, p.end)
	if !isRow {
		return parsed{length: n}, nil
	}
	p.row++
	p.bad, p.failed = nil, nil
	p.in.reset(b[:n])
	if err := p.object(dst, row); err != nil {
		p.bad = p.bad.first(&flaw{err: err})
	}
	if p.bad == nil && p.failed != nil {
		return parsed{}, p.failed
	}
	for i, at := range p.seen {
		if at != p.row {
			dst[i].AppendNull()
		}
	}
	return parsed{n, true, p.bad}, nil
}

func (p *jsonParser) object(dst []scan.CellBuilder, row int) error {
	in := &p.in
	p.at = 0
	return in.object(func(key []byte) error {
		i, err := p.column(key)
		if err != nil {
			p.failed = err
			return in.skip(0)
		}
		if i < 0 {
			return in.skip(0)
		}
		if p.seen[i] == p.row {
			p.bad = p.bad.first(&flaw{column: p.cols[i], err: errors.New("the key is there twice")})
			return in.skip(0)
		}
		p.seen[i] = p.row
		if err := p.format.begin(p.cols[i], in); err != nil {
			p.failed = fmt.Errorf("column %q: %w", p.cols[i], err)
			scan.FillBad(dst[i].Builder, row)
			return in.skip(0)
		}
		from := in.i
		if err := appendJSON(dst[i].Builder, in); err != nil {
			p.bad = p.bad.first(&flaw{column: p.cols[i], err: p.format.hint(err)})
			scan.FillBad(dst[i].Builder, row)
			in.i = from
			return in.skip(0) // what follows may be read
		}
		return nil
	}, true)
}

// AppendJSON appends the value that a whole text spells in JSON.
func AppendJSON(b array.Builder, text []byte, dirty bool) error {
	in := jsonCursor{dirty: dirty}
	in.reset(text)
	if err := appendJSON(b, &in); err != nil {
		return err
	}
	return in.atEnd()
}

// appendJSON appends the next value of in.
func appendJSON(b array.Builder, in *jsonCursor) error {
	c := in.peek()
	if c == 'n' {
		if err := in.word("null"); err != nil {
			return err
		}
		b.AppendNull()
		return nil
	}
	switch b := b.(type) {
	case *array.StringBuilder:
		text, err := in.textOf(c)
		if err == nil {
			b.BinaryBuilder.Append(text)
		}
		return err
	case *array.BinaryBuilder:
		text, err := in.textOf(c)
		if err == nil {
			b.Append(text)
		}
		return err
	case *array.ListBuilder:
		if c != '[' {
			return in.notA(b)
		}
		b.Append(true)
		return in.list(func() error { return appendJSON(b.ValueBuilder(), in) })
	case *array.MapBuilder:
		if c != '{' {
			return in.notA(b)
		}
		b.Append(true)
		return in.object(func(key []byte) error {
			b.KeyBuilder().(*array.StringBuilder).BinaryBuilder.Append(key)
			return appendJSON(b.ItemBuilder(), in)
		}, false)
	}
	return appendJSONScalar(b, in, c)
}

// appendJSONScalar appends a number or a boolean.
func appendJSONScalar(b array.Builder, in *jsonCursor, c byte) error {
	switch c {
	case '{', '[':
		return in.notA(b)
	case '"':
		text, err := in.str()
		if err != nil {
			return err
		}
		id := b.Type().ID()
		if (id == arrow.FLOAT64 || id == arrow.FLOAT32) && isFloatName(text) {
			return scan.AppendText(b, text)
		}
		return fmt.Errorf("the string %w", scan.BadValue(text, b, nil))
	}
	text, err := in.literal()
	if err != nil {
		return err
	}
	if in.exact && len(text) > 15 && b.Type().ID() == arrow.FLOAT64 && isInteger(text) && !doubleHolds(text) {
		return fmt.Errorf("%s is an integer that no double holds, and the column has numbers that are no integers", scan.Short(text))
	}
	return scan.AppendText(b, text)
}

// isFloatName says whether text spells a double that JSON has no number for.
func isFloatName(text []byte) bool {
	switch string(text) {
	case "NaN", "Infinity", "-Infinity", "+Infinity":
		return true
	}
	return false
}
