package sources

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// jsonSampleRows is how many rows decide the columns of JSON lines, and the
// types of those that no type is wanted of.
const jsonSampleRows = 1000

// jsonFormat is one JSON object per line. A key that is missing, and null, is
// a null.
type jsonFormat struct{}

// openJSON reads the first rows to find the columns.
func (s *textSource) openJSON(ctx context.Context, opt Options) error {
	s.format = jsonFormat{}
	guess := &jsonGuess{kinds: make(map[string]jsonKind)}
	for i := range s.files {
		if guess.rows == jsonSampleRows {
			break
		}
		if err := s.sampleJSON(ctx, i, guess); err != nil {
			return &FileError{Name: s.files[i].Name, Err: err}
		}
	}
	var fields []arrow.Field
	for _, name := range guess.names {
		typ := opt.Types[name]
		if typ == nil {
			typ = guess.kinds[name].typ()
		}
		if err := checkTextType(typ); err != nil {
			s.errs[name] = fmt.Errorf("column %q: %w", name, err)
		}
		fields = append(fields, arrow.Field{Name: name, Type: typ, Nullable: true})
	}
	s.schema = arrow.NewSchema(fields, nil)
	return nil
}

// sampleJSON looks at the first rows of file i.
func (s *textSource) sampleJSON(ctx context.Context, i int, guess *jsonGuess) error {
	scan := &textScan{src: s, ctx: ctx, at: i}
	if err := scan.openFile(); err != nil {
		return errors.Unwrap(err)
	}
	defer scan.closeFile()
	for guess.rows < jsonSampleRows && !(scan.eof && len(scan.carry) == 0) {
		b, _, err := scan.readBlock(jsonSampleRows-guess.rows, textReadBytes)
		if err != nil {
			return err
		}
		err = guess.block(b)
		buffers.put(b.data)
		if err != nil {
			return err
		}
	}
	return nil
}

func (jsonFormat) end(_ int, b []byte, eof bool) (int, bool) {
	n := bytes.IndexByte(b, '\n') + 1
	if n == 0 {
		if !eof {
			return 0, false
		}
		n = len(b)
	}
	return n, !blankJSON(b[:n])
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

func (jsonFormat) parser(_ int, cols []string) (textParser, error) {
	p := &jsonParser{cols: cols, index: make(map[string]int, len(cols)), seen: make([]int, len(cols))}
	for i, c := range cols {
		p.index[c] = i
	}
	return p, nil
}

// jsonParser parses one object per line.
type jsonParser struct {
	cols  []string
	index map[string]int
	row   int
	seen  []int // row that a column was last seen in
	in    jsonCursor

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
func (p *jsonParser) column(key []byte) int {
	at := p.at
	p.at++
	if at < len(p.order) && p.order[at].name == asString(key) {
		return p.order[at].col
	}
	col, ok := p.index[asString(key)]
	if !ok {
		col = -1
	}
	if k := (jsonKey{string(key), col}); at < len(p.order) {
		p.order[at] = k
	} else if at < 4096 {
		p.order = append(p.order, k)
	}
	return col
}

func (p *jsonParser) parse(b []byte, dst []cellBuilder) (int, bool, error) {
	n, row := jsonFormat{}.end(0, b, true)
	if !row {
		return n, false, nil
	}
	p.row++
	p.in.reset(b[:n])
	if err := p.object(dst); err != nil {
		return 0, false, err
	}
	for i, at := range p.seen {
		if at != p.row {
			dst[i].AppendNull()
		}
	}
	return n, true, nil
}

func (p *jsonParser) object(dst []cellBuilder) error {
	in := &p.in
	p.at = 0
	return in.object(func(key []byte) error {
		i := p.column(key)
		if i < 0 {
			return in.skip(0)
		}
		if p.seen[i] == p.row {
			return fmt.Errorf("column %q is there twice", p.cols[i])
		}
		p.seen[i] = p.row
		if err := appendJSON(dst[i].Builder, in); err != nil {
			return fmt.Errorf("column %q: %w", p.cols[i], err)
		}
		return nil
	}, true)
}

// appendJSONText appends the value that a whole text spells in JSON.
func appendJSONText(b array.Builder, text []byte) error {
	var in jsonCursor
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
			return appendText(b, text)
		}
		return fmt.Errorf("the string %w", badValue(text, b, nil))
	}
	text, err := in.literal()
	if err != nil {
		return err
	}
	return appendText(b, text)
}

