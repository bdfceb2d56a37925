package text_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
	"leapscore/sources/text"
)

// readText reads a file of the given content as text, all columns.
func readText(t *testing.T, name, content string) (map[string][]string, error) {
	t.Helper()
	file := sourcetest.WriteFile(t, filepath.Join(t.TempDir(), name), content)
	s, err := files.Open(t.Context(), []string{file}, sources.Options{Types: sourcetest.TextTypes})
	if err != nil {
		return nil, err
	}
	return sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
}

func TestCSV(t *testing.T) {
	tests := []struct {
		name, in string
		want     map[string][]string
	}{
		{"empty is null and quoted empty is not", "name,price\n,\n\"\",\"\"\n",
			map[string][]string{"name": {"null", `""`}, "price": {"null", "null"}}},
		{"byte order mark and CRLF", "\ufeffname,price\r\na,1\r\n\"b\"\"\r\n\",2\r\n",
			map[string][]string{"name": {`"a"`, `"b\"\r\n"`}, "price": {"1", "2"}}},
		{"no line end at the end", "name,price\na,1", map[string][]string{"name": {`"a"`}, "price": {"1"}}},
		{"quote at the very end", "price,name\n1,\"a\"", map[string][]string{"name": {`"a"`}, "price": {"1"}}},
		{"comma at the very end", "price,name\n1,", map[string][]string{"name": {"null"}, "price": {"1"}}},
		{"blank lines are no rows", "name,price\n\na,1\n\r\n\nb,2\n\n",
			map[string][]string{"name": {`"a"`, `"b"`}, "price": {"1", "2"}}},
		{"a blank line of one column is a null", "name\na\n\nb\n", map[string][]string{"name": {`"a"`, "null", `"b"`}}},
		{"spaces belong to strings and not to numbers", "name,price\n a , 1.5 \n",
			map[string][]string{"name": {`" a "`}, "price": {"1.5"}}},
		{"names of doubles", "price\nNaN\nInfinity\n-Infinity\ninf\n-0\n1e-400\n",
			map[string][]string{"price": {"NaN", "+Inf", "-Inf", "+Inf", "-0", "0"}}},
		{"integers that pandas wrote as doubles", "id\n3.0\n-2e2\n", map[string][]string{"id": {"3", "-200"}}},
		{"header alone", "name,price\n", map[string][]string{}},
		{"lists and maps are JSON", "tags,by\n\"[\"\"x\"\"]\",\"{\"\"k\"\":1.5}\"\n[],{}\n,\n",
			map[string][]string{"tags": {`["x"]`, "[]", "null"}, "by": {`{"k":1.5}`, "{}", "null"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readText(t, "a.csv", tt.in)
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Diff(t, tt.want, got)
		})
	}
}

func TestJSONLines(t *testing.T) {
	tests := []struct {
		name, in string
		want     map[string][]string
	}{
		{"missing and null are null", `{"id":1,"name":"a"}` + "\n" + `{"name":null}` + "\n{}\n",
			map[string][]string{"id": {"1", "null", "null"}, "name": {`"a"`, "null", "null"}}},
		{"names of doubles", `{"price":"NaN"}` + "\n" + `{"price":"-Infinity"}` + "\n" + `{"price":NaN}` + "\n" + `{"price":1e5}`,
			map[string][]string{"price": {"NaN", "-Inf", "NaN", "100000"}}},
		{"escapes", `{"name":"\u00e9\n\"\\\/\ud83d\ude00"}`, map[string][]string{"name": {`"é\n\"\\/😀"`}}},
		{"keys with escapes", `{"n\u0061me":"x"}`, map[string][]string{"name": {`"x"`}}},
		{"white space and blank lines", " { \"id\" : 1 , \"ok\" : true } \r\n\n\t\n{\"id\":2}",
			map[string][]string{"id": {"1", "2"}, "ok": {"true", "null"}}},
		{"other values of a string are their JSON", `{"name":1.50}` + "\n" + `{"name":{"a": [1]}}` + "\n" + `{"name":true}`,
			map[string][]string{"name": {`"1.50"`, `"{\"a\": [1]}"`, `"true"`}}},
		{"types are inferred", `{"i":1,"d":1,"b":true,"s":"x","v":[1,2],"w":["a"],"e":[],"n":null,"o":{"k":1},"x":1}` + "\n" +
			`{"i":-2,"d":2.5,"v":[0.5,null],"x":"y"}`,
			map[string][]string{
				"i": {"1", "-2"}, "d": {"1", "2.5"}, "b": {"true", "null"}, "s": {`"x"`, "null"},
				"v": {"[1 2]", "[0.5 null]"}, "w": {`["a"]`, "null"}, "e": {"[]", "null"}, "n": {"null", "null"},
				"o": {`"{\"k\":1}"`, "null"}, "x": {`"1"`, `"y"`},
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readText(t, "a.jsonl", tt.in)
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Diff(t, tt.want, got)
		})
	}
}

func TestInferredJSONTypes(t *testing.T) {
	file := sourcetest.WriteFile(t, filepath.Join(t.TempDir(), "a.json"),
		`{"i":1,"d":1,"b":true,"s":"x","v":[1],"w":["a"],"big":9223372036854775808,"f":["NaN",1],"l":[[1]],"id":7}`+"\n"+`{"d":1.5}`)
	want := map[string]string{
		"i": "int64", "d": "float64", "b": "bool", "s": "utf8", "v": "list<item: int64, nullable>",
		"w": "list<item: utf8, nullable>", "big": "uint64", "f": "list<item: float64, nullable>", "l": "utf8", "id": "int32",
	}
	got := make(map[string]string)
	for _, f := range sourcetest.Open(t, sources.Options{Types: sourcetest.TextTypes}, file).Schema().Fields() {
		got[f.Name] = f.Type.String()
	}
	sourcetest.Diff(t, want, got)
}

func TestTextErrorsNameFileLineColumnAndValue(t *testing.T) {
	tests := []struct{ name, file, in, want string }{
		{"bad number", "a.csv", "name,price\n\"x\ny\",1\nz,abc\n", `a.csv: line 4, column "price": "abc" is not a double`},
		{"hexadecimal", "a.csv", "price\n0x1p3\n", `a.csv: line 2, column "price": "0x1p3" is not a double`},
		{"underscore", "a.csv", "price\n1_000\n", `a.csv: line 2, column "price": "1_000" is not a double`},
		{"out of range", "a.csv", "id\n3000000000\n", `a.csv: line 2, column "id": "3000000000" is not a int32: out of range`},
		{"fraction", "a.csv", "id\n1.5\n", `a.csv: line 2, column "id": "1.5" is not a int32`},
		{"boolean", "a.csv", "ok\nyes\n", `a.csv: line 2, column "ok": "yes" is not a bool`},
		{"too few fields", "a.csv", "a,b,c\n1,2,3\n1,2\n", `a.csv: line 3, 2 fields, the header has 3`},
		{"too many fields", "a.csv", "a,b\n1,2,3\n", `a.csv: line 2, more than 2 fields, as the header has`},
		{"stray quote", "a.csv", "a,b\n1,x\"y\n", `a.csv: line 2, a quote (") inside a field that is not quoted`},
		{"text behind quote", "a.csv", "a,b\n1,\"x\"y\n", `a.csv: line 2, text between a closing quote and the next delimiter`},
		{"open quote", "a.csv", "a,b\n1,\"x\n2,y\n", `a.csv: line 2, a quoted field does not end`},
		{"name twice", "a.csv", "a,b,a\n", `a.csv: line 1: header: column "a" is there twice`},
		{"no header", "a.csv", "", `a.csv: is empty, want a header line`},
		{"no object", "a.json", `{"id":1}` + "\n[1]\n", `a.json: line 2, '[' at byte 1, want '{': each line is one object`},
		{"key twice", "a.json", `{"id":1,"id":2}`, `a.json: line 1, column "id": the key is there twice`},
		{"string for a number", "a.json", `{"price":"1"}`, `a.json: line 1, column "price": the string "1" is not a double`},
		{"object for a number", "a.json", `{"price":{"a":1}}`, `a.json: line 1, column "price": "{\"a\":1}" is not a double`},
		{"scalar for a list", "a.json", `{"tags":1}`, `a.json: line 1, column "tags": "1" is not a list<item: utf8, nullable>`},
		{"cut off", "a.json", `{"price":1`, `a.json: line 1, the line ends inside a value: want one whole object on each line`},
		{"trailing text", "a.json", `{"price":1} x`, `a.json: line 1, 'x' at byte 13, want nothing more`},
		{"no colon", "a.json", `{"price" 1}`, `a.json: line 1, '1' at byte 10, want ':'`},
		{"no comma", "a.json", `{"price":1 "name":"a"}`, `a.json: line 1, '"' at byte 12, want ',' or '}'`},
		{"bad escape", "a.json", `{"name":"\x"}`, `a.json: line 1, column "name": invalid escape in a string at byte 10`},
		{"bad word", "a.json", `{"price":nil}`, `a.json: line 1, column "price": 'n' at byte 10, want null`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readText(t, tt.file, tt.in)
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("error %v\nwant  ...%s", err, tt.want)
			}
		})
	}
}

