package files_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

// hiveFiles writes CSV files of two rows with these names and goes there.
func hiveFiles(t *testing.T, names ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, n := range names {
		sourcetest.WriteFile(t, filepath.FromSlash(n), "a,k\n1,file\n2,file\n")
	}
}

func TestFoldersAreColumns(t *testing.T) {
	long := "9223372036854775808"
	tests := []struct {
		name  string
		files []string
		globs []string
		mode  sources.Hive
		want  map[string][]string
	}{
		{"integers and strings", []string{"t/d=1/s=x/a.csv", "t/d=-7/s=y/a.csv"}, []string{"t"}, "",
			map[string][]string{"d": {"-7", "-7", "1", "1"}, "s": {`"y"`, `"y"`, `"x"`, `"x"`}}},
		{"one that is no integer makes all strings", []string{"t/d=1/a.csv", "t/d=1x/a.csv"}, []string{"t/**/*.csv"}, "",
			map[string][]string{"d": {`"1"`, `"1"`, `"1x"`, `"1x"`}}},
		{"beyond int64", []string{"t/d=" + long + "/a.csv"}, []string{"t/*/*.csv"}, "",
			map[string][]string{"d": {`"` + long + `"`, `"` + long + `"`}}},
		{"nulls", []string{"t/d=1/a.csv", "t/d=__HIVE_DEFAULT_PARTITION__/a.csv"}, []string{"t/d=*"}, "",
			map[string][]string{"d": {"1", "1", "null", "null"}}},
		{"nulls only", []string{"t/d=__HIVE_DEFAULT_PARTITION__/a.csv"}, []string{"t"}, "",
			map[string][]string{"d": {"null", "null"}}},
		{"codes", []string{"t/a%3Db=x%2Fy%20%zz%/a.csv"}, []string{"t"}, "",
			map[string][]string{"a=b": {`"x/y %zz%"`, `"x/y %zz%"`}}},
		{"the folders win", []string{"t/k=3/a.csv"}, []string{"t"}, "", map[string][]string{"k": {"3", "3"}}},
		{"the fixed part gives none", []string{"t/d=1/s=x/a.csv"}, []string{"t/d=1"}, "", map[string][]string{"s": {`"x"`, `"x"`}}},
		{"nor a file by its name", []string{"t/d=1/a.csv"}, []string{"t/d=1/a.csv"}, "", nil},
		{"unless all are wanted", []string{"t/d=1/a.csv"}, []string{"t/d=1/a.csv"}, sources.HiveOn, map[string][]string{"d": {"1", "1"}}},
		{"off", []string{"t/d=1/a.csv"}, []string{"t"}, sources.HiveOff, nil},
		{"other keys", []string{"t/d=1/a.csv", "t/e=1/a.csv"}, []string{"t"}, "",
			map[string][]string{"d": {"1", "1", "null", "null"}, "e": {"null", "null", "1", "1"}}},
		{"not everywhere", []string{"t/d=1/a.csv", "t/a.csv"}, []string{"t"}, "", map[string][]string{"d": {"null", "null", "1", "1"}}},
		{"another order", []string{"t/d=1/e=2/a.csv", "t/e=3/d=4/a.csv"}, []string{"t"}, "",
			map[string][]string{"d": {"1", "1", "4", "4"}, "e": {"2", "2", "3", "3"}}},
		{"leading zeros", []string{"t/d=007/a.csv", "t/d=8/a.csv"}, []string{"t"}, "", map[string][]string{"d": {`"007"`, `"007"`, `"8"`, `"8"`}}},
		{"other spellings of numbers", []string{"t/a=1e5/b=+1/c=-0/e= 1/f=true/a.csv"}, []string{"t"}, "",
			map[string][]string{"a": {`"1e5"`, `"1e5"`}, "b": {`"+1"`, `"+1"`}, "c": {`"-0"`, `"-0"`}, "e": {`" 1"`, `" 1"`}, "f": {`"true"`, `"true"`}}},
		{"dates", []string{"t/d=2026-01-31/a.csv", "t/d=__HIVE_DEFAULT_PARTITION__/a.csv"}, []string{"t"}, "",
			map[string][]string{"d": {"2026-01-31", "2026-01-31", "null", "null"}}},
		{"no dates", []string{"t/d=2026-02-31/a.csv", "t/d=2026-01-01/a.csv"}, []string{"t"}, "",
			map[string][]string{"d": {`"2026-01-01"`, `"2026-01-01"`, `"2026-02-31"`, `"2026-02-31"`}}},
		{"an empty value", []string{"t/d=/a.csv", "t/d=1/a.csv"}, []string{"t"}, "", map[string][]string{"d": {`""`, `""`, `"1"`, `"1"`}}},
		{"decoded once", []string{"t/d=5%2525/a.csv"}, []string{"t"}, "", map[string][]string{"d": {`"5%25"`, `"5%25"`}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hiveFiles(t, tt.files...)
			s := sourcetest.Open(t, sources.Options{Hive: tt.mode}, tt.globs...)
			got, err := sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
			if err != nil {
				t.Fatal(err)
			}
			want := map[string][]string{}
			for range tt.files {
				want["a"] = append(want["a"], `"1"`, `"2"`)
				want["k"] = append(want["k"], `"file"`, `"file"`)
			}
			for k, v := range tt.want {
				want[k] = v
			}
			sourcetest.Diff(t, want, got)
		})
	}
}

