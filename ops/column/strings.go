package column

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Strings is a view of a string column, plain or dictionary-encoded.
type Strings struct {
	arr   arrow.Array
	plain *array.String
	large *array.LargeString
	dict  *array.Dictionary
	words *Strings // of dict
}

// ViewStrings returns a view of arr: a string, large string or a dictionary of
// those.
func ViewStrings(arr arrow.Array) *Strings {
	s := &Strings{arr: arr}
	switch a := arr.(type) {
	case *array.String:
		s.plain = a
	case *array.LargeString:
		s.large = a
	case *array.Dictionary:
		s.dict, s.words = a, ViewStrings(a.Dictionary())
	default:
		panic(fmt.Sprintf("column: %v is not a string column", arr.DataType()))
	}
	return s
}

// Len is the number of rows.
func (s *Strings) Len() int { return s.arr.Len() }

// IsNull reports whether row is null.
func (s *Strings) IsNull(row int) bool {
	if s.arr.IsNull(row) {
		return true
	}
	return s.dict != nil && s.words.IsNull(s.dict.GetValueIndex(row))
}

// HasNulls reports whether any row may be null.
func (s *Strings) HasNulls() bool {
	return s.arr.NullN() > 0 || s.dict != nil && s.words.HasNulls()
}

// Value returns the string of a row that is not null. It aliases the column.
func (s *Strings) Value(row int) string {
	switch {
	case s.plain != nil:
		return s.plain.Value(row)
	case s.large != nil:
		return s.large.Value(row)
	}
	return s.words.Value(s.dict.GetValueIndex(row))
}

// Dict returns the distinct words of a dictionary-encoded column and each
// row's position among them, so that a kernel can work once per word. ok is
// false for a plain column. The code of a null row is not defined but is a
// valid position if there are any words.
func (s *Strings) Dict() (words *Strings, code func(row int) int, ok bool) {
	if s.dict == nil {
		return nil, nil, false
	}
	return s.words, s.dict.GetValueIndex, true
}

// DictCodes returns the codes of a dictionary column with 32-bit indices as
// they lie in memory.
func (s *Strings) DictCodes() ([]int32, bool) {
	if s.dict == nil {
		return nil, false
	}
	if a, ok := s.dict.Indices().(*array.Int32); ok {
		return a.Int32Values(), true
	}
	return nil, false
}
