package rows

import (
	"slices"
	"testing"
)

// Every mistake is reported with its flag, and only mistakes are.
func TestMistakesInAnInput(t *testing.T) {
	none, one := int64(0), int64(1)
	files := []string{"a.csv"}
	for _, x := range []struct {
		what string
		in   Input
		keys []string
	}{
		{"files", Input{Files: files, Format: "csv", AsFiles: true, RequireSuccess: true}, nil},
		{"a query", Input{SQL: "SELECT 1", Database: "x.db", Params: map[string]string{"a": "b"}}, nil},
		{"a sample", Input{Files: files, Limit: &one, Sample: "0.5%", SampleKeys: []string{"id"}}, nil},
		{"a zone", Input{SQL: "SELECT 1", Timezone: "Europe/Berlin"}, nil},
		{"a zone that is none", Input{SQL: "SELECT 1", Timezone: "Bogus/Zone"}, []string{"timezone"}},
		{"nothing", Input{}, []string{"input"}},
		{"a query and files", Input{SQL: "SELECT 1", Files: files}, []string{"input"}},
		{"two queries", Input{SQL: "SELECT 1", SQLFile: "q.sql"}, []string{"input"}},
		{"a database for files", Input{Files: files, Database: "x.db"}, []string{"db"}},
		{"an empty name", Input{Files: []string{"a.csv", ""}}, []string{"input"}},
		{"a format of a query", Input{SQL: "SELECT 1", Format: "csv"}, []string{"input-format"}},
		{"an unknown format", Input{Files: files, Format: "xls"}, []string{"input-format"}},
		{"no rows, of no sample", Input{Files: files, Limit: &none, SampleKeys: []string{"id"}}, []string{"limit", "sample-key"}},
		{"a share that is none", Input{Files: files, Sample: "101%", SampleKeys: []string{"id"}}, []string{"sample"}},
		{"a sample without keys", Input{Files: files, Sample: "1%"}, []string{"sample"}},
	} {
		var keys []string
		for _, m := range x.in.Check() {
			keys = append(keys, m.Key)
		}
		if !slices.Equal(keys, x.keys) {
			t.Errorf("%s: mistakes in %q, want %q", x.what, keys, x.keys)
		}
	}
}

func TestSharesOfASample(t *testing.T) {
	for text, want := range map[string]float64{"": 100, "1%": 1, "0.5 %": 0.5, "100%": 100} {
		if got, err := (Input{Sample: text}).percent(); err != nil || got != want {
			t.Errorf("%q is %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"1", "0%", "-1%", "100.1%", "nan%", "%", "one%"} {
		if got, err := (Input{Sample: text}).percent(); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