func TestFoldersThatMustBeThereAreErrorsIfNot(t *testing.T) {
	hiveFiles(t, "t/d=1/a.csv", "t/e=1/a.csv")
	_, err := files.Open(context.Background(), []string{"t"}, sources.Options{Hive: sources.HiveOn})
	if err == nil || !strings.Contains(err.Error(), "t/e=1/a.csv") {
		t.Errorf("error %v, want one that names t/e=1/a.csv", err)
	}
}

func TestFoldersHaveTheTypeThatIsWanted(t *testing.T) {
	hiveFiles(t, "t/c=7/n=1/d=2026-01-31/x=1/a.csv", "t/c=8/n=1.5/d=2026-02-01/x=b/a.csv")
	s := sourcetest.Open(t, sources.Options{Types: map[string]arrow.DataType{
		"c": arrow.BinaryTypes.String, "n": arrow.PrimitiveTypes.Float64, "d": arrow.BinaryTypes.String, "x": arrow.PrimitiveTypes.Float64,
	}}, "t")
	got, err := sourcetest.TextColumns(s, []string{"c", "n", "d", "x"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{
		"c": {`"7"`, `"7"`, `"8"`, `"8"`}, "n": {"1", "1", "1.5", "1.5"},
		"d": {`"2026-01-31"`, `"2026-01-31"`, `"2026-02-01"`, `"2026-02-01"`}, "x": {`"1"`, `"1"`, `"b"`, `"b"`},
	}, got)
}

func TestFoldersThatSayNothingClearAreErrorsThatNameTheFile(t *testing.T) {
	for _, c := range []struct {
		files  []string
		column string
		want   string
	}{
		{[]string{"t/d=1/d=2/a.csv"}, "d", `t/d=1/d=2/a.csv: column "d": the file is in 2 folders d=..., want one`},
		{[]string{"t/k=1/a.csv", "t/a.csv"}, "k", `t/a.csv: column "k": the file is in no folder k=..., as others are`},
	} {
		hiveFiles(t, c.files...)
		s := sourcetest.Open(t, sources.Options{}, "t")
		if _, err := sourcetest.TextColumns(s, []string{"a"}); err != nil {
			t.Error(err)
		}
		if _, err := s.Scan(t.Context(), []string{c.column}); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	hiveFiles(t, "t/d=%FF/a.csv")
	if _, err := files.Open(t.Context(), []string{"t"}, sources.Options{}); err == nil || !strings.HasPrefix(err.Error(), "t/d=%FF/a.csv: the folder") {
		t.Errorf("error %v, want one of the folder that is not UTF-8", err)
	}
}

func TestFolderStringsAreDictionariesThatBatchesShare(t *testing.T) {
	hiveFiles(t, "t/s=x/a.csv")
	s := sourcetest.Open(t, sources.Options{BatchRows: 1}, "t")
	batches := 0
	err := sourcetest.EachBatch(s, []string{"s"}, memory.DefaultAllocator, func(_ sources.Split, b sources.Batch) {
		if d, ok := b.Column(0).(*array.Dictionary); !ok || d.Dictionary().Len() != 1 {
			t.Errorf("column is %v, want a dictionary of one value", b.Column(0))
		}
		batches++
	})
	if err != nil || batches != 2 {
		t.Errorf("%d batches, error %v; want 2", batches, err)
	}
}

func TestFoldersConform(t *testing.T) {
	hiveFiles(t, "t/d=1/s=x/a.csv", "t/d=2/s=__HIVE_DEFAULT_PARTITION__/a.csv", "t/d=__HIVE_DEFAULT_PARTITION__/s=z/a.csv")
	for _, n := range []int{1, 8192} {
		sourcetest.RunConformance(t, sourcetest.Config{
			Rows: 6,
			Open: func(tb testing.TB) sources.Source { return sourcetest.Open(tb, sources.Options{BatchRows: n}, "t") },
		})
	}
}
