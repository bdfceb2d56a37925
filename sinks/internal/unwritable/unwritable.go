// Package unwritable finds values and names that no table can hold in such a way
// that others read it.
package unwritable

import (
	"fmt"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// ValueError says that rows have a value that the table cannot hold in such a way
// that others read it. Part.Write has taken no row of the record then: it may be
// written again without them.
type ValueError struct {
	Column string
	Rows   []BadValue
	Folder bool // they are names of folders, and else text that is not UTF-8
}

// BadValue is the value of one row.
type BadValue struct {
	Row int // in the record
	Why string
}

func (e *ValueError) Add(row int, value, why string) {
	e.Rows = append(e.Rows, BadValue{row, fmt.Sprintf("the value %s %s", abbreviated(value), why)})
}

func (e *ValueError) Error() string { return fmt.Sprintf("column %q: %s", e.Column, e.Rows[0].Why) }

// abbreviated is the start of a value in a message.
func abbreviated(s string) string {
	const most = 60
	if len(s) > most {
		return fmt.Sprintf("%q...", s[:most])
	}
	return fmt.Sprintf("%q", s)
}

// TextCheck finds text that is not UTF-8, which no reader of a STRING column or of
// JSON takes. It remembers the dictionaries that it has seen.
type TextCheck struct {
	seen map[int]arrow.ArrayData // by column
}

// Check returns a *ValueError for the first column with such text.
func (c *TextCheck) Check(rec arrow.Record) error {
	for i, col := range rec.Columns() {
		if !HasText(col.DataType()) || c.known(i, col) {
			continue
		}
		if validText(col) {
			c.remember(i, col)
			continue
		}
		e := &ValueError{Column: rec.ColumnName(i)}
		for row := range col.Len() {
			if text := TextOf(col, row); !utf8.ValidString(text) {
				e.Add(row, text, "is not UTF-8, so that others could not read the table; convert it in the source")
			}
		}
		if len(e.Rows) > 0 { // else it is in what no row refers to
			return e
		}
	}
	return nil
}

// known reports whether a column refers to the dictionary that it had before.
func (c *TextCheck) known(i int, col arrow.Array) bool {
	d, ok := col.(*array.Dictionary)
	return ok && c.seen[i] != nil && c.seen[i] == d.Data().Dictionary()
}

func (c *TextCheck) remember(i int, col arrow.Array) {
	if d, ok := col.(*array.Dictionary); ok {
		if c.seen == nil {
			c.seen = map[int]arrow.ArrayData{}
		}
		c.seen[i] = d.Data().Dictionary()
	}
}

// HasText reports whether values of a type can hold text.
func HasText(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.StringType, *arrow.LargeStringType:
		return true
	case *arrow.DictionaryType:
		return HasText(t.ValueType)
	case arrow.ExtensionType:
		return HasText(t.StorageType())
	case arrow.NestedType:
		for _, f := range t.Fields() {
			if HasText(f.Type) {
				return true
			}
		}
	}
	return false
}

// validText reports whether all text of an array is UTF-8. It may say no because of
// what stands where a null is.
func validText(arr arrow.Array) bool {
	if arr.Len() == 0 || !HasText(arr.DataType()) {
		return true
	}
	switch a := arr.(type) {
	case *array.String:
		return validRun(a.ValueBytes(), a.Len(), func(i int) int { return a.ValueOffset(i) - a.ValueOffset(0) })
	case *array.LargeString:
		return validRun(a.ValueBytes(), a.Len(), func(i int) int { return int(a.ValueOffset(i) - a.ValueOffset(0)) })
	case *array.Dictionary:
		return validText(a.Dictionary())
	case array.ExtensionArray:
		return validText(a.Storage())
	case *array.Struct:
		for i := range a.NumField() {
			if !validText(a.Field(i)) {
				return false
			}
		}
		return true
	case array.ListLike:
		lo, _ := a.ValueOffsets(0)
		_, hi := a.ValueOffsets(a.Len() - 1)
		values := array.NewSlice(a.ListValues(), lo, hi)
		defer values.Release()
		return validText(values)
	}
	return true
}

// validRun checks n values that stand one after the other: all of them at once, and
// that none begins in the middle of a character.
func validRun(all []byte, n int, start func(int) int) bool {
	if !utf8.Valid(all) {
		return false
	}
	for i := range n {
		if at := start(i); at < len(all) && !utf8.RuneStart(all[at]) {
			return false
		}
	}
	return true
}

// TextOf returns the first text in a row that is not UTF-8, or "".
func TextOf(arr arrow.Array, row int) string {
	if arr.IsNull(row) || !HasText(arr.DataType()) {
		return ""
	}
	switch a := arr.(type) {
	case *array.String:
		return unlessValid(a.Value(row))
	case *array.LargeString:
		return unlessValid(a.Value(row))
	case *array.Dictionary:
		return TextOf(a.Dictionary(), a.GetValueIndex(row))
	case array.ExtensionArray:
		return TextOf(a.Storage(), row)
	case *array.Struct:
		for i := range a.NumField() {
			if s := TextOf(a.Field(i), row); s != "" {
				return s
			}
		}
	case array.ListLike:
		lo, hi := a.ValueOffsets(row)
		for i := lo; i < hi; i++ {
			if s := TextOf(a.ListValues(), int(i)); s != "" {
				return s
			}
		}
	}
	return ""
}

func unlessValid(s string) string {
	if utf8.ValidString(s) {
		return ""
	}
	return s
}

// CheckNames refuses columns whose names are not UTF-8, at any depth.
func CheckNames(fields []arrow.Field) error {
	for _, f := range fields {
		if !utf8.ValidString(f.Name) {
			return fmt.Errorf("column %q: its name is not UTF-8, so that others could not read the table; give it another name in the source", f.Name)
		}
		if t, ok := f.Type.(arrow.NestedType); ok {
			if err := CheckNames(t.Fields()); err != nil {
				return err
			}
		}
	}
	return nil
}
