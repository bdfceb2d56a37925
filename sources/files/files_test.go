package files_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/filetype"
	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

// origins returns the files that a source reads, in order.
func origins(t *testing.T, globs ...string) []string {
	t.Helper()
	s := sourcetest.Open(t, sources.Options{}, globs...)
	var names []string
	err := sourcetest.EachBatch(s, sourcetest.ColumnNames(s), memory.DefaultAllocator, func(_ sources.Split, b sources.Batch) {
		names = append(names, b.Origin)
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestPatternsFindFilesSortedEachOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{
		"d/b.csv", "d/a.csv", "d/_SUCCESS", "d/.a.csv.crc", "d/_temporary/0/x.csv", "d/.hidden/y.csv",
		"d/k=1/c.csv", "d/k=2/deep/e.csv", "d/readme.txt", "e/z.csv", "top.csv",
	} {
		sourcetest.WriteFile(t, name, "a\n1\n")
	}
	tests := []struct {
		name  string
		globs []string
		want  []string
	}{
		{"one file", []string{"top.csv"}, []string{"top.csv"}},
		{"star", []string{"d/*.csv"}, []string{"d/a.csv", "d/b.csv"}},
		{"question mark and class", []string{"d/?.csv", "d/[a].csv"}, []string{"d/a.csv", "d/b.csv"}},
		{"braces", []string{"{d,e}/{a,z}.csv"}, []string{"d/a.csv", "e/z.csv"}},
		{"double star", []string{"**/*.csv"}, []string{"d/a.csv", "d/b.csv", "d/k=1/c.csv", "d/k=2/deep/e.csv", "e/z.csv", "top.csv"}},
		{"double star in the middle", []string{"d/**/e.csv"}, []string{"d/k=2/deep/e.csv"}},
		{"double star at the end", []string{"d/k=2/**"}, []string{"d/k=2/deep/e.csv"}},
		{"folder", []string{"d"}, []string{"d/a.csv", "d/b.csv", "d/k=1/c.csv", "d/k=2/deep/e.csv"}},
		{"folder with slash", []string{"e/"}, []string{"e/z.csv"}},
		{"folders by pattern", []string{"d/k=*"}, []string{"d/k=1/c.csv", "d/k=2/deep/e.csv"}},
		{"several, overlapping", []string{"top.csv", "*.csv", "e", "./top.csv"}, []string{"e/z.csv", "top.csv"}},
		{"hidden by name", []string{"d/.hidden/y.csv"}, []string{"d/.hidden/y.csv"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { sourcetest.Diff(t, tt.want, origins(t, tt.globs...)) })
	}
}

func TestPatternsOfAbsolutePaths(t *testing.T) {
	dir := t.TempDir()
	want := filepath.ToSlash(sourcetest.WriteFile(t, filepath.Join(dir, "x", "a.csv"), "a\n1\n"))
	sourcetest.Diff(t, []string{want}, origins(t, dir+"/**/*.csv"))
	sourcetest.Diff(t, []string{want}, origins(t, dir+"/*/a.csv"))
}

func TestOpenFilesErrors(t *testing.T) {
	t.Chdir(t.TempDir())
	sourcetest.WriteFile(t, "a.csv", "a\n1\n")
	sourcetest.WriteFile(t, "b.json", "{}\n")
	sourcetest.WriteFile(t, "c.dat", "?")
	tests := []struct {
		name  string
		globs []string
		want  string
	}{
		{"no match", []string{"a.csv", "x*.csv"}, "no files match: x*.csv; the folder . has a.csv, b.json, c.dat"},
		{"no pattern", nil, "no files match: no pattern given"},
		{"empty folder", []string{"empty"}, "no files match: empty"},
		{"two formats", []string{"a.csv", "b.json"}, "b.json: is json, but a.csv is csv; read them apart"},
		{"unknown format", []string{"c.dat"}, "c.dat: its name tells no format, as .parquet or .csv would; give the format, as --input-format csv does, or read_csv in a query"},
		{"bad pattern", []string{"[a"}, `pattern "[a": syntax error in pattern`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := files.Open(t.Context(), tt.globs, sources.Options{})
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
	if _, err := files.Open(t.Context(), []string{"none"}, sources.Options{}); !errors.Is(err, sources.ErrNoFiles) {
		t.Errorf("error %v is no ErrNoFiles", err)
	}
}

func TestFormatMayBeGiven(t *testing.T) {
	name := sourcetest.WriteFile(t, filepath.Join(t.TempDir(), "data.txt"), "a,b\n1,2\n")
	got, err := sourcetest.TextColumns(sourcetest.Open(t, sources.Options{Format: sources.CSV}, name), []string{"b", "a"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"a": {`"1"`}, "b": {`"2"`}}, got)
}

func TestCSVFilesAreMatchedByName(t *testing.T) {
	dir := t.TempDir()
	sourcetest.WriteFile(t, filepath.Join(dir, "1.csv"), "a,b\n1,2\n")
	sourcetest.WriteFile(t, filepath.Join(dir, "2.csv"), "b,c,a\n4,5,3\n")
	sourcetest.WriteFile(t, filepath.Join(dir, "3.csv"), "b,a")
	sourcetest.WriteFile(t, filepath.Join(dir, "4.csv"), "a\n7\n")
	s := sourcetest.Open(t, sources.Options{}, dir)
	got, err := sourcetest.TextColumns(s, []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"a": {`"1"`, `"3"`, `"7"`}}, got)
	_, err = s.Scan(context.Background(), []string{"b"})
	want := `4.csv: column "b" is missing, it is in ` + filepath.ToSlash(filepath.Join(dir, "1.csv"))
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v, want ...%s", err, want)
	}
	var fe *sources.FileError
	if !errors.As(err, &fe) || filepath.Base(fe.Name) != "4.csv" {
		t.Errorf("error %v is no FileError of 4.csv", err)
	}
}

func TestFormatsThatTheTableOfNamesCallsReadableAreRead(t *testing.T) {
	for _, format := range filetype.Readable() {
		file := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := files.Open(t.Context(), []string{file}, sources.Options{Format: sources.Format(format)}); err != nil && strings.Contains(err.Error(), "want one of") {
			t.Errorf("%s is called readable, and nothing reads it: %v", format, err)
		}
	}
}
