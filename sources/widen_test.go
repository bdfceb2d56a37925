package sources_test

import (
	"bytes"
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
	writeRows(t, filepath.Join(dir, "1.parquet"), []narrowRow{{new(int32(1)), 0.5, -7, 1 << 31, nil}, {nil, 0.25, 8, 9, nil}})
	writeRows(t, filepath.Join(dir, "2.parquet"), []wideRow{{nil, 1 << 40, 0.1, 0.1, 1 << 41}})
	s := open(t, sources.Options{}, dir)
	types := typesOf(s)
	delete(types, "s")
	diff(t, map[string]string{"i": "int64", "f": "float64", "n": "float64", "u": "int64"}, types)
	got, err := textColumns(s, []string{"i", "f", "n", "u"})
	if err != nil {
		t.Fatal(err)
	}
	diff(t, map[string][]string{
		"i": {"1", "null", "2199023255552"}, "f": {"0.5", "0.25", "0.1"}, "n": {"-7", "8", "0.1"}, "u": {"2147483648", "9", "1099511627776"},
	}, got)
	sourcetest.RunConformance(t, sourcetest.Config{
		Open: func(tb testing.TB) sources.Source { return open(tb, sources.Options{}, dir) }, Rows: 3,
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
	s := open(t, sources.Options{}, dir)
	diff(t, map[string]string{"x": "float32"}, typesOf(s))
	got, err := textColumns(s, []string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	diff(t, map[string][]string{"x": {"255", "null", "-128", "0.5", "null"}}, got)
	sourcetest.RunConformance(t, sourcetest.Config{
		Open: func(tb testing.TB) sources.Source { return open(tb, sources.Options{}, dir) }, Rows: 5,
	})
}