func TestTextLineNumbersAreRightBeyondTheFirstSplit(t *testing.T) {
	csv, _ := sourcetest.TextRows(3000)
	file := sourcetest.WriteFile(t, filepath.Join(t.TempDir(), "a.csv"), csv+"x,,,,,,\n")
	s := sourcetest.OpenAs(t, text.Open, sources.Options{Types: sourcetest.TextTypes}, file)
	text.SetTextLimits(s, 100, 40_000, 512)
	_, err := sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
	// 2571 rows have two lines; 429 rows, the header and the last row one.
	want := `line 5573, column "id": "x" is not a int32`
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v, want ...%s", err, want)
	}
}

func TestTruncatedCompressedTextIsAnError(t *testing.T) {
	csv, _ := sourcetest.TextRows(20000)
	for _, ext := range []string{".gz", ".zst"} {
		dir := t.TempDir()
		whole := sourcetest.WriteFile(t, filepath.Join(dir, "a.csv"+ext), csv)
		cut := sourcetest.Truncate(t, whole, 0.7)
		s, err := files.Open(t.Context(), []string{cut}, sources.Options{})
		if err == nil {
			_, err = sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
		}
		if err == nil || !strings.Contains(err.Error(), cut) {
			t.Errorf("%s: error %v, want one that names the file", ext, err)
		}
	}
}

func TestTextTypesThatTextCannotHoldAreAnErrorOnlyWhenAskedFor(t *testing.T) {
	file := sourcetest.WriteFile(t, filepath.Join(t.TempDir(), "a.csv"), "a,b\n1,2\n")
	s := sourcetest.Open(t, sources.Options{Types: map[string]arrow.DataType{"b": arrow.FixedWidthTypes.Timestamp_us}}, file)
	if _, err := sourcetest.TextColumns(s, []string{"a"}); err != nil {
		t.Error(err)
	}
	_, err := sourcetest.TextColumns(s, []string{"b"})
	if err == nil || !strings.Contains(err.Error(), `column "b": type timestamp`) {
		t.Errorf("error %v, want one that names column b", err)
	}
}
