package text_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

func TestKeysAndTypesOfJSONAreThoseOfAllRows(t *testing.T) {
	many := strings.Repeat(`{"a":1}`+"\n", 50_000)
	tests := []struct{ name, last, typ, first, want string }{
		{"a key that comes late", `{"b":2.5}`, "b float64", "null", "2.5"},
		{"a fraction", `{"a":2.5}`, "a float64", "1", "2.5"},
		{"a long integer", `{"a":9007199254740993}`, "a int64", "1", "9007199254740993"},
		{"one without a sign", `{"a":18446744073709551615}`, "a uint64", "1", "18446744073709551615"},
		{"one of JavaScript", `{"a":590295810358705700000}`, "a float64", "1", "5.902958103587057e+20"},
		{"the name of a double", `{"a":"NaN"}`, "a float64", "1", "NaN"},
		{"a minus before zero", `{"a":-0}`, "a float64", "1", "-0"},
		{"a text", `{"a":"x"}`, "a utf8", `"1"`, `"x"`},
		{"a boolean", `{"a":true}`, "a utf8", `"1"`, `"true"`},
		{"an object", `{"a":{"k":[1]}}`, "a utf8", `"1"`, `"{\"k\":[1]}"`},
		{"a list", `{"a":[1]}`, "a utf8", `"1"`, `"[1]"`},
		{"null", `{"a":null}`, "a int64", "1", "null"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			sourcetest.WriteFile(t, filepath.Join(dir, "1.jsonl"), many)
			sourcetest.WriteFile(t, filepath.Join(dir, "2.jsonl"), many+tt.last)
			s := sourcetest.Open(t, sources.Options{}, dir)
			col, typ, _ := strings.Cut(tt.typ, " ")
			sourcetest.Diff(t, typ, sourcetest.Types(s)[col])
			got, err := sourcetest.TextColumns(s, []string{col})
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Diff(t, []string{tt.first, tt.want}, []string{got[col][0], got[col][len(got[col])-1]})
		})
	}
}

func TestListsOfIntegersInJSONStayIntegers(t *testing.T) {
	got, err := readText(t, "a.json", `{"v":[1,9007199254740993],"w":[1]}`+"\n"+`{"v":[],"w":[0.5]}`)
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"v": {"[1 9007199254740993]", "[]"}, "w": {"[1]", "[0.5]"}}, got)
}

func TestColumnsOfJSONComeInTheOrderOfTheirFirstKeys(t *testing.T) {
	var b strings.Builder
	var want []string
	for i := range 60 {
		want = append(want, fmt.Sprint("k", 99-i))
		for range 1500 {
			fmt.Fprintf(&b, `{"k%d":1,"k99":2,"pad":"%s"}`+"\n", 99-i, strings.Repeat("x", 100))
		}
	}
	text := strings.ReplaceAll(b.String(), `"k99":1,`, "")
	file := sourcetest.WriteFile(t, filepath.Join(t.TempDir(), "a.json"), text)
	want = append([]string{"k99", "pad"}, want[1:]...)
	sourcetest.Diff(t, want, sourcetest.ColumnNames(sourcetest.Open(t, sources.Options{}, file)))
}

func TestIntegersThatNoDoubleHoldsAreRefusedBesideFractions(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"fraction", `{"a":2.5}` + "\n" + `{"a":9007199254740993}`,
			`column "a": 9007199254740993 in line 2 of FILE is an integer that no double holds, but 2.5 in line 1 of FILE is no integer of 64 bits; write the values as strings, or leave the column out with --keep`},
		{"list", `{"a":[2.5,9007199254740993]}`,
			`column "a": 9007199254740993 in line 1 of FILE is an integer that no double holds, but 2.5 in line 1 of FILE is no integer of 64 bits; write the values as strings, or leave the column out with --keep`},
		{"long", `{"a":1}` + "\n" + `{"a":123456789012345678901}`,
			`column "a": 123456789012345678901 in line 2 of FILE is an integer that no double holds, and has more than 64 bits; write the values as strings, or leave the column out with --keep`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := sourcetest.WriteFile(t, filepath.Join(t.TempDir(), "a.json"), tt.in+"\n"+`{"b":1}`)
			s := sourcetest.Open(t, sources.Options{}, file)
			if _, err := sourcetest.TextColumns(s, []string{"b"}); err != nil {
				t.Errorf("another column: %v", err)
			}
			_, err := sourcetest.TextColumns(s, []string{"a"})
			if want := file + ": " + strings.ReplaceAll(tt.want, "FILE", file); err == nil || err.Error() != want {
				t.Errorf("error %v\nwant  %s", err, want)
			}
		})
	}
}

