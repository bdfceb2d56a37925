package text_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/sourcetest"
	"leapscore/sources/text"
)

// readBytes reads a file in memory as text.
func readBytes(data []byte, format sources.Format) (map[string][]string, error) {
	opt := sources.Options{Opener: sourcetest.OneFile("x", data), Format: format, BatchRows: sources.DefaultBatchRows, Warn: func(string) {}}
	s, err := text.Open(context.Background(), []store.Object{{Name: "x", Size: int64(len(data))}}, opt)
	if err != nil {
		return nil, err
	}
	text.SetTextLimits(s, 10, 1000, 64)
	return sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
}

// FuzzCSV compares with encoding/csv, which does not tell an empty field from
// a quoted empty one and reads some line ends inside quotes differently.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a\n\"x\"\"y\"\n", "\ufeffa,b\r\n\"1\n2\",\r\n\r\n", "a,b\n\"", "a,b\n1\n", "a\n\n\n1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := readBytes([]byte(in), sources.CSV)
		if err != nil || strings.Contains(in, "\r") {
			return
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(in, "\ufeff")))
		records, err := r.ReadAll()
		if err != nil {
			t.Fatalf("read well, encoding/csv says %v", err)
		}
		if len(records) == 0 {
			return
		}
		if len(records[0]) == 1 {
			return // encoding/csv drops the blank lines that are nulls here
		}
		for c, name := range records[0] {
			for i, rec := range records[1:] {
				text := got[name][i]
				if text == "null" {
					text = `""`
				}
				var have string
				if json.Unmarshal([]byte(text), &have) == nil && have != rec[c] {
					t.Errorf("row %d, column %q: %s, encoding/csv says %q", i, name, text, rec[c])
				}
			}
		}
	})
}

// FuzzJSON checks that what is read is JSON, by encoding/json.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `{"a":[1,"x",{"b":null}],"b":true}` + "\n{}", `{"a":"\u00e9\ud83d\ude00"}`, "{\"a\":-1.5e3}\n\n{\"a\":null}",
		`{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":1e}`, `{"a":--1}`, `{"a":-}`, `{"a":0.10e-05}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		_, err := readBytes([]byte(in), sources.JSON)
		if err != nil || strings.Contains(in, "N") || strings.Contains(in, "I") {
			return // NaN and Infinity are no JSON
		}
		for line := range strings.Lines(in) {
			var v any
			if strings.Trim(line, " \t\r\n") != "" && json.Unmarshal([]byte(line), &v) != nil {
				t.Errorf("%q read well and is no JSON", line)
			}
		}
	})
}
