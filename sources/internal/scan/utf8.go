package scan

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// BadText returns the first row whose text is not UTF-8, and the text; or -1.
func BadText(arr arrow.Array) (int, []byte) {
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
		return BadText(a.Storage())
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
	if row, _ := BadText(a.Dictionary()); row < 0 {
		return -1, nil
	}
	for i := range a.Len() {
		if a.IsNull(i) {
			continue
		}
		one := array.NewSlice(a.Dictionary(), int64(a.GetValueIndex(i)), int64(a.GetValueIndex(i))+1)
		row, text := BadText(one)
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
		row, text := BadText(rest)
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
	if row, _ := BadText(all); row < 0 {
		return -1, nil
	}
	for i := range a.Len() {
		from, to := a.ValueOffsets(i)
		if a.IsNull(i) || from == to {
			continue
		}
		items := array.NewSlice(a.ListValues(), from, to)
		row, text := BadText(items)
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