func TestRejectedFilesHaveNoSayInColumnsOfJSON(t *testing.T) {
	dir := t.TempDir()
	sourcetest.WriteFile(t, filepath.Join(dir, "1.json"), `{"a":1}`)
	sourcetest.WriteFile(t, filepath.Join(dir, "2.json"), `{"a":"x","b":1}`+"\n{")
	sourcetest.WriteFile(t, filepath.Join(dir, "3.json"), `{"a":2.5}`)
	sourcetest.WriteFile(t, filepath.Join(dir, "4.json"), `{"a":9007199254740993}`)
	rejected := map[string]string{}
	s := sourcetest.Open(t, sources.Options{Reject: func(f sources.RejectedFile) {
		rejected[filepath.Base(f.Name)] = strings.TrimPrefix(f.Err.Error(), f.Name+": ")
	}}, dir)
	got, err := sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"a": {"1", "2.5"}}, got)
	sourcetest.Diff(t, map[string]string{
		"2.json": "line 2, the line ends inside a value: want one whole object on each line",
		"4.json": `line 1, column "a": 9007199254740993 is an integer that no double holds, and the column has numbers that are no integers`,
	}, rejected)
}

func TestStreamsOfJSONEndAtWhatTheFirstRowsDidNotSay(t *testing.T) {
	first := strings.Repeat(`{"a":1,"s":"x","d":0.5,"e":[],"n":null,"f":"NaN"}`+"\n", 1000)
	const hint = "; the first 1000 rows say what types standard input has: save it as a file and read that"
	const untold = "a value, and the first rows had none that tells the type of the column" + hint
	tests := []struct{ last, want string }{
		{`{"b":1}`, `key "b" is in none of the first 1000 rows, which say what columns standard input has: save it as a file and read that, or name the columns to keep with --keep`},
		{`{"a":2.5}`, `column "a": "2.5" is not a int64` + hint},
		{`{"a":"x"}`, `column "a": the string "x" is not a int64` + hint},
		{`{"n":5}`, `column "n": ` + untold},
		{`{"n":[1]}`, `column "n": ` + untold},
		{`{"f":1.5}`, `column "f": ` + untold},
		{`{"e":[1]}`, `column "e": ` + untold},
		{`{"e":[ "x"]}`, `column "e": ` + untold},
		{`{"d":9007199254740993}`, `column "d": 9007199254740993 is an integer that no double holds, and the column has numbers that are no integers` + hint},
		{`{"a":null,"s":1,"d":2,"e":[ ],"n":"x","f":"Infinity"}`, ""},
	}
	for _, tt := range tests {
		s, err := sourcetest.OpenStream(sources.JSON, strings.NewReader(first+tt.last))
		if err != nil {
			t.Fatal(err)
		}
		_, err = sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
		if want := "-: line 1001, " + tt.want; (err == nil) != (tt.want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: error %v\nwant  %s", tt.last, err, want)
		}
	}
	s, err := sourcetest.OpenStream(sources.JSON, strings.NewReader(first+`{"b":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sourcetest.TextColumns(s, []string{"a", "s"}); err != nil {
		t.Errorf("a late key that is not asked for: %v", err)
	}
}
