package files

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// utf8Source refuses text that is not UTF-8 in the strings of a source, whose
// format does not promise it.
type utf8Source struct {
	sources.Source
	first string // the name of the first file, which has all columns
}

func (s *utf8Source) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	for i, c := range cols {
		if !utf8.ValidString(c) {
			return nil, &sources.FileError{Name: s.first, Err: fmt.Errorf("the name of column %d: %w", i+1, scan.NotUTF8([]byte(c)))}
		}
		if f, ok := s.Schema().FieldsByName(c); ok && !validNames(f[0].Type) {
			return nil, &sources.FileError{Name: s.first, Err: fmt.Errorf("column %q: the name of a field in it is not UTF-8: %q", c, f[0].Type)}
		}
	}
	scan, err := s.Source.Scan(ctx, cols)
	if err != nil {
		return nil, err
	}
	return sources.Wrap(scan, func(r sources.Reader, _ memory.Allocator) sources.Reader {
		return &utf8Reader{Reader: r, dicts: make(map[int]arrow.Array)}
	}), nil
}

// validNames says whether the names of fields inside of a type are UTF-8.
func validNames(t arrow.DataType) bool {
	nested, ok := t.(arrow.NestedType)
	if !ok {
		return true
	}
	for _, f := range nested.Fields() {
		if !utf8.ValidString(f.Name) || !validNames(f.Type) {
			return false
		}
	}
	return true
}

type utf8Reader struct {
	sources.Reader
	dicts map[int]arrow.Array // of each column, the last that is UTF-8
}

func (r *utf8Reader) Next() (sources.Batch, error) {
	b, err := r.Reader.Next()
	if err != nil {
		return b, err
	}
	for i, col := range b.Columns() {
		if r.known(i, col) {
			continue
		}
		if row, text := scan.BadText(col); row >= 0 {
			origin, at := b.At(row)
			name := b.ColumnName(i)
			b.Release()
			return sources.Batch{}, &sources.FileError{Name: origin, Err: fmt.Errorf("row %d, column %q: %w", at, name, scan.NotUTF8(text))}
		}
	}
	return b, nil
}

// known says whether a column has the dictionary of the batch before, and keeps
// its dictionary.
func (r *utf8Reader) known(i int, col arrow.Array) bool {
	d, ok := col.(*array.Dictionary)
	if !ok {
		return false
	}
	last := r.dicts[i]
	if last != nil && last.Data() == d.Dictionary().Data() {
		return true
	}
	if row, _ := scan.BadText(d.Dictionary()); row >= 0 {
		return false // it may be that no row has the value
	}
	d.Dictionary().Retain()
	if last != nil {
		last.Release()
	}
	r.dicts[i] = d.Dictionary()
	return true
}

func (r *utf8Reader) Close() error {
	for _, d := range r.dicts {
		d.Release()
	}
	clear(r.dicts)
	return r.Reader.Close()
}
