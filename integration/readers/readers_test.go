package readers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/engine/store"
	"leapscore/integration/tools"
	"leapscore/internal/arrays"
	"leapscore/ops/column"
	"leapscore/sinks"
)

// values are columns of four rows, the third of which is null everywhere, as
// JSON that package array reads.
var values = []struct {
	name string
	typ  arrow.DataType
	json string
}{
	{"id", arrow.PrimitiveTypes.Int64, `[1, 2, 3, 4]`},
	{"flag", arrow.FixedWidthTypes.Boolean, `[true, false, null, true]`},
	{"i8", arrow.PrimitiveTypes.Int8, `[1, -128, null, 127]`},
	{"i16", arrow.PrimitiveTypes.Int16, `[1, -32768, null, 32767]`},
	{"i32", arrow.PrimitiveTypes.Int32, `[1, -2147483648, null, 2147483647]`},
	{"i64", arrow.PrimitiveTypes.Int64, `[1, -9223372036854775808, null, 9223372036854775807]`},
	{"f32", arrow.PrimitiveTypes.Float32, `[1.5, "NaN", null, 0.1]`},
	{"f64", arrow.PrimitiveTypes.Float64, `[0.1, "NaN", null, 1e300]`},
	{"inf", arrow.PrimitiveTypes.Float64, `[-0.0, "+Inf", null, "-Inf"]`},
	{"whole", arrow.PrimitiveTypes.Float64, `[1, 2, null, 100]`},
	{"text", arrow.BinaryTypes.String, `["plain", "a, \"b\"\nc", null, ""]`},
	{"word", arrow.BinaryTypes.String, `["NaN", " öçé 日本 ", null, "null"]`},
	{"day", arrow.FixedWidthTypes.Date32, `["2024-02-29", "1969-12-31", null, "2100-01-01"]`},
	{"utc", &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, `["2024-02-29T12:34:56.123456Z", "1969-12-31T23:59:59Z", null, "2100-01-01T00:00:00Z"]`},
	{"local", &arrow.TimestampType{Unit: arrow.Microsecond}, `["2024-02-29 12:34:56.123456", "1969-12-31 23:59:59", null, "2100-01-01 00:00:00"]`},
	{"dec", &arrow.Decimal128Type{Precision: 10, Scale: 2}, `["1.50", "-99999999.99", null, "0.01"]`},
	{"big", &arrow.Decimal128Type{Precision: 38, Scale: 10}, `["1.5", "-1234567890123456789012345678.0123456789", null, "0"]`},
	{"list", arrow.ListOf(arrow.PrimitiveTypes.Float64), `[[0.5, 1], [], null, [null, 2.5]]`},
	{"words", arrow.ListOf(arrow.BinaryTypes.String), `[["a", "b,\""], [""], null, [null]]`},
	{"map", arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Float64), `[[{"key": "k", "value": 0.5}], [], null, [{"key": "a", "value": null}, {"key": "b", "value": 2}]]`},
	{"pair", arrow.StructOf(arrow.Field{Name: "x", Type: arrow.PrimitiveTypes.Int32, Nullable: true}, arrow.Field{Name: "y", Type: arrow.BinaryTypes.String, Nullable: true}), `[{"x": 1, "y": "a"}, {"x": null, "y": ""}, null, {"x": 3, "y": null}]`},
	{"zeros", arrow.ListOf(arrow.PrimitiveTypes.Float64), `[{"type": 0, "size": 24, "indices": [3, 23], "values": [1.5, -2]}, {"type": 0, "size": 17, "indices": [], "values": []}, null, {"type": 1, "size": 3, "indices": [], "values": [0.5, 0, 2]}]`},
	{"vector", column.VectorType, `[{"type": 1, "size": 2, "indices": [], "values": [0.5, 2]}, {"type": 0, "size": 4, "indices": [1, 3], "values": [1, -3]}, null, {"type": 0, "size": 3, "indices": [], "values": []}]`},
}

// vectorLists is the column of lists that arrives as vectors, so that its zeros are
// written as runs.
const vectorLists = "zeros"

// write writes the columns of values, but for those named, as a table.
func write(t *testing.T, path string, format sinks.Format, codec sinks.Compression, without ...string) {
	t.Helper()
	writeWith(t, path, sinks.Options{Format: format, Compression: codec}, without...)
}

