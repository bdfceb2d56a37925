package arrow_test

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

func legacyArrow(name string) string { return filepath.Join("testdata", "legacy", name) }

func TestFormsOfArrowAreReadAsPlainValues(t *testing.T) {
	const long = `"a text that does not fit into its view"`
	want := map[string][]string{
		"text":    {`"short"`, "null", long},
		"bytes":   {`"short"`, "null", long},
		"lists":   {`["a" ` + long + "]", "null", `["b" null]`},
		"numbers": {"7", "null", "7"},
		"doubles": {"0.5", "0.25", "null"},
		"days":    {"1970-01-02", "null", "1969-12-31"},
		"views":   {`"b"`, long, "null"},
		"inside":  {`("x")`, `("y")`, `("x")`},
		"date64":  {"1970-01-01", "null", "1969-12-31"},
	}
	types := map[string]string{
		"text": "utf8", "bytes": "binary", "lists": "list<item: utf8, nullable>", "numbers": "int64", "doubles": "float64",
		"days": "date32", "views": "utf8", "inside": "struct<d: utf8>", "date64": "date64", "id": "fixed_size_binary[16]",
	}
	for _, name := range []string{"forms.arrow", "forms.arrows"} {
		s := sourcetest.Open(t, sources.Options{}, legacyArrow(name))
		for _, f := range s.Schema().Fields() {
			if got := f.Type.String(); got != types[f.Name] {
				t.Errorf("%s: column %s is %s, want %s", name, f.Name, got, types[f.Name])
			}
			if text, _ := f.Metadata.GetValue("ARROW:extension:name"); f.Name == "id" && text != "arrow.uuid" {
				t.Errorf("%s: the UUIDs are %q", name, text)
			}
		}
		for col, texts := range want {
			got, err := sourcetest.TextColumns(s, []string{col})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			sourcetest.Diff(t, map[string][]string{col: texts}, got)
		}
	}
}

func TestArrowThatWouldBeMisreadIsAnError(t *testing.T) {
	tests := []struct{ name, want string }{
		{"arrow_0_17", "Arrow 0.17"},
		{"date64_part", `column "d": row 1 of a record batch is the date64 1970-01-01T00:00:00.001`},
		{"decimal32", `column "d" has decimals of 32 bits`},
	}
	for _, tt := range tests {
		for _, ext := range []string{".arrow", ".arrows"} {
			file := legacyArrow(tt.name + ext)
			s, err := files.Open(t.Context(), []string{file}, sources.Options{})
			if err == nil {
				_, err = sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
			}
			if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that names %s and says %q", err, file, tt.want)
			}
		}
	}
}

// nullable are tables of one column whose parts may be null, or not.
func nullable(null bool) arrow.DataType {
	field := func(name string, t arrow.DataType) arrow.Field {
		return arrow.Field{Name: name, Type: t, Nullable: null}
	}
	m := arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64)
	m.SetItemNullable(null)
	return arrow.StructOf(
		field("list", arrow.ListOfField(field("element", arrow.PrimitiveTypes.Int64))),
		field("wide", arrow.LargeListOfField(field("element", arrow.PrimitiveTypes.Int64))),
		field("pair", arrow.FixedSizeListOfField(2, field("element", arrow.PrimitiveTypes.Int64))),
		field("struct", arrow.StructOf(field("x", arrow.PrimitiveTypes.Int64))),
		field("map", m),
	)
}

const nullableRow = `[{"list": [1, 2], "wide": [3], "pair": [4, 5], "struct": {"x": 6}, "map": [{"key": "k", "value": 7}]}]`

// nullableFile is an Arrow file of one such row.
func nullableFile(t *testing.T, null bool) []byte {
	t.Helper()
	arr, _, err := array.FromJSON(memory.DefaultAllocator, nullable(null), strings.NewReader(nullableRow))
	if err != nil {
		t.Fatal(err)
	}
	return streamFile(t, arr, ipc.WithAllocator(memory.DefaultAllocator))
}

func TestFilesThatDifferInWhatMayBeNullAreOneTable(t *testing.T) {
	const row = "([1 2] [3] [4 5] (6) {\"k\":7})"
	for _, order := range [][]bool{{true, false, true}, {false, true, false}, {false, false}} {
		files := memFiles{}
		for _, null := range order {
			files = append(files, nullableFile(t, null))
		}
		for _, reject := range []func(sources.RejectedFile){nil, func(f sources.RejectedFile) { t.Errorf("rejected %v", f) }} {
			s := sourcetest.Open(t, sources.Options{Opener: files, Format: sources.Arrow, Reject: reject}, "x")
			got, err := sourcetest.TextColumns(s, []string{"c"})
			if err != nil {
				t.Fatal(err)
			}
			if len(got["c"]) != len(order) || got["c"][0] != got["c"][1] {
				t.Errorf("%v: rows %v, want %d like %s", order, got["c"], len(order), row)
			}
		}
	}
}

// memFiles is an Opener of files in memory, which are named by their numbers.
type memFiles [][]byte

func (m memFiles) Glob(context.Context, string) ([]store.Object, error) {
	var out []store.Object
	for i, data := range m {
		out = append(out, store.Object{Name: strconv.Itoa(i), Size: int64(len(data))})
	}
	return out, nil
}

func (m memFiles) Open(_ context.Context, name string) (store.Reader, error) {
	i, err := strconv.Atoi(name)
	if err != nil {
		return nil, err
	}
	return sourcetest.Bytes(m[i]), nil
}
