package files_test

import (
	"path/filepath"
	"testing"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

func TestColumnsThatAFileLacksMayBeNull(t *testing.T) {
	type one struct {
		A int32  `parquet:"a"`
		B string `parquet:"b"`
	}
	type two struct {
		C []float64 `parquet:"c,list"`
		A float64   `parquet:"a"`
	}
	dir := t.TempDir()
	sourcetest.WriteRows(t, filepath.Join(dir, "1.parquet"), []one{{1, "x"}, {2, "y"}})
	sourcetest.WriteRows(t, filepath.Join(dir, "2.parquet"), []two{{[]float64{1.5}, 0.1}})
	sourcetest.WriteRows(t, filepath.Join(dir, "3.parquet"), []one{{3, "z"}})
	parquet := map[string][]string{
		"a": {"1", "2", "0.1", "3"}, "b": {`"x"`, `"y"`, "null", `"z"`}, "c": {"null", "null", "[1.5]", "null"},
	}
	csv := t.TempDir()
	sourcetest.WriteFile(t, filepath.Join(csv, "1.csv"), "a,b\n1,x\n")
	sourcetest.WriteFile(t, filepath.Join(csv, "2.csv"), "c\n2\n")
	for where, want := range map[string]map[string][]string{
		dir: parquet, csv: {"a": {`"1"`, "null"}, "b": {`"x"`, "null"}, "c": {"null", `"2"`}},
	} {
		s := sourcetest.Open(t, sources.Options{Fill: true}, where)
		got, err := sourcetest.TextColumns(s, []string{"c", "a", "b"})
		if err != nil {
			t.Fatal(err)
		}
		sourcetest.Diff(t, want, got)
	}
	sourcetest.RunConformance(t, sourcetest.Config{
		Rows: 4,
		Open: func(tb testing.TB) sources.Source { return sourcetest.Open(tb, sources.Options{Fill: true}, dir) },
	})
}

// A column that not all files have never vanishes: who asks for it is told which
// file lacks it, whichever file comes first.
func TestColumnsOfLaterFilesDoNotVanish(t *testing.T) {
	dir := t.TempDir()
	sourcetest.WriteFile(t, filepath.Join(dir, "1.csv"), "a\n1\n")
	sourcetest.WriteFile(t, filepath.Join(dir, "2.csv"), "z,a\n5,2\n")
	s := sourcetest.Open(t, sources.Options{}, dir)
	sourcetest.Diff(t, []string{"a", "z"}, sourcetest.ColumnNames(s))
	_, err := s.Scan(t.Context(), []string{"z"})
	want := filepath.ToSlash(dir) + `/1.csv: column "z" is missing, it is in ` + filepath.ToSlash(dir) + "/2.csv"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
