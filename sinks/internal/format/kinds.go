package format

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

var errNull = errors.New("null in a column that is declared as never null")

// checkColumn checks the rows of spans of a column that was promised as field.
func checkColumn(field arrow.Field, arr arrow.Array, spans []int) error {
	if !sameKind(field.Type, arr.DataType()) {
		return fmt.Errorf("found %s, want %s", arr.DataType(), field.Type)
	}
	if field.Nullable || arr.NullN() == 0 {
		return nil
	}
	for s := 0; s < len(spans); s += 2 {
		for i := spans[s]; i < spans[s+1]; i++ {
			if arr.IsNull(i) {
				return errNull
			}
		}
	}
	return nil
}

// sameKind reports whether arrays of type got may come where want was promised:
// strings have three forms, and the names and nullability of what is inside
// lists do not matter.
func sameKind(want, got arrow.DataType) bool {
	want, got = plainType(want), plainType(got)
	if want.ID() != got.ID() {
		return false
	}
	switch w := want.(type) {
	case *arrow.StructType:
		return slices.EqualFunc(w.Fields(), got.(*arrow.StructType).Fields(), func(a, b arrow.Field) bool {
			return a.Name == b.Name && sameKind(a.Type, b.Type)
		})
	case *arrow.MapType:
		g := got.(*arrow.MapType)
		return sameKind(w.KeyType(), g.KeyType()) && sameKind(w.ItemType(), g.ItemType())
	case *arrow.FixedSizeListType:
		g := got.(*arrow.FixedSizeListType)
		return w.Len() == g.Len() && sameKind(w.Elem(), g.Elem())
	case arrow.ListLikeType:
		return sameKind(w.Elem(), got.(arrow.ListLikeType).Elem())
	}
	return arrow.TypeEqual(want, got)
}

// plainType is the type as which values are written.
func plainType(t arrow.DataType) arrow.DataType {
	switch t := t.(type) {
	case arrow.ExtensionType:
		return plainType(t.StorageType())
	case *arrow.DictionaryType:
		return plainType(t.ValueType)
	case *arrow.LargeStringType:
		return arrow.BinaryTypes.String
	case *arrow.LargeBinaryType:
		return arrow.BinaryTypes.Binary
	}
	return t
}

// withoutNullEntries returns strings whose dictionary has null entries, which is
// rare, as strings of their own.
func withoutNullEntries(arr arrow.Array) (arrow.Array, func()) {
	d, ok := arr.(*array.Dictionary)
	if !ok || d.Dictionary().NullN() == 0 {
		return arr, func() {}
	}
	text := textsOf(d.Dictionary())
	if text == nil {
		return arr, func() {}
	}
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range d.Len() {
		if d.IsNull(i) || d.Dictionary().IsNull(d.GetValueIndex(i)) {
			b.AppendNull()
		} else {
			b.BinaryBuilder.Append(text(d.GetValueIndex(i)))
		}
	}
	plain := b.NewArray()
	return plain, plain.Release
}
