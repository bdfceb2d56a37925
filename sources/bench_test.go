package sources_test

import (
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

func BenchmarkSource(b *testing.B) {
	csv, json := sourcetest.TextRows(50_000)
	dir := b.TempDir()
	for _, in := range []struct{ name, file string }{
		{"csv", sourcetest.WriteFile(b, filepath.Join(dir, "a.csv"), csv)},
		{"json", sourcetest.WriteFile(b, filepath.Join(dir, "a.json"), json)},
		{"parquet", writeListings(b, filepath.Join(dir, "a.parquet"), 0, 200_000, 100_000)},
	} {
		b.Run(in.name, func(b *testing.B) {
			s := sourcetest.Open(b, sources.Options{Types: sourcetest.TextTypes}, in.file)
			var cols []string
			for _, f := range s.Schema().Fields() {
				if f.Name != "vec" && f.Name != "bare" {
					cols = append(cols, f.Name)
				}
			}
			b.ReportAllocs()
			var rows int64
			for b.Loop() {
				err := sourcetest.EachBatch(s, cols, memory.DefaultAllocator, func(_ sources.Split, rec sources.Batch) {
					rows += rec.NumRows()
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
