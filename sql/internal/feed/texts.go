package feed

import (
	"errors"
	"fmt"
	"unicode/utf8"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/sources"
)

// unread is the error of the first bad row of a batch: DuckDB has no place for it.
func unread(b sources.Batch) error {
	bad := b.Bad[0]
	err := errors.New(bad.Why)
	if bad.Column != "" {
		err = fmt.Errorf("column %q: %w", bad.Column, err)
	}
	return &sources.FileError{Name: b.Origin, Err: fmt.Errorf(
		"%w; such rows can be rejected from files of --input and of queries that only name columns", err)}
}

// checkTexts reports rows that could not be read, and text that is not UTF-8, with which DuckDB cannot work.
func checkTexts(b sources.Batch) error {
	if len(b.Bad) > 0 {
		return unread(b)
	}
	for i, c := range b.Columns() {
		if bad := badText(c); bad != "" {
			return &sources.FileError{Name: b.Origin, Err: fmt.Errorf("column %q: text %q is not UTF-8", b.ColumnName(i), bad)}
		}
	}
	return nil
}

// badText returns a text of the array that is not UTF-8.
func badText(arr arrow.Array) string {
	switch a := arr.(type) {
	case *array.Dictionary:
		return badText(a.Dictionary())
	case *array.Struct:
		for k := range a.NumField() {
			if bad := badText(a.Field(k)); bad != "" {
				return bad
			}
		}
	case *array.String:
		if a.Len() == 0 || ascii(a.ValueBytes()) {
			return ""
		}
		for i := range a.Len() {
			if s := a.Value(i); a.IsValid(i) && !utf8.ValidString(s) {
				return s
			}
		}
	case *array.LargeString:
		for i := range a.Len() {
			if s := a.Value(i); a.IsValid(i) && !utf8.ValidString(s) {
				return s
			}
		}
	case array.ListLike:
		return badText(a.ListValues())
	}
	return ""
}

func ascii(b []byte) bool {
	for len(b) >= 8 {
		if *(*uint64)(unsafe.Pointer(&b[0]))&0x8080808080808080 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}
