package text

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// jsonSampleRows is how many rows of a stream, which cannot be read twice,
// decide the columns and types of JSON lines.
const jsonSampleRows = 1000

// openJSON looks at all rows to find the columns.
func (s *source) openJSON(ctx context.Context, opt sources.Options) error {
	f := &jsonFormat{ends: s.ends, inexact: make(map[string]bool)}
	s.format = f
	var seen *survey
	var err error
	if s.once != nil {
		seen, err = s.sampleJSON(ctx, f)
	} else {
		seen, err = s.surveyFiles(ctx, func() surveyor { return &jsonSurveyor{ends: s.ends, badRows: s.badRows} })
	}
	if err != nil {
		return err
	}
	var fields []arrow.Field
	for _, name := range seen.names() {
		c := seen.columns[name]
		typ := opt.Types[name]
		if typ == nil {
			known := settledType(opt, name)
			var ok bool
			if typ, ok = c.jsonType(); !ok && known == nil {
				s.errs[name] = s.inexactError(name, c)
			}
			if known != nil {
				typ = known
			}
			f.inexact[name] = true
		}
		if err := scan.CheckTextType(typ); err != nil {
			s.errs[name] = fmt.Errorf("column %q: %w", name, err)
		}
		fields = append(fields, arrow.Field{Name: name, Type: typ, Nullable: true})
	}
	s.schema = arrow.NewSchema(fields, nil)
	f.schema = s.schema
	if opt.Settled != nil {
		s.schema = opt.Settled // some of the files may lack columns
	}
	return nil
}

// settledType is the type that a column has for sure, or nil.
func settledType(opt sources.Options, name string) arrow.DataType {
	if opt.Settled == nil {
		return nil
	}
	if f, ok := opt.Settled.FieldsByName(name); ok {
		return f[0].Type
	}
	return nil
}

// names returns the columns in the order of their first appearance.
func (s *survey) names() []string {
	names := make([]string, 0, len(s.columns))
	for name := range s.columns {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if s.columns[a].first.before(s.columns[b].first) {
			return -1
		}
		return 1
	})
	return names
}

// jsonType is the type of a column. Values that have no type in common become the
// strings of their JSON. ok is false if the type loses digits.
func (c *seenColumn) jsonType() (t arrow.DataType, ok bool) {
	if !c.list {
		if t, ok = c.scalars.typ(); t == nil {
			t = arrow.BinaryTypes.String
		}
		return t, ok
	}
	elem, ok := c.elems.typ()
	switch {
	case c.scalars != 0:
		return arrow.BinaryTypes.String, true
	case elem != nil:
	case c.elems&^kindFloatName == 0:
		elem = arrow.PrimitiveTypes.Float64
	case c.elems&^(kindString|kindFloatName) == 0:
		elem = arrow.BinaryTypes.String
	default:
		return arrow.BinaryTypes.String, true
	}
	return arrow.ListOf(elem), ok
}

// inexactError is the error of a column of doubles with integers that no double
// holds.
func (s *source) inexactError(name string, c *seenColumn) error {
	text := func(v sighted) string {
		return fmt.Sprintf("%s in line %d of %s", v.text, v.line, s.files[v.file].Name)
	}
	err := fmt.Errorf("column %q: %s is an integer that no double holds", name, text(c.long))
	if c.double != c.long {
		err = fmt.Errorf("%w, but %s is no integer of 64 bits", err, text(c.double))
	} else {
		err = fmt.Errorf("%w, and has more than 64 bits", err)
	}
	return &sources.FileError{Name: s.files[c.long.file].Name, Err: fmt.Errorf("%w; write the values as strings, or leave the column out with --keep", err)}
}

// sampleJSON looks at the first rows of a stream.
func (s *source) sampleJSON(ctx context.Context, f *jsonFormat) (*survey, error) {
	seen, look := newSurvey(), &jsonSurveyor{ends: s.ends, badRows: s.badRows}
	pass := &blockScan{src: s, ctx: ctx}
	if err := pass.openNext(); err != nil {
		return nil, err
	}
	defer pass.closeFile()
	for look.rows < jsonSampleRows && !(pass.eof && len(pass.carry) == 0) {
		b, _, err := pass.readBlock(jsonSampleRows-look.rows, readBytes)
		if err == nil {
			err = look.look(b, seen)
			scan.Buffers.Put(b.data)
		}
		if err != nil {
			return nil, &sources.FileError{Name: s.files[0].Name, Err: err}
		}
	}
	if !(pass.eof && len(pass.carry) == 0) {
		f.sampled, f.untold = look.rows, make(map[string]bool)
		for name, c := range seen.columns {
			f.untold[name] = !c.list && c.scalars&^kindFloatName == 0 || c.list && c.elems&^kindFloatName == 0
		}
	}
	return seen, nil
}

