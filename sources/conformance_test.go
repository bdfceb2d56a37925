package sources_test

import (
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/klauspost/compress/zstd"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

func TestParquetConforms(t *testing.T) {
	for _, name := range testFiles(t, "*.parquet") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			s := open(t, sources.Options{}, name)
			rows := sourcetest.ReadAll(t, s, memory.DefaultAllocator, nil, 1).Count()
			sourcetest.RunConformance(t, sourcetest.Config{
				Rows: rows,
				Open: func(tb testing.TB) sources.Source {
					return open(tb, sources.Options{BatchRows: 50}, name)
				},
			})
		})
	}
}

func TestParquetConformsWhenColumnsHaveWindows(t *testing.T) {
	for _, name := range []string{"duckdb", "duckdb_wide", "pyarrow_snappy", "pyarrow_fallback", "pyarrow_encodings"} {
		t.Run(name, func(t *testing.T) {
			name := filepath.Join("testdata", name+".parquet")
			s := open(t, sources.Options{}, name)
			rows := sourcetest.ReadAll(t, s, memory.DefaultAllocator, nil, 1).Count()
			sourcetest.RunConformance(t, sourcetest.Config{
				Rows: rows,
				Open: func(tb testing.TB) sources.Source {
					s := open(tb, sources.Options{}, name)
					sources.SetReadAhead(s, 500)
					sources.SetStreamFrom(s, 64)
					return s
				},
			})
		})
	}
}

func TestSeveralParquetFilesConform(t *testing.T) {
	files := []string{"pyarrow_gzip", "pyarrow_lz4", "pyarrow_no_rows", "pyarrow_brotli"}
	sourcetest.RunConformance(t, sourcetest.Config{
		Rows: 3 * 110,
		Open: func(tb testing.TB) sources.Source {
			var globs []string
			for _, f := range files {
				globs = append(globs, filepath.Join("testdata", f+".parquet"))
			}
			s := open(tb, sources.Options{BatchRows: 64}, globs...)
			return narrowed{s, []string{"req", "s"}}
		},
	})
}

// narrowed hides columns that not all files have.
type narrowed struct {
	sources.Source
	cols []string
}

func (n narrowed) Schema() *arrow.Schema {
	var fields []arrow.Field
	for _, c := range n.cols {
		f, _ := n.Source.Schema().FieldsByName(c)
		fields = append(fields, f...)
	}
	return arrow.NewSchema(fields, nil)
}

var textTypes = map[string]arrow.DataType{
	"id":    arrow.PrimitiveTypes.Int32,
	"price": arrow.PrimitiveTypes.Float64,
	"rate":  arrow.PrimitiveTypes.Float32,
	"ok":    arrow.FixedWidthTypes.Boolean,
	"tags":  arrow.ListOf(arrow.BinaryTypes.String),
	"by":    arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Float64),
}

// textRows makes n rows as CSV and as JSON lines.
func textRows(n int) (csv, json string) {
	var c, j strings.Builder
	c.WriteString("id,price,rate,ok,name,tags,by\n")
	for i := range n {
		name := fmt.Sprintf("name \"%d\",\nsecond line", i)
		quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		escaped := strings.NewReplacer(`"`, `\"`, "\n", `\n`).Replace(name)
		if i%7 == 3 {
			c.WriteString(",,,,,,\n")
			j.WriteString("{}\n")
			continue
		}
		fmt.Fprintf(&c, `%d,%g,%g,%t,%s,"[""a"",null]","{""k"":%d}"`+"\n", i, float64(i)/3, float32(i)/7, i%2 == 0, quoted, i)
		fmt.Fprintf(&j, `{"id":%d,"price":%g,"rate":%g,"ok":%t,"name":"%s","tags":["a",null],"by":{"k":%d}}`+"\n",
			i, float64(i)/3, float32(i)/7, i%2 == 0, escaped, i)
	}
	return c.String(), j.String()
}

func writeFile(tb testing.TB, name, content string) string {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		tb.Fatal(err)
	}
	var b strings.Builder
	switch filepath.Ext(name) {
	case ".gz":
		w := gzip.NewWriter(&b)
		w.Write([]byte(content))
		w.Close()
	case ".zst":
		w, err := zstd.NewWriter(&b)
		if err != nil {
			tb.Fatal(err)
		}
		w.Write([]byte(content))
		w.Close()
	default:
		b.WriteString(content)
	}
	if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
		tb.Fatal(err)
	}
	return name
}

func TestTextConforms(t *testing.T) {
	csv, json := textRows(1000)
	for name, content := range map[string]string{
		"a.csv": csv, "a.csv.gz": csv, "a.csv.zst": csv,
		"a.jsonl": json, "a.json.gz": json, "a.ndjson.zst": json,
	} {
		t.Run(name, func(t *testing.T) {
			file := writeFile(t, filepath.Join(t.TempDir(), name), content)
			sourcetest.RunConformance(t, sourcetest.Config{
				Rows: 1000,
				Open: func(tb testing.TB) sources.Source {
					return open(tb, sources.Options{Types: textTypes, BatchRows: 90}, file)
				},
			})
		})
	}
}

func TestTextOfSeveralSplitsConforms(t *testing.T) {
	csv, json := textRows(3000)
	for name, content := range map[string]string{"a.csv": csv, "a.jsonl": json} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "1", name), content)
			writeFile(t, filepath.Join(dir, "2", name), content)
			sourcetest.RunConformance(t, sourcetest.Config{
				Rows: 6000,
				Open: func(tb testing.TB) sources.Source {
					s := open(tb, sources.Options{Types: textTypes}, dir)
					sources.SetTextLimits(s, 800, 40_000, 5000)
					return s
				},
			})
		})
	}
}

func TestCSVAndJSONOfTheSameRowsReadTheSame(t *testing.T) {
	csv, json := textRows(100)
	dir := t.TempDir()
	c := open(t, sources.Options{Types: textTypes}, writeFile(t, filepath.Join(dir, "a.csv"), csv))
	j := open(t, sources.Options{Types: textTypes}, writeFile(t, filepath.Join(dir, "a.json"), json))
	names := columnNames(c)
	fromCSV, err := textColumns(c, names)
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, err := textColumns(j, names)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, fromCSV, fromJSON)
}
