package files_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

type narrowRow struct {
	I *int32   `parquet:"i,optional"`
	F float32  `parquet:"f"`
	N int32    `parquet:"n"`
	U uint32   `parquet:"u"`
	S []string `parquet:"s,list"`
}

type wideRow struct {
	S []string `parquet:"s,list"`
	U int64    `parquet:"u"`
	N float64  `parquet:"n"`
	F float64  `parquet:"f"`
	I int64    `parquet:"i"`
}

// typesOf returns the types of a source's columns by name.
func typesOf(s sources.Source) map[string]string {
	types := map[string]string{}
	for _, f := range s.Schema().Fields() {
		types[f.Name] = f.Type.String()
	}
	return types
}

func TestNumbersOfNarrowerFilesAreWidened(t *testing.T) {
	dir := t.TempDir()
	sourcetest.WriteRows(t, filepath.Join(dir, "1.parquet"), []narrowRow{{new(int32(1)), 0.5, -7, 1 << 31, nil}, {nil, 0.25, 8, 9, nil}})
	sourcetest.WriteRows(t, filepath.Join(dir, "2.parquet"), []wideRow{{nil, 1 << 40, 0.1, 0.1, 1 << 41}})
	s := sourcetest.Open(t, sources.Options{}, dir)
	types := typesOf(s)
	delete(types, "s")
	sourcetest.Diff(t, map[string]string{"i": "int64", "f": "float64", "n": "float64", "u": "int64"}, types)
	got, err := sourcetest.TextColumns(s, []string{"i", "f", "n", "u"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{
		"i": {"1", "null", "2199023255552"}, "f": {"0.5", "0.25", "0.1"}, "n": {"-7", "8", "0.1"}, "u": {"2147483648", "9", "1099511627776"},
	}, got)
	sourcetest.RunConformance(t, sourcetest.Config{
		Open: func(tb testing.TB) sources.Source { return sourcetest.Open(tb, sources.Options{}, dir) }, Rows: 3,
	})
}

func TestRecordBatchesOfNarrowerFilesAreWidened(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, typ arrow.DataType, text string) {
		arr, _, err := array.FromJSON(memory.DefaultAllocator, typ, bytes.NewReader([]byte(text)))
		if err != nil {
			t.Fatal(err)
		}
		schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: typ, Nullable: true}}, nil)
		var out bytes.Buffer
		w := ipc.NewWriter(&out, ipc.WithSchema(schema))
		if err := w.Write(array.NewRecord(schema, []arrow.Array{arr}, int64(arr.Len()))); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), out.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("1.arrows", arrow.PrimitiveTypes.Uint8, `[255, null]`)
	write("2.arrows", arrow.PrimitiveTypes.Int8, `[-128]`)
	write("3.arrows", arrow.PrimitiveTypes.Float32, `[0.5, null]`)
	s := sourcetest.Open(t, sources.Options{}, dir)
	sourcetest.Diff(t, map[string]string{"x": "float32"}, typesOf(s))
	got, err := sourcetest.TextColumns(s, []string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"x": {"255", "null", "-128", "0.5", "null"}}, got)
	sourcetest.RunConformance(t, sourcetest.Config{
		Open: func(tb testing.TB) sources.Source { return sourcetest.Open(tb, sources.Options{}, dir) }, Rows: 5,
	})
}

// Writers that look at values give a column without any the type null.
func TestColumnsWithoutValuesTakeTheTypeOfOtherFiles(t *testing.T) {
	cases := []struct {
		typ  arrow.DataType
		text string
		want []string
	}{
		{arrow.BinaryTypes.String, `["a", null]`, []string{`"a"`, "null"}},
		{arrow.PrimitiveTypes.Float64, `[0.5, null]`, []string{"0.5", "null"}},
		{arrow.FixedWidthTypes.Boolean, `[true, null]`, []string{"true", "null"}},
		{arrow.FixedWidthTypes.Date32, `["2026-01-31", null]`, []string{"2026-01-31", "null"}},
		{arrow.ListOf(arrow.PrimitiveTypes.Int64), `[[1, 2], null]`, []string{"[1 2]", "null"}},
		{arrow.StructOf(arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Int64, Nullable: true}), `[{"a": 1}, null]`, []string{"(1)", "null"}},
	}
	nulls := []string{"null", "null", "null"}
	for _, ext := range []string{".parquet", ".arrow"} {
		for _, nullsFirst := range []bool{true, false} {
			t.Run(fmt.Sprint(ext, " nulls first ", nullsFirst), func(t *testing.T) {
				var with, without []arrow.Field
				var values, none []arrow.Array
				want := map[string][]string{}
				types := map[string]string{}
				var names []string
				for i, c := range cases {
					arr, _, err := array.FromJSON(memory.DefaultAllocator, c.typ, bytes.NewReader([]byte(c.text)))
					if err != nil {
						t.Fatal(err)
					}
					name := fmt.Sprint("c", i)
					names = append(names, name)
					with = append(with, arrow.Field{Name: name, Type: c.typ, Nullable: true})
					without = append(without, arrow.Field{Name: name, Type: arrow.Null, Nullable: true})
					values, none = append(values, arr), append(none, array.NewNull(3))
					want[name] = append(append([]string{}, c.want...), nulls...)
					if nullsFirst {
						want[name] = append(append([]string{}, nulls...), c.want...)
					}
				}
				dir := t.TempDir()
				files := []arrow.Record{array.NewRecord(arrow.NewSchema(with, nil), values, 2), array.NewRecord(arrow.NewSchema(without, nil), none, 3)}
				for i, rec := range files {
					if nullsFirst {
						i = 1 - i
					}
					writeRecord(t, filepath.Join(dir, fmt.Sprint(i, ext)), rec)
				}
				alone := sourcetest.Open(t, sources.Options{}, filepath.Join(dir, map[bool]string{true: "1", false: "0"}[nullsFirst]+ext))
				for name, typ := range typesOf(alone) {
					types[name] = typ
				}
				for _, opt := range []sources.Options{{}, {Reject: func(f sources.RejectedFile) { t.Errorf("rejected %s: %v", f.Name, f.Err) }}} {
					s := sourcetest.Open(t, opt, dir)
					sourcetest.Diff(t, types, typesOf(s))
					got, err := sourcetest.TextColumns(s, names)
					if err != nil {
						t.Fatal(err)
					}
					sourcetest.Diff(t, want, got)
				}
				sourcetest.RunConformance(t, sourcetest.Config{
					Open: func(tb testing.TB) sources.Source { return sourcetest.Open(tb, sources.Options{}, dir) }, Rows: 5,
				})
			})
		}
	}
}

// writeRecord writes a file of one record, in the format that its name tells.
func writeRecord(t *testing.T, name string, rec arrow.Record) {
	t.Helper()
	if filepath.Ext(name) == ".parquet" {
		sourcetest.WriteRandom(t, rand.New(rand.NewPCG(1, 1)), name, array.NewTableFromRecords(rec.Schema(), []arrow.Record{rec}))
		return
	}
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w, err := ipc.NewFileWriter(f, ipc.WithSchema(rec.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
