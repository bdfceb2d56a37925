package files_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

// vetted reads the columns of the files of dir and returns them, with the files
// that were rejected.
func vetted(t *testing.T, dir string, cols ...string) (map[string][]string, []sources.RejectedFile) {
	t.Helper()
	var bad []sources.RejectedFile
	s := sourcetest.Open(t, sources.Options{Reject: func(f sources.RejectedFile) { bad = append(bad, f) }}, dir)
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	got := map[string][]string{}
	err := sourcetest.EachBatch(s, cols, mem, func(_ sources.Split, b sources.Batch) {
		for i, c := range cols {
			for row := range int(b.NumRows()) {
				got[c] = append(got[c], b.Column(i).ValueStr(row))
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, bad
}

func wantRejected(t *testing.T, got []sources.RejectedFile, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d files rejected, want %d: %v", len(got), len(want), got)
	}
	for i, w := range want {
		name, reason, _ := strings.Cut(w, ": ")
		if filepath.Base(got[i].Name) != name || !strings.Contains(got[i].Err.Error(), reason) {
			t.Errorf("%s rejected: %v; want %s because of %q", got[i].Name, got[i].Err, name, reason)
		}
	}
}

type vettedRow struct {
	A int64  `parquet:"a"`
	B string `parquet:"b"`
}

func TestFilesThatDoNotFitAreRejected(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	sourcetest.WriteFile(t, at("0.parquet"), "no Parquet at all")
	sourcetest.WriteRows(t, at("1.parquet"), []vettedRow{{1, "x"}, {2, "y"}})
	sourcetest.WriteRows(t, at("2.parquet"), []struct {
		A int64 `parquet:"a"`
	}{{3}, {4}, {5}})
	sourcetest.WriteRows(t, at("3.parquet"), []struct {
		A string `parquet:"a"`
		B string `parquet:"b"`
	}{{"z", "z"}})
	sourcetest.WriteRows(t, at("4.parquet"), []struct {
		B string `parquet:"b"`
		A int32  `parquet:"a"`
	}{{"v", 6}})
	got, bad := vetted(t, dir, "b", "a")
	sourcetest.Diff(t, map[string][]string{"a": {"1", "2", "6"}, "b": {"x", "y", "v"}}, got)
	wantRejected(t, bad, "0.parquet: ", `2.parquet: column "b" is missing, it is in `, `3.parquet: column "a" is utf8, it is int64 in `)
	for i, rows := range []int64{-1, 3, 1} {
		if bad[i].Rows != rows {
			t.Errorf("%s: %d rows, want %d", bad[i].Name, bad[i].Rows, rows)
		}
	}

	// What a file lacks does not matter if nobody asks for it.
	got, bad = vetted(t, dir, "b")
	sourcetest.Diff(t, map[string][]string{"b": {"x", "y", "z", "v"}}, got)
	wantRejected(t, bad, "0.parquet: ", `2.parquet: column "b" is missing`)
}

func TestFilesThatBreakInTheMiddleGiveNoRow(t *testing.T) {
	lines := strings.Repeat("1,x\n", 5000)
	for format, files := range map[string]map[string]string{
		"csv":  {"1.csv": "a,b\n1,x\n", "2.csv": "a,b\n" + lines + "1,x,y\n", "3.csv": "a,b\n2,\"y\"\n"},
		"json": {"1.json": `{"a":1,"b":"x"}`, "2.json": strings.Repeat(`{"a":1,"b":"x"}`+"\n", 5000) + `{"a":1`, "3.json": `{"b":"y","a":2}`},
	} {
		t.Run(format, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range files {
				sourcetest.WriteFile(t, filepath.Join(dir, name), text)
			}
			got, bad := vetted(t, dir, "a", "b")
			sourcetest.Diff(t, map[string][]string{"a": {"1", "2"}, "b": {"x", "y"}}, got)
			wantRejected(t, bad, "2."+format+": line 500")
		})
	}
	t.Run("parquet", func(t *testing.T) {
		dir := t.TempDir()
		rows := make([]vettedRow, 20_000)
		for i := range rows {
			rows[i] = vettedRow{int64(i), "some text"}
		}
		sourcetest.WriteRows(t, filepath.Join(dir, "1.parquet"), rows)
		sourcetest.WriteRows(t, filepath.Join(dir, "2.parquet"), rows)
		data, err := os.ReadFile(filepath.Join(dir, "1.parquet"))
		if err != nil {
			t.Fatal(err)
		}
		clear(data[len(data)/4 : len(data)/3])
		sourcetest.WriteFile(t, filepath.Join(dir, "1.parquet"), string(data))
		got, bad := vetted(t, dir, "a", "b")
		if n := len(got["a"]); n != 20_000 {
			t.Errorf("%d rows, want those of one file", n)
		}
		wantRejected(t, bad, "1.parquet: row group 0")
		if bad[0].Rows != 20_000 {
			t.Errorf("%d rows, want 20000", bad[0].Rows)
		}
	})
}

func TestJSONFilesWithoutAColumnHaveNulls(t *testing.T) {
	dir := t.TempDir()
	sourcetest.WriteFile(t, filepath.Join(dir, "1.json"), `{"a":1,"b":"x"}`)
	sourcetest.WriteFile(t, filepath.Join(dir, "2.json"), `{"a":2}`)
	got, bad := vetted(t, dir, "a", "b")
	sourcetest.Diff(t, map[string][]string{"a": {"1", "2"}, "b": {"x", "(null)"}}, got)
	wantRejected(t, bad)
}

func TestFoldersAreColumnsBesideRejectedFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"k=1/x.csv": "a\n1\n", "k=x/x.csv": "b\n2\n", "k=3/x.csv": "a\n3\n"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o777); err != nil {
			t.Fatal(err)
		}
		sourcetest.WriteFile(t, filepath.Join(dir, name), text)
	}
	got, bad := vetted(t, dir, "a", "k")
	sourcetest.Diff(t, map[string][]string{"a": {"1", "3"}, "k": {"1", "3"}}, got)
	wantRejected(t, bad, `x.csv: column "a" is missing`)
}

