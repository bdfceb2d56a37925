package parquet_test

import (
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
	"leapscore/sources/parquet"
	"leapscore/sources/sourcetest"
)

func TestParquetConforms(t *testing.T) {
	for _, name := range sourcetest.TestFiles(t, "*.parquet") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			s := sourcetest.Open(t, sources.Options{}, name)
			rows := sourcetest.ReadAll(t, s, memory.DefaultAllocator, nil, 1).Count()
			sourcetest.RunConformance(t, sourcetest.Config{
				Rows: rows,
				Open: func(tb testing.TB) sources.Source {
					return sourcetest.Open(tb, sources.Options{BatchRows: 50}, name)
				},
			})
		})
	}
}

func TestParquetConformsWhenColumnsHaveWindows(t *testing.T) {
	for _, name := range []string{"duckdb", "duckdb_wide", "pyarrow_snappy", "pyarrow_fallback", "pyarrow_encodings"} {
		t.Run(name, func(t *testing.T) {
			name := filepath.Join("testdata", name+".parquet")
			s := sourcetest.Open(t, sources.Options{}, name)
			rows := sourcetest.ReadAll(t, s, memory.DefaultAllocator, nil, 1).Count()
			sourcetest.RunConformance(t, sourcetest.Config{
				Rows: rows,
				Open: func(tb testing.TB) sources.Source {
					s := sourcetest.OpenAs(tb, parquet.Open, sources.Options{}, name)
					parquet.SetReadAhead(s, 500)
					parquet.SetStreamFrom(s, 64)
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
			s := sourcetest.Open(tb, sources.Options{BatchRows: 64}, globs...)
			return sourcetest.Narrow(s, "req", "s")
		},
	})
}
