package text_test

import (
	"path/filepath"
	"testing"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
	"leapscore/sources/text"
)

func TestTextConforms(t *testing.T) {
	csv, json := sourcetest.TextRows(1000)
	for name, content := range map[string]string{
		"a.csv": csv, "a.csv.gz": csv, "a.csv.zst": csv,
		"a.jsonl": json, "a.json.gz": json, "a.ndjson.zst": json,
	} {
		t.Run(name, func(t *testing.T) {
			file := sourcetest.WriteFile(t, filepath.Join(t.TempDir(), name), content)
			sourcetest.RunConformance(t, sourcetest.Config{
				Rows: 1000,
				Open: func(tb testing.TB) sources.Source {
					return sourcetest.Open(tb, sources.Options{Types: sourcetest.TextTypes, BatchRows: 90}, file)
				},
			})
		})
	}
}

func TestTextOfSeveralSplitsConforms(t *testing.T) {
	csv, json := sourcetest.TextRows(3000)
	for name, content := range map[string]string{"a.csv": csv, "a.jsonl": json} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			sourcetest.WriteFile(t, filepath.Join(dir, "1", name), content)
			sourcetest.WriteFile(t, filepath.Join(dir, "2", name), content)
			sourcetest.RunConformance(t, sourcetest.Config{
				Rows: 6000,
				Open: func(tb testing.TB) sources.Source {
					s := sourcetest.OpenAs(tb, text.Open, sources.Options{Types: sourcetest.TextTypes}, dir)
					text.SetTextLimits(s, 800, 40_000, 5000)
					return s
				},
			})
		})
	}
}

func TestCSVAndJSONOfTheSameRowsReadTheSame(t *testing.T) {
	csv, json := sourcetest.TextRows(100)
	dir := t.TempDir()
	c := sourcetest.Open(t, sources.Options{Types: sourcetest.TextTypes}, sourcetest.WriteFile(t, filepath.Join(dir, "a.csv"), csv))
	j := sourcetest.Open(t, sources.Options{Types: sourcetest.TextTypes}, sourcetest.WriteFile(t, filepath.Join(dir, "a.json"), json))
	names := sourcetest.ColumnNames(c)
	fromCSV, err := sourcetest.TextColumns(c, names)
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, err := sourcetest.TextColumns(j, names)
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, fromCSV, fromJSON)
}
