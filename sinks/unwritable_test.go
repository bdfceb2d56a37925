package sinks_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sinks"
)

// texts returns a column of each kind that holds text, with the values in it.
func texts(values ...string) map[string]arrow.Array {
	mem := memory.DefaultAllocator
	words := array.NewStringBuilder(mem)
	large := array.NewLargeStringBuilder(mem)
	dict := array.NewDictionaryBuilder(mem, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}).(*array.BinaryDictionaryBuilder)
	list := array.NewListBuilder(mem, arrow.BinaryTypes.String)
	byKey := array.NewMapBuilder(mem, arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64, false)
	in := array.NewStructBuilder(mem, arrow.StructOf(arrow.Field{Name: "s", Type: arrow.BinaryTypes.String}))
	for _, v := range values {
		words.Append(v)
		large.Append(v)
		_ = dict.AppendString(v)
		list.Append(true)
		list.ValueBuilder().(*array.StringBuilder).Append("ok")
		list.ValueBuilder().(*array.StringBuilder).Append(v)
		byKey.Append(true)
		byKey.KeyBuilder().(*array.StringBuilder).Append(v)
		byKey.ItemBuilder().(*array.Int64Builder).Append(1)
		in.Append(true)
		in.FieldBuilder(0).(*array.StringBuilder).Append(v)
	}
	return map[string]arrow.Array{
		"string": words.NewArray(), "large": large.NewArray(), "dictionary": dict.NewArray(), "list": list.NewArray(), "map": byKey.NewArray(), "struct": in.NewArray(),
	}
}

// In no format does text that is not UTF-8 get into a file, however deep it lies, not
// even where two values make a character together.
func TestTextThatIsNotUTF8IsRefusedWithItsRows(t *testing.T) {
	for name, col := range texts("fine", "\xc3", "\xa9", "é", "\xff") {
		for _, format := range []sinks.Format{sinks.FormatParquet, sinks.FormatCSV, sinks.FormatJSON, sinks.FormatArrow, sinks.FormatArrowStream} {
			schema := arrow.NewSchema([]arrow.Field{{Name: "c", Type: entryType(col.DataType()), Nullable: true}}, nil)
			given := arrow.NewSchema([]arrow.Field{{Name: "c", Type: col.DataType(), Nullable: true}}, nil)
			table, err := sinks.CreateFile(t.Context(), store.New(&store.Mem{}), "x", sinks.Options{Schema: schema, RunID: "r", Format: format})
			if err != nil {
				t.Fatal(err)
			}
			part, err := table.Part(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, offset := range []int64{0, 1} {
				slice := array.NewSlice(col, offset, 5)
				err = part.Write(array.NewRecord(given, []arrow.Array{slice}, 5-offset))
				var bad *sinks.ValueError
				if !errors.As(err, &bad) || bad.Column != "c" || len(bad.Rows) != 3 || bad.Rows[0].Row != int(1-offset) || !strings.Contains(bad.Error(), `"\xc3"`) {
					t.Errorf("%s in %s from %d: %v", name, format, offset, err)
				}
			}
			if err := part.Write(array.NewRecord(given, []arrow.Array{array.NewSlice(col, 3, 4)}, 1)); name != "dictionary" && err != nil {
				t.Errorf("%s in %s: a good row after bad ones: %v", name, format, err)
			}
			if err := table.Abort(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestColumnsWhoseNamesAreNotUTF8AreRefused(t *testing.T) {
	deep := arrow.StructOf(arrow.Field{Name: "ok", Type: arrow.ListOf(arrow.StructOf(arrow.Field{Name: "h\xe9", Type: arrow.BinaryTypes.String}))})
	for _, f := range []arrow.Field{{Name: "h\xe9", Type: arrow.BinaryTypes.String}, {Name: "deep", Type: deep}} {
		_, err := sinks.CreateFile(t.Context(), store.New(&store.Mem{}), "x", sinks.Options{Schema: arrow.NewSchema([]arrow.Field{f}, nil), RunID: "r"})
		if err == nil || !strings.Contains(err.Error(), `"h\xe9"`) {
			t.Errorf("%q: %v", f.Name, err)
		}
	}
}

// entryType is the type of what a dictionary holds, or t.
func entryType(t arrow.DataType) arrow.DataType {
	if d, ok := t.(*arrow.DictionaryType); ok {
		return d.ValueType
	}
	return t
}
