package text_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

// FuzzJSONKeys checks that no key is lost and no digit of an integer, whatever
// its row is.
func FuzzJSONKeys(f *testing.F) {
	for _, s := range []string{`{"a":1}` + "\n" + `{"b":2.5}`, `{"a":9007199254740993}` + "\n" + `{"a":"x"}`, `{"a":[1,9007199254740993]}` + "\n" + `{"a":[]}`,
		`{"a":18446744073709551615}` + "\n" + `{"a":-1}`, `{"a":null}` + "\n" + `{"a":{"k":1}}`, `{"a":"NaN"}` + "\n" + `{"a":1}`, `{"a":1e400}` + "\n" + `{"a":-0}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		s, err := files.Open(t.Context(), []string{"x"}, sources.Options{Opener: sourcetest.OneFile("x", []byte(in)), Format: sources.JSON})
		if err != nil {
			return
		}
		got, err := sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
		if err != nil {
			return
		}
		row := 0
		for line := range strings.Lines(strings.TrimPrefix(in, "\ufeff")) {
			if strings.Trim(line, " \t\r\n") == "" {
				continue
			}
			var keys map[string]json.RawMessage
			if json.Unmarshal([]byte(line), &keys) != nil {
				return // NaN and Infinity are no JSON
			}
			for key, raw := range keys {
				col, ok := got[key]
				if !ok {
					t.Fatalf("key %q is lost", key)
				}
				checkCell(t, key, string(bytes.TrimSpace(raw)), col[row])
			}
			row++
		}
	})
}

// checkCell compares an integer, or a null, with how it was read.
func checkCell(t *testing.T, key, raw, cell string) {
	if (raw == "null") != (cell == "null") {
		t.Errorf("column %q: %s read as %s", key, raw, cell)
	}
	want, ok := new(big.Int).SetString(raw, 10)
	if !ok || cell == `"`+raw+`"` || strings.HasPrefix(raw, "-0") {
		return
	}
	f, _, err := big.ParseFloat(cell, 10, 2000, big.ToNearestEven)
	if err != nil {
		t.Fatalf("column %q: %s read as %s", key, raw, cell)
	}
	have, _ := f.Int(nil)
	near, _ := new(big.Float).SetInt(want).Float64()
	read, _ := f.Float64()
	if have.Cmp(want) != 0 && near != read {
		t.Errorf("column %q: %s read as %s", key, raw, cell)
	}
	if want.CmpAbs(big.NewInt(1<<53+1)) == 0 && have.Cmp(want) != 0 {
		t.Errorf("column %q: %s read as %s", key, raw, cell)
	}
}