// unknown is the error of a key that is no column, if it may not be passed over.
// Who asks for all columns of a stream wants those too that come late.
func (f *jsonFormat) unknown(key []byte, asked int) error {
	if _, ok := f.schema.FieldsByName(scan.AsString(key)); ok {
		return nil
	}
	switch {
	case f.sampled == 0:
		return fmt.Errorf("key %q was not there when the file was looked at: it changed while it was read", key)
	case asked < f.schema.NumFields():
		return nil
	}
	return fmt.Errorf("key %q is in none of the first %d rows, which say what columns standard input has: "+
		"save it as a file and read that, or name the columns to keep with --keep", key, f.sampled)
}

// begin prepares for the next value of a column.
func (f *jsonFormat) begin(name string, in *jsonCursor) error {
	in.exact = f.inexact[name]
	if !f.untold[name] {
		return nil
	}
	c := in.peek()
	if c == 'n' || c == '"' {
		return nil
	}
	from := in.i
	defer func() { in.i = from }()
	if c == '[' {
		if in.i++; in.peek() == ']' {
			return nil
		}
	}
	return f.hint(errors.New("a value, and the first rows had none that tells the type of the column"))
}

// hint adds to an error what can be done about the types of a stream.
func (f *jsonFormat) hint(err error) error {
	if f.sampled == 0 {
		return err
	}
	return fmt.Errorf("%w; the first %d rows say what types standard input has: save it as a file and read that", err, f.sampled)
}

// jsonSurveyor finds the keys of JSON lines and the kinds of their values.
type jsonSurveyor struct {
	ends    []byte // of the lines of each file
	rows    int
	badRows bool // are passed over
	in      jsonCursor

	// Rows mostly have the same keys in the same order: order holds those of
	// the rows before.
	order []seenKey
	into  *survey
	at    place
}

type seenKey struct {
	name   string
	column *seenColumn
}

func (g *jsonSurveyor) look(b block, into *survey) error {
	if g.into != into {
		g.into, g.order = into, g.order[:0]
	}
	g.in.dirty = !utf8.Valid(b.data)
	for rest, line := b.data, b.line; len(rest) > 0; line++ {
		n, row := jsonLine(rest, g.ends[b.file])
		if row {
			g.rows++
			g.at = place{file: b.file, line: line, key: -1}
			if err := g.row(rest[:n]); err != nil {
				return &lineError{g.at, err}
			}
		}
		rest = rest[n:]
	}
	return nil
}

// row looks at one row. A bad one, which is to be passed over, tells nothing.
func (g *jsonSurveyor) row(line []byte) error {
	g.in.reset(line)
	if g.badRows {
		if g.in.object(func([]byte) error { return g.in.skip(0) }, true) != nil {
			return nil
		}
		g.in.reset(line)
	}
	return g.in.object(g.see, true)
}

// column returns the column of a key.
func (g *jsonSurveyor) column(key []byte) (*seenColumn, error) {
	g.at.key++
	at := g.at.key
	if at < len(g.order) && g.order[at].name == scan.AsString(key) {
		return g.order[at].column, nil
	}
	name := string(key)
	c, err := g.into.column(name, g.at)
	if err != nil {
		return nil, err
	}
	if k := (seenKey{name, c}); at < len(g.order) {
		g.order[at] = k
	} else if at < 4096 && at == len(g.order) {
		g.order = append(g.order, k)
	}
	return c, nil
}

func (g *jsonSurveyor) see(key []byte) error {
	c, err := g.column(key)
	if err == nil {
		err = g.value(c)
	}
	if err != nil {
		return fmt.Errorf("column %q: %w", key, err)
	}
	return nil
}

// value reads a value and adds its kind to those of its column.
func (g *jsonSurveyor) value(c *seenColumn) error {
	if g.in.peek() != '[' {
		k, err := g.scalar(c)
		c.scalars |= k
		return err
	}
	c.list = true
	return g.in.list(func() error {
		k, err := g.scalar(c)
		c.elems |= k
		return err
	})
}

func (g *jsonSurveyor) scalar(c *seenColumn) (kindSet, error) {
	switch ch := g.in.peek(); ch {
	case 'n':
		return 0, g.in.word("null")
	case '[', '{':
		return kindOther, g.in.skip(0)
	case '"':
		text, err := g.in.str()
		if err == nil && isFloatName(text) {
			return c.see(kindFloatName, text, g.at), nil
		}
		return kindString, err
	case 't', 'f':
		return kindBool, g.in.skip(0)
	}
	text, err := g.in.literal()
	if err != nil {
		return 0, err
	}
	if isInteger(text) {
		return c.see(integerKind(text), text, g.at), nil
	}
	return c.see(kindDouble, text, g.at), nil
}
