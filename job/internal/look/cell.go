package look

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/internal/clean"
)

const (
	mostItems = 3  // of a list that are shown
	mostBytes = 8  // of a binary value
	mostDepth = 3  // of nested values
	mostText  = 80 // characters of a text within a nested value
)

// cell is a value as a short text on one line.
func cell(arr arrow.Array, row int) string { return value(arr, row, 0) }

func value(arr arrow.Array, row, depth int) string {
	if arr.IsNull(row) {
		return "null"
	}
	if depth > mostDepth {
		return "…"
	}
	switch a := arr.(type) {
	case *array.Dictionary:
		return value(a.Dictionary(), a.GetValueIndex(row), depth)
	case array.ExtensionArray:
		return value(a.Storage(), row, depth)
	case *array.String:
		return text(a.Value(row), depth)
	case *array.LargeString:
		return text(a.Value(row), depth)
	case *array.Binary:
		return binary(a.Value(row))
	case *array.LargeBinary:
		return binary(a.Value(row))
	case *array.FixedSizeBinary:
		return binary(a.Value(row))
	case *array.Struct:
		return structure(a, row, depth)
	case *array.Map:
		return mapping(a, row, depth)
	case array.ListLike:
		return list(a, row, depth)
	}
	return clean.Line(arr.ValueStr(row))
}

func text(s string, depth int) string {
	if depth == 0 {
		return clean.Line(s)
	}
	if r := []rune(s); len(r) > mostText {
		s = string(r[:mostText]) + "…"
	}
	return strconv.Quote(s)
}

func binary(b []byte) string {
	if len(b) <= mostBytes {
		return "0x" + hex.EncodeToString(b)
	}
	return fmt.Sprintf("0x%s… (%d bytes)", hex.EncodeToString(b[:mostBytes]), len(b))
}

// list shows the first values of a list, and how many there are.
func list(a array.ListLike, row, depth int) string {
	from, to := a.ValueOffsets(row)
	items := itemsOf(from, to, func(i int) string { return value(a.ListValues(), i, depth+1) })
	if n := to - from; n > mostItems {
		return fmt.Sprintf("[%s, … %d values]", strings.Join(items, ", "), n)
	}
	return "[" + strings.Join(items, ", ") + "]"
}

func mapping(a *array.Map, row, depth int) string {
	from, to := a.ValueOffsets(row)
	items := itemsOf(from, to, func(i int) string {
		return value(a.Keys(), i, depth+1) + ": " + value(a.Items(), i, depth+1)
	})
	if n := to - from; n > mostItems {
		return fmt.Sprintf("{%s, … %d entries}", strings.Join(items, ", "), n)
	}
	return "{" + strings.Join(items, ", ") + "}"
}

func itemsOf(from, to int64, show func(i int) string) (items []string) {
	for i := from; i < min(to, from+mostItems); i++ {
		items = append(items, show(int(i)))
	}
	return items
}

func structure(a *array.Struct, row, depth int) string {
	var items []string
	for i, f := range a.DataType().(*arrow.StructType).Fields() {
		items = append(items, clean.Line(f.Name)+": "+value(a.Field(i), row, depth+1))
	}
	return "{" + strings.Join(items, ", ") + "}"
}

// typeName is the name of a type as people know it.
func typeName(t arrow.DataType) string {
	switch t := t.(type) {
	case *arrow.DictionaryType:
		return typeName(t.ValueType)
	case arrow.ExtensionType:
		return typeName(t.StorageType())
	case *arrow.StringType, *arrow.LargeStringType:
		return "text"
	case *arrow.StructType:
		return "struct"
	case *arrow.MapType:
		return fmt.Sprintf("map of %s", typeName(t.ItemType()))
	case arrow.ListLikeType:
		return "list of " + typeName(t.Elem())
	}
	switch t.ID() {
	case arrow.FLOAT64:
		return "double"
	case arrow.FLOAT32:
		return "float"
	case arrow.BOOL:
		return "boolean"
	}
	return t.Name()
}

// isNumber reports whether values stand below each other by their last digits.
func isNumber(t arrow.DataType) bool {
	return arrow.IsInteger(t.ID()) || arrow.IsFloating(t.ID()) || arrow.IsDecimal(t.ID())
}
