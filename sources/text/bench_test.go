package text_test

import (
	"path/filepath"
	"testing"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

func BenchmarkText(b *testing.B) {
	csv, json := sourcetest.TextRows(50_000)
	dir := b.TempDir()
	for _, in := range []struct{ name, file string }{
		{"csv", sourcetest.WriteFile(b, filepath.Join(dir, "a.csv"), csv)},
		{"json", sourcetest.WriteFile(b, filepath.Join(dir, "a.json"), json)},
	} {
		b.Run(in.name, func(b *testing.B) {
			s := sourcetest.Open(b, sources.Options{Types: sourcetest.TextTypes}, in.file)
			sourcetest.BenchmarkColumns(b, s, sourcetest.ColumnNames(s))
		})
	}
}
