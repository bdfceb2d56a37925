package files_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

// stringsOf makes a column of strings; "-" is null.
func stringsOf(texts ...string) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	for _, s := range texts {
		if s == "-" {
			b.AppendNull()
		} else {
			b.Append(s)
		}
	}
	return b.NewArray()
}

// dictionaryOf makes a column of a dictionary; -1 is null.
func dictionaryOf(dict arrow.Array, at ...int32) arrow.Array {
	b := array.NewInt32Builder(memory.DefaultAllocator)
	for _, i := range at {
		if i < 0 {
			b.AppendNull()
		} else {
			b.Append(i)
		}
	}
	t := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: dict.DataType()}
	return array.NewDictionaryArray(t, b.NewArray(), dict)
}

// listsOf makes a column of lists of strings; nil is null.
func listsOf(lists ...[]string) arrow.Array {
	b := array.NewListBuilder(memory.DefaultAllocator, arrow.BinaryTypes.String)
	for _, l := range lists {
		b.Append(l != nil)
		for _, s := range l {
			b.ValueBuilder().(*array.StringBuilder).Append(s)
		}
	}
	return b.NewArray()
}

// structsOf makes a column of structs of one field.
func structsOf(field arrow.Array, valid ...bool) arrow.Array {
	t := arrow.StructOf(arrow.Field{Name: "f", Type: field.DataType(), Nullable: true})
	bits := memory.NewResizableBuffer(memory.DefaultAllocator)
	bits.Resize(1)
	bits.Bytes()[0] = 0
	nulls := 0
	for i, v := range valid {
		if v {
			bits.Bytes()[0] |= 1 << i
		} else {
			nulls++
		}
	}
	return array.NewStructData(array.NewData(t, len(valid), []*memory.Buffer{bits}, []arrow.ArrayData{field.Data()}, nulls, 0))
}

func TestTextOfColumnsIsUTF8(t *testing.T) {
	long := strings.Repeat("é", 100)
	tests := []struct {
		name string
		arr  arrow.Array
		row  int // or -1
	}{
		{"ASCII", stringsOf("a", "-", strings.Repeat("x", 100)), -1},
		{"other characters", stringsOf("a", long, "日本", "😀"), -1},
		{"Latin-1", stringsOf("a", long, "caf\xe9"), 2},
		{"half a surrogate pair", stringsOf("\xed\xa0\x80"), 0},
		{"too long a form", stringsOf("a", "\xc0\x80"), 1},
		{"a character in two rows", stringsOf("a\xc3", "\xa9b"), 0},
		{"a slice", array.NewSlice(stringsOf("\xe9", "a", "\xe9"), 1, 2), -1},
		{"a slice with", array.NewSlice(stringsOf("a", "a", "\xe9"), 1, 3), 1},
		{"no rows", stringsOf(), -1},
		{"dictionary", dictionaryOf(stringsOf("a", "\xe9"), 0, -1, 1), 2},
		{"a value of the dictionary that no row has", dictionaryOf(stringsOf("a", "\xe9"), 0, -1, 0), -1},
		{"list", listsOf([]string{"a"}, nil, []string{}, []string{"b", "\xe9"}), 3},
		{"good list", listsOf([]string{"a"}, nil, []string{long}), -1},
		{"a slice of lists", array.NewSlice(listsOf([]string{"\xe9"}, []string{"b"}), 1, 2), -1},
		{"a null list with items", listsOf([]string{"a"}, []string{"b"}), -1},
		{"struct", structsOf(stringsOf("a", "\xe9"), true, true), 1},
		{"field of a null", structsOf(stringsOf("\xe9", "a"), false, true), -1},
		{"field of a null and another", structsOf(stringsOf("\xe9", "a", "\xe9"), false, true, true), 2},
		{"list in a struct", structsOf(listsOf([]string{"a"}, []string{"\xe9"}), true, true), 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if row, text := files.BadText(tt.arr); row != tt.row || (row >= 0) != (len(text) > 0) {
				t.Errorf("row %d, %q, want %d", row, text, tt.row)
			}
		})
	}
}

