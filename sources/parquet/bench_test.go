package parquet_test

import (
	"path/filepath"
	"testing"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

func BenchmarkParquet(b *testing.B) {
	file := writeListings(b, filepath.Join(b.TempDir(), "a.parquet"), 0, 200_000, 100_000)
	s := sourcetest.Open(b, sources.Options{}, file)
	var cols []string
	for _, name := range sourcetest.ColumnNames(s) {
		if name != "vec" && name != "bare" {
			cols = append(cols, name)
		}
	}
	sourcetest.BenchmarkColumns(b, s, cols)
}
