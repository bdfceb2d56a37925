package sources_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/sources"
)

// types returns the types of the columns of a source.
func types(s sources.Source) map[string]string {
	got := make(map[string]string)
	for _, f := range s.Schema().Fields() {
		got[f.Name] = f.Type.String()
	}
	return got
}

func TestTypesOfCSVAreThoseThatLoseNothing(t *testing.T) {
	tests := []struct{ values, want string }{
		{"1|-2|0", "int64"},
		{"1||2", "int64"},
		{" 1 |2", "int64"},
		{"9223372036854775807|-9223372036854775808", "int64"},
		{"18446744073709551615|1", "uint64"},
		{"18446744073709551615|-1", "utf8"},
		{"18446744073709551616", "float64"},
		{"18446744073709551617", "utf8"},
		{"9007199254740993|2", "int64"},
		{"9007199254740993|2.5", "utf8"},
		{"9007199254740992|2.5", "float64"},
		{"1|2.5|1e3|.5|-.5", "float64"},
		{"1.5|NaN|Infinity|-Infinity", "float64"},
		{"NaN", "utf8"},
		{"1e400", "utf8"},
		{"007|1", "utf8"},
		{"00.5", "utf8"},
		{"+1", "utf8"},
		{"1_000", "utf8"},
		{"0x10", "utf8"},
		{"-", "utf8"},
		{".", "utf8"},
		{"-0", "float64"},
		{`""|1`, "utf8"},
		{"true|FALSE|", "bool"},
		{"true|1", "utf8"},
		{"true|x", "utf8"},
		{"|", "utf8"},
		{"2026-11-28", "utf8"},
	}
	for _, tt := range tests {
		t.Run(tt.values, func(t *testing.T) {
			content := "c,d\n" + strings.ReplaceAll(tt.values, "|", ",x\n") + ",x\n"
			file := writeFile(t, filepath.Join(t.TempDir(), "a.csv"), content)
			diff(t, map[string]string{"c": tt.want, "d": "utf8"}, types(open(t, sources.Options{Infer: true}, file)))
			diff(t, map[string]string{"c": "utf8", "d": "utf8"}, types(open(t, sources.Options{}, file)))
		})
	}
}

func TestTypesOfCSVAreThoseOfAllRowsOfAllFiles(t *testing.T) {
	dir := t.TempDir()
	var long strings.Builder
	long.WriteString("k,s,z\n")
	for i := range 100_000 {
		fmt.Fprintf(&long, "%d,%d,%d\n", i, i, i)
	}
	writeFile(t, filepath.Join(dir, "1.csv"), long.String())
	writeFile(t, filepath.Join(dir, "2.csv.gz"), long.String()+"9.6,5,007\n")
	s := open(t, sources.Options{Infer: true}, dir)
	diff(t, map[string]string{"k": "float64", "s": "int64", "z": "utf8"}, types(s))
	got, err := textColumns(s, []string{"k", "s", "z"})
	if err != nil {
		t.Fatal(err)
	}
	last := len(got["k"]) - 1
	diff(t, []string{"9.6", "5", `"007"`}, []string{got["k"][last], got["s"][last], got["z"][last]})
}

func TestTypesWantedOfCSVStandBeforeThoseFound(t *testing.T) {
	file := writeFile(t, filepath.Join(t.TempDir(), "a.csv"), "id,price,n\n1,2,3\n")
	want := map[string]string{"id": "int32", "price": "float64", "n": "int64"}
	diff(t, want, types(open(t, sources.Options{Infer: true, Types: textTypes}, file)))
}

func TestTypesOfCSVNameTheFirstWrongLine(t *testing.T) {
	rows := strings.Repeat("1,2\n", 1_100_000)
	file := writeFile(t, filepath.Join(t.TempDir(), "a.csv"), "a,b\n"+rows+"1\n"+rows+"1,2,3\n")
	_, err := sources.OpenFiles(t.Context(), []string{file}, sources.Options{Infer: true})
	if want := "a.csv: line 1100002, 1 fields, the header has 2"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v, want ...%s", err, want)
	}
}

func TestRejectedFilesHaveNoSayInTypesOfCSV(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "1.csv"), "k\n1\n")
	writeFile(t, filepath.Join(dir, "2.csv"), "k\nx\"y\n")
	writeFile(t, filepath.Join(dir, "3.csv"), "k\n2.5\n")
	var rejected []string
	s := open(t, sources.Options{Infer: true, Reject: func(f sources.RejectedFile) {
		rejected = append(rejected, filepath.Base(f.Name))
	}}, dir)
	got, err := textColumns(s, []string{"k"})
	if err != nil {
		t.Fatal(err)
	}
	diff(t, map[string][]string{"k": {"1", "2.5"}}, got)
	diff(t, []string{"2.csv"}, rejected)
}