// tableFiles writes a column of strings in the formats that have types.
func filesOfAColumn(t *testing.T, name string, col arrow.Array) map[string][]byte {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: name, Type: col.DataType(), Nullable: true}}, nil)
	ids := array.NewInt64Builder(memory.DefaultAllocator)
	for i := range col.Len() {
		ids.Append(int64(i))
	}
	rec := array.NewRecord(schema, []arrow.Array{ids.NewArray(), col}, int64(col.Len()))
	files := make(map[string][]byte)
	for kind, dict := range map[string]bool{"plain.parquet": false, "dict.parquet": true} {
		var b bytes.Buffer
		w, err := pqarrow.NewFileWriter(schema, &b, parquet.NewWriterProperties(parquet.WithDictionaryDefault(dict)), pqarrow.DefaultWriterProps())
		if err == nil {
			err = errors.Join(w.Write(rec), w.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		files[kind] = b.Bytes()
	}
	var b bytes.Buffer
	w := ipc.NewWriter(&b, ipc.WithSchema(schema))
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
	files["a.arrows"] = b.Bytes()
	return files
}

func TestFilesWithTextThatIsNotUTF8AreRefusedByRowAndColumn(t *testing.T) {
	const why = ` is not UTF-8; convert the file, as iconv -f LATIN1 -t UTF-8 does`
	for name, data := range filesOfAColumn(t, "s", stringsOf("é", "a", "caf\xe9", "b")) {
		s := sourcetest.Open(t, sources.Options{Opener: sourcetest.OneFile(name, data)}, "x")
		if _, err := sourcetest.TextColumns(s, []string{"id"}); err != nil {
			t.Errorf("%s: a column that is well: %v", name, err)
		}
		_, err := sourcetest.TextColumns(s, []string{"id", "s"})
		var file *sources.FileError
		if want := name + `: row 2, column "s": "caf\xe9"` + why; !errors.As(err, &file) || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	for name, data := range filesOfAColumn(t, "s\xe9", stringsOf("a")) {
		s := sourcetest.Open(t, sources.Options{Opener: sourcetest.OneFile(name, data)}, "x")
		_, err := sourcetest.TextColumns(s, []string{"id", "s\xe9"})
		if want := name + `: the name of column 2: "s\xe9"` + why; err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestFilesWithTextThatIsNotUTF8AreRejected(t *testing.T) {
	dir := t.TempDir()
	good := filesOfAColumn(t, "s", stringsOf("é"))["dict.parquet"]
	bad := filesOfAColumn(t, "s", stringsOf("a", "\xe9"))["dict.parquet"]
	sourcetest.WriteFile(t, filepath.Join(dir, "1.parquet"), string(good))
	sourcetest.WriteFile(t, filepath.Join(dir, "2.parquet"), string(bad))
	var rejected []string
	s := sourcetest.Open(t, sources.Options{Reject: func(f sources.RejectedFile) { rejected = append(rejected, filepath.Base(f.Name)) }}, dir)
	got, err := sourcetest.TextColumns(s, []string{"s"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"s": {`"é"`}}, got)
	sourcetest.Diff(t, []string{"2.parquet"}, rejected)
}

func TestFoldersThatAreNotUTF8AreRefused(t *testing.T) {
	for _, folder := range []string{"k=%E9", "k%E9=1"} {
		dir := t.TempDir()
		sourcetest.WriteFile(t, filepath.Join(dir, folder, "a.csv"), "a\n1\n")
		_, err := files.Open(t.Context(), []string{dir}, sources.Options{})
		if err == nil || !strings.Contains(err.Error(), `the folder "k`) || !strings.Contains(err.Error(), `" is not UTF-8; rename it`) {
			t.Errorf("%s: error %v, want one about the folder", folder, err)
		}
	}
}

func TestLeapFramesOfTextThatIsNotUTF8AreRefused(t *testing.T) {
	frame := `{"schema":{"fields":[{"name":"s","type":"string"}]},` + "\n" + `"rows":[["TEXT"]]}`
	for _, tt := range []struct{ text, want string }{
		{"\xe9", "line 2: \"\\\"rows\\\":[[\\\"\\xe9\\\"]]}\" is not UTF-8; convert the file, as iconv -f LATIN1 -t UTF-8 does"},
		{`\\\ud800x`, `\ud800 is half of a surrogate pair, which is no character`},
		{`\udc00\ud800`, `\udc00 is half of a surrogate pair, which is no character`},
	} {
		data := []byte(strings.Replace(frame, "TEXT", tt.text, 1))
		_, err := files.Open(t.Context(), []string{"x"}, sources.Options{Opener: sourcetest.OneFile("a.leap.json", data)})
		if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
			t.Errorf("error %v, want ...%s", err, tt.want)
		}
	}
	data := []byte(strings.Replace(frame, "TEXT", `\\ud800 \ud83d\ude00`, 1))
	got, err := sourcetest.TextColumns(sourcetest.Open(t, sources.Options{Opener: sourcetest.OneFile("a.leap.json", data)}, "x"), []string{"s"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"s": {`"\\ud800 😀"`}}, got)
	schema := `{"fields":[{"name":"s","type":"string"}]}`
	binary := "\x00\x00\x00" + string(rune(len(schema))) + schema + "\x00\x00\x00\x01\x01\x00\x00\x00\x01\xe9"
	_, err = sourcetest.TextColumns(sourcetest.Open(t, sources.Options{Opener: sourcetest.OneFile("a", []byte(binary)), Format: sources.LeapBinary}, "x"), []string{"s"})
	if want := `row 0, column "s": "\xe9" is not UTF-8; convert the file, as iconv -f LATIN1 -t UTF-8 does`; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v, want ...%s", err, want)
	}
}
