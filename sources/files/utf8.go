package files

import (
	"context"
	"encoding/binary"
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
		if row, text := badText(col); row >= 0 {
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
	if row, _ := badText(d.Dictionary()); row >= 0 {
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

// badText returns the first row whose text is not UTF-8, and the text; or -1.
func badText(arr arrow.Array) (int, []byte) {
	switch a := arr.(type) {
	case *array.String:
		if goodText(a.ValueBytes(), a.ValueOffsets()) {
			return -1, nil
		}
		return badString(a)
	case *array.LargeString:
		if goodText(a.ValueBytes(), a.ValueOffsets()) {
			return -1, nil
		}
		return badString(a)
	case *array.Dictionary:
		return badIndex(a)
	case *array.Struct:
		for i := range a.NumField() {
			if row, text := badField(a, a.Field(i)); row >= 0 {
				return row, text
			}
		}
	case array.ListLike:
		return badItem(a)
	case array.ExtensionArray:
		return badText(a.Storage())
	}
	return -1, nil
}

// goodText says whether all values are UTF-8, looking at them as one text: only
// if that is not ASCII does it matter where one ends.
func goodText[T int32 | int64](text []byte, offsets []T) bool {
	if isASCII(text) {
		return true
	}
	if !utf8.Valid(text) {
		return false
	}
	for _, at := range offsets {
		if at -= offsets[0]; int(at) < len(text) && !utf8.RuneStart(text[at]) {
			return false
		}
	}
	return true
}

func isASCII(text []byte) bool {
	const high = 0x8080808080808080
	for len(text) >= 32 {
		a, b := binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[8:])
		c, d := binary.LittleEndian.Uint64(text[16:]), binary.LittleEndian.Uint64(text[24:])
		if (a|b|c|d)&high != 0 {
			return false
		}
		text = text[32:]
	}
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func badString(a interface {
	Len() int
	IsValid(int) bool
	Value(int) string
}) (int, []byte) {
	for i := range a.Len() {
		if a.IsValid(i) && !utf8.ValidString(a.Value(i)) {
			return i, []byte(a.Value(i))
		}
	}
	return -1, nil
}

// badIndex looks for a row that has a value of the dictionary which is not UTF-8.
func badIndex(a *array.Dictionary) (int, []byte) {
	if row, _ := badText(a.Dictionary()); row < 0 {
		return -1, nil
	}
	for i := range a.Len() {
		if a.IsNull(i) {
			continue
		}
		one := array.NewSlice(a.Dictionary(), int64(a.GetValueIndex(i)), int64(a.GetValueIndex(i))+1)
		row, text := badText(one)
		one.Release()
		if row >= 0 {
			return i, text
		}
	}
	return -1, nil
}

// badField looks for a row of a struct that is not null and whose field has text
// which is not UTF-8.
func badField(a *array.Struct, field arrow.Array) (int, []byte) {
	for from := 0; from < a.Len(); {
		rest := array.NewSlice(field, int64(from), int64(a.Len()))
		row, text := badText(rest)
		rest.Release()
		if row < 0 {
			break
		}
		if a.IsValid(from + row) {
			return from + row, text
		}
		from += row + 1
	}
	return -1, nil
}

// badItem looks for a row that has text which is not UTF-8 in its list.
func badItem(a array.ListLike) (int, []byte) {
	if !holdsText(a.ListValues().DataType()) {
		return -1, nil
	}
	if a.Len() == 0 {
		return -1, nil
	}
	from, _ := a.ValueOffsets(0)
	_, to := a.ValueOffsets(a.Len() - 1)
	all := array.NewSlice(a.ListValues(), from, to)
	defer all.Release()
	if row, _ := badText(all); row < 0 {
		return -1, nil
	}
	for i := range a.Len() {
		from, to := a.ValueOffsets(i)
		if a.IsNull(i) || from == to {
			continue
		}
		items := array.NewSlice(a.ListValues(), from, to)
		row, text := badText(items)
		items.Release()
		if row >= 0 {
			return i, text
		}
	}
	return -1, nil
}

// holdsText says whether there are strings in values of a type.
func holdsText(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.StringType, *arrow.LargeStringType, *arrow.DictionaryType, arrow.ExtensionType:
		return true
	case arrow.NestedType:
		for _, f := range t.Fields() {
			if holdsText(f.Type) {
				return true
			}
		}
	}
	return false
}