func writeWith(t *testing.T, path string, opt sinks.Options, without ...string) {
	t.Helper()
	var fields []arrow.Field
	var cols []arrow.Array
	for _, v := range values {
		if slices.Contains(without, v.name) {
			continue
		}
		typ := v.typ
		if v.name == vectorLists {
			typ = column.VectorType
		}
		arr, _, err := array.FromJSON(memory.DefaultAllocator, typ, strings.NewReader(v.json), array.WithUseNumber())
		if err != nil {
			t.Fatalf("%s: %v", v.name, err)
		}
		fields, cols = append(fields, arrow.Field{Name: v.name, Type: v.typ, Nullable: true}), append(cols, arr)
	}
	schema := arrow.NewSchema(fields, nil)
	st, name, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	create := sinks.Create
	if _, _, isFile := sinks.NameFormat(path); isFile {
		create = sinks.CreateFile
	}
	opt.Schema, opt.RunID, opt.GroupRows, opt.Metadata = schema, "r", 2, map[string]string{"leapscore.model.name": "m"}
	if opt.Format != sinks.FormatCSV && opt.Format != sinks.FormatJSON { // whose types are guessed file by file
		opt.FileRows = 2
	}
	table, err := create(t.Context(), st, name, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Abort(context.Background())
	// Each row is a part, so that blocks are put together.
	for i := range 4 {
		p, err := table.Part(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		rec := array.NewRecord(arrays.SchemaOf(schema, cols), cols, 4).NewSlice(int64(i), int64(i)+1)
		if err := p.Write(rec); err != nil {
			t.Fatal(err)
		}
		if err := p.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := table.Commit(t.Context(), sinks.Run{ID: "r"}); err != nil {
		t.Fatal(err)
	}
}

// table is a table as a reader saw it.
type table struct {
	Types map[string]string `json:"types"`
	Rows  map[string][]any  `json:"rows"` // by column
}

// read has read.py read tables: each job is a reader and a path.
func read(t *testing.T, jobs ...[2]string) []table {
	t.Helper()
	var args []string
	for _, j := range jobs {
		args = append(args, j[0]+"="+j[1])
	}
	cmd := exec.Command(tools.Path(t, tools.Python), append([]string{"read.py"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var tables []table
	if err := json.Unmarshal(out, &tables); err != nil || len(tables) != len(jobs) {
		t.Fatalf("%d tables, want %d: %v\n%s", len(tables), len(jobs), err, out)
	}
	return tables
}

// shown prints a table, a line for each column. Columns that a reader was not
// asked for are left out.
func (r table) shown(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, v := range values {
		typ, ok := r.Types[v.name]
		if !ok {
			continue
		}
		cells, err := json.Marshal(r.Rows[v.name])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s | %s | %s\n", v.name, typ, cells)
	}
	return b.String()
}

var update = flag.Bool("update", false, "write testdata anew")

// wanted compares the table that a reader saw with the file of that name in
// testdata. In it are the limits of readers too: DuckDB and Spark take the empty
// string of a CSV file for null unless told otherwise, and guess that numbers
// and "NaN" in JSON lines are text unless told types.
func wanted(t *testing.T, name string, got table) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	text := got.shown(t)
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s (-want +got)\n%s", name, diff)
	}
}

func TestReadersSeeTypesNullsAndValues(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	// Values that JSON has no number for, and for pandas numbers of many
	// digits.
	short := []string{"f32", "f64", "inf", "i64", "big"}
	for name, w := range map[string]struct {
		format  sinks.Format
		codec   sinks.Compression
		without []string
	}{
		"parquet": {format: sinks.FormatParquet}, "parquet.zstd": {format: sinks.FormatParquet, codec: sinks.CompressionZstd},
		"csv": {format: sinks.FormatCSV}, "csv.gzip": {format: sinks.FormatCSV, codec: sinks.CompressionGzip}, "csv.zstd": {format: sinks.FormatCSV, codec: sinks.CompressionZstd}, "one.csv": {format: sinks.FormatCSV},
		"json": {format: sinks.FormatJSON}, "json.gzip": {format: sinks.FormatJSON, codec: sinks.CompressionGzip}, "json.zstd": {format: sinks.FormatJSON, codec: sinks.CompressionZstd},
		"short": {format: sinks.FormatJSON, without: short}, "short.gzip": {format: sinks.FormatJSON, codec: sinks.CompressionGzip, without: short},
		"arrow": {format: sinks.FormatArrow}, "arrow.lz4": {format: sinks.FormatArrow, codec: sinks.CompressionLZ4Raw}, "arrow.zstd": {format: sinks.FormatArrow, codec: sinks.CompressionZstd}, "one.arrow": {format: sinks.FormatArrow},
		"arrows": {format: sinks.FormatArrowStream}, "arrows.lz4": {format: sinks.FormatArrowStream, codec: sinks.CompressionLZ4Raw}, "arrows.zstd": {format: sinks.FormatArrowStream, codec: sinks.CompressionZstd},
	} {
		write(t, at(name), w.format, w.codec, w.without...)
	}
	// The tables that a reader must see as the same.
	same := map[string][]string{
		"pandas-parquet": {"parquet", "parquet.zstd"}, "duckdb-parquet": {"parquet", "parquet.zstd"},
		"pyarrow-parquet": {"parquet"}, "spark-parquet": {"parquet", "parquet.zstd"},
		"pandas-csv": {"csv", "csv.gzip", "csv.zstd", "one.csv"}, "pyarrow-csv": {"csv", "csv.gzip", "csv.zstd"},
		"duckdb-csv": {"csv", "csv.gzip", "csv.zstd", "one.csv"}, "spark-csv": {"csv", "csv.gzip"},
		"pandas-json": {"short", "short.gzip"}, "pyarrow-json": {"short", "short.gzip"},
		"duckdb-json": {"json", "json.gzip", "json.zstd"}, "spark-json": {"json", "json.gzip"},
		"duckdb-json.typed": {"json"}, "spark-json.typed": {"json"},
		"pyarrow-arrow": {"arrow", "arrow.lz4", "arrow.zstd", "one.arrow"}, "pyarrow-arrows": {"arrows", "arrows.lz4", "arrows.zstd"},
	}
	folders := []string{"word", "i16"}
	writeWith(t, at("parts"), sinks.Options{PartitionBy: folders})
	writeWith(t, at("csv.parts"), sinks.Options{Format: sinks.FormatCSV, PartitionBy: folders}, "text")
	for _, reader := range []string{"spark", "duckdb", "pandas"} {
		same[reader+"-parquet.parts"] = []string{"parts"}
	}
	same["duckdb-csv.parts"], same["spark-csv.parts"] = []string{"csv.parts"}, []string{"csv.parts"}
	var jobs [][2]string
	for _, name := range slices.Sorted(maps.Keys(same)) {
		for _, path := range same[name] {
			jobs = append(jobs, [2]string{name, at(path)})
		}
	}
	for i, got := range read(t, jobs...) {
		t.Run(jobs[i][0]+" "+filepath.Base(jobs[i][1]), func(t *testing.T) { wanted(t, jobs[i][0], got) })
	}
}
