package hive

import (
	"slices"
	"testing"
)

func TestFoldersComeBack(t *testing.T) {
	for _, s := range []string{"a", "007", "a b", "5%", "5%25", "%zz", "a=b/c", "x:y", "é", "a\x01b", "__HIVE_DEFAULT_PARTITION_", "..", "{1}", `"q"`} {
		want := Pair{Key: s, Value: Value{Text: s}}
		if got, ok := Parse(Folder(s, &s)); !ok || got != want {
			t.Errorf("%q came back as %v", s, got)
		}
	}
	for _, s := range []*string{nil, new("")} {
		if got, ok := Parse(Folder("k", s)); !ok || !got.Null || got.Text != "" {
			t.Errorf("null came back as %v", got)
		}
	}
}

func TestNamesOfFoldersAreUnderstoodOneWay(t *testing.T) {
	got := Of("t=0/a%3Db=x%2Fy%20%zz%/k=/=x/none/n=__HIVE_DEFAULT_PARTITION__/h=%+1%4/e=a=b/f=1.parquet")
	want := []Pair{
		{"t", Value{Text: "0"}}, {"a=b", Value{Text: "x/y %zz%"}}, {"k", Value{}}, {"n", Value{Null: true}},
		{"h", Value{Text: "%+1%4"}}, {"e", Value{Text: "a=b"}},
	}
	if !slices.Equal(want, got) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestFoldersAreRespelledAsTheyAreWritten(t *testing.T) {
	for path, want := range map[string]string{
		"k=5%25%zz":        "k=5%25%25zz",
		"a%20b=x%2fy/c":    "a b=x%2Fy/c",
		"x=" + Null:        "x=" + Null,
		"x=/y=1":           "x=/y=1",
		"plain/=1":         "plain/=1",
		"k=5%25%25zz/j=1 ": "k=5%25%25zz/j=1 ",
		".":                ".",
	} {
		if got := Respell(path); got != want || Respell(got) != got {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

func TestOnlyTheOneSpellingOfAnIntegerIsOne(t *testing.T) {
	for s, want := range map[string]bool{
		"0": true, "-7": true, "9223372036854775807": true, "-9223372036854775808": true,
		"": false, "007": false, "-0": false, "+1": false, " 1": false, "1e5": false, "9223372036854775808": false, "1_0": false, "0x1": false, "١": false,
	} {
		if _, ok := Integer(s); ok != want {
			t.Errorf("%q: %v, want %v", s, ok, want)
		}
	}
}

func TestDatesAreWholeDays(t *testing.T) {
	for s, want := range map[string]bool{"1969-12-31": true, "2024-02-29": true, "2026-02-29": false, "2026-1-1": false, "20260101": false, "2026-01-01 00:00": false} {
		if _, ok := Date(s); ok != want {
			t.Errorf("%q: %v, want %v", s, ok, want)
		}
	}
	if d, _ := Date("1969-12-31"); d != -1 {
		t.Errorf("day %d, want -1", d)
	}
}