func TestTroubleWithTheStoreRejectsNoFile(t *testing.T) {
	data, err := os.ReadFile("../parquet/testdata/duckdb.parquet")
	if err != nil {
		t.Fatal(err)
	}
	left := len(data) / 2
	opt := sources.Options{
		Opener: sourcetest.FailingOpener(sourcetest.OneFile("x.parquet", data), &left), Format: sources.Parquet,
		Reject: func(f sources.RejectedFile) { t.Errorf("rejected: %v", f) },
	}
	s, err := files.Open(t.Context(), []string{"x.parquet"}, opt)
	if err == nil {
		_, err = s.Scan(t.Context(), sourcetest.ColumnNames(s))
	}
	if !errors.Is(err, sourcetest.ErrIO) {
		t.Errorf("error %v, want %v", err, sourcetest.ErrIO)
	}
}

func TestNoFileThatCanBeReadIsAnError(t *testing.T) {
	dir := t.TempDir()
	sourcetest.WriteFile(t, filepath.Join(dir, "1.parquet"), "no Parquet at all")
	_, err := files.Open(t.Context(), []string{dir}, sources.Options{Reject: func(sources.RejectedFile) {}})
	if err == nil || !strings.Contains(err.Error(), "none of 1 files can be read") {
		t.Errorf("error %v", err)
	}
}

func TestVettedSourcesConform(t *testing.T) {
	dir := t.TempDir()
	sourcetest.WriteRows(t, filepath.Join(dir, "1.parquet"), []narrowRow{{new(int32(1)), 0.5, -7, 1 << 31, nil}, {nil, 0.25, 8, 9, nil}})
	sourcetest.WriteRows(t, filepath.Join(dir, "2.parquet"), []wideRow{{nil, 1 << 40, 0.1, 0.1, 1 << 41}})
	sourcetest.RunConformance(t, sourcetest.Config{Rows: 3, Open: func(tb testing.TB) sources.Source {
		return sourcetest.Open(tb, sources.Options{Reject: func(f sources.RejectedFile) { tb.Errorf("rejected: %v", f) }}, dir)
	}})
}