// isFloatName says whether text spells a double that JSON has no number for.
func isFloatName(text []byte) bool {
	switch string(text) {
	case "NaN", "Infinity", "-Infinity", "+Infinity":
		return true
	}
	return false
}

// jsonKind is what the values of a key have in common so far.
type jsonKind struct {
	elem  jsonScalar
	list  bool
	some  bool // a value that is not null was seen
	mixed bool
}

// jsonScalar orders the scalar kinds: an integer may become a double.
type jsonScalar uint8

const (
	jsonNothing jsonScalar = iota
	jsonBool
	jsonInt
	jsonDouble
	jsonString
	jsonOther
)

func (a jsonScalar) join(b jsonScalar) jsonScalar {
	switch {
	case a == b || b == jsonNothing:
		return a
	case a == jsonNothing:
		return b
	case a == jsonInt && b == jsonDouble || a == jsonDouble && b == jsonInt:
		return jsonDouble
	}
	return jsonOther
}

// typ is the type of a column whose values are of kind k. What has no type of
// its own becomes the string of its JSON text.
func (k jsonKind) typ() arrow.DataType {
	var t arrow.DataType = arrow.BinaryTypes.String
	if k.mixed {
		return t
	}
	switch k.elem {
	case jsonBool:
		t = arrow.FixedWidthTypes.Boolean
	case jsonInt:
		t = arrow.PrimitiveTypes.Int64
	case jsonDouble:
		t = arrow.PrimitiveTypes.Float64
	case jsonNothing:
		if k.list {
			t = arrow.PrimitiveTypes.Float64
		}
	case jsonOther:
		return t
	}
	if !k.list {
		return t
	}
	if k.elem == jsonInt {
		// A vector without a fraction is still a vector.
		t = arrow.PrimitiveTypes.Float64
	}
	return arrow.ListOf(t)
}

// jsonGuess collects the keys of the first rows.
type jsonGuess struct {
	rows  int
	names []string // in the order of their first appearance
	kinds map[string]jsonKind
	in    jsonCursor
}

func (g *jsonGuess) block(b textBlock) error {
	for rest, line := b.data, b.line; len(rest) > 0; line++ {
		n, row := jsonFormat{}.end(0, rest, true)
		if row {
			g.rows++
			g.in.reset(rest[:n])
			if err := g.in.object(g.see, true); err != nil {
				return fmt.Errorf("line %d, %w", line, err)
			}
		}
		rest = rest[n:]
	}
	return nil
}

func (g *jsonGuess) see(key []byte) error {
	name := string(key)
	k, ok := g.kinds[name]
	if !ok {
		g.names = append(g.names, name)
	}
	s, list, err := g.value()
	if err != nil {
		return fmt.Errorf("column %q: %w", name, err)
	}
	if list || s != jsonNothing {
		k.mixed = k.mixed || k.some && k.list != list
		k.some, k.list = true, list
	}
	k.elem = k.elem.join(s)
	g.kinds[name] = k
	return nil
}

// value reads a value and tells its kind.
func (g *jsonGuess) value() (s jsonScalar, list bool, err error) {
	if g.in.peek() != '[' {
		s, err = g.scalar()
		return s, false, err
	}
	err = g.in.list(func() error {
		e, err := g.scalar()
		s = s.join(e)
		return err
	})
	return s, true, err
}

func (g *jsonGuess) scalar() (jsonScalar, error) {
	switch c := g.in.peek(); c {
	case 'n':
		return jsonNothing, g.in.word("null")
	case '[', '{':
		return jsonOther, g.in.skip(0)
	case '"':
		text, err := g.in.str()
		if isFloatName(text) {
			return jsonNothing, err
		}
		return jsonString, err
	case 't', 'f':
		return jsonBool, g.in.skip(0)
	}
	text, err := g.in.literal()
	if err != nil {
		return 0, err
	}
	return numberKind(text), nil
}
