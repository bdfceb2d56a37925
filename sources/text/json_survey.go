package text

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// jsonSampleRows is how many rows of a stream, which cannot be read twice,
// decide the columns and types of JSON lines.
const jsonSampleRows = 1000

// openJSON looks at all rows to find the columns.
func (s *source) openJSON(ctx context.Context, opt sources.Options) error {
	f := &jsonFormat{ends: s.ends, inexact: make(map[string]bool), plain: s.slow}
	s.format = f
	var seen *survey
	var err error
	if s.once != nil {
		seen, err = s.sampleJSON(ctx, f)
	} else {
		seen, err = s.surveyFiles(ctx, func() surveyor { return s.newJSONSurveyor() })
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
	seen, look := newSurvey(), s.newJSONSurveyor()
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

// begin refuses the next value of a column whose type the first rows did not tell.
func (f *jsonFormat) begin(untold bool, in *jsonCursor) error {
	if !untold {
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
