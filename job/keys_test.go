package job

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write docs/job.schema.json anew")

func TestEveryKeyIsExplained(t *testing.T) {
	var s Spec
	found := map[string]bool{}
	for _, k := range keys {
		found[k.Name] = true
		if k.Name == "" || k.help == "" {
			t.Errorf("key %q has no help in the table", k.Name)
		}
		if err := k.set(k.of(&s), strings.Trim(k.Default, "[]")); k.Default != "" && err != nil {
			t.Errorf("%s: the default %q is not read: %v", k.Name, k.Default, err)
		}
		if k.Default != "" && s.Text(k.Name) != k.Default {
			t.Errorf("%s: the default %q is read as %q", k.Name, k.Default, s.Text(k.Name))
		}
	}
	for name := range table {
		if !found[name] {
			t.Errorf("%s is in the table, and no field has that key", name)
		}
	}
}

func TestKeysHaveGroups(t *testing.T) {
	for _, k := range Keys() {
		if !slices.Contains(Groups(), k.Group) {
			t.Errorf("the key %s has the group %q in the table, want one of %s", k.Name, k.Group, strings.Join(Groups(), ", "))
		}
	}
}

func TestTheSchemaIsWritten(t *testing.T) {
	const file = "../docs/job.schema.json"
	if *update {
		if err := os.WriteFile(file, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(Schema()), string(got)); d != "" {
		t.Errorf("%s is not what the table says; run with -update (-table +file):\n%s", file, d)
	}
}

// full has a value for a key of every kind.
const full = `
model: {a: lr.zip, b: rf.zip}
input:
  - a.parquet
  - b, c.parquet
limit: 7
map: {city: "town, or city"}
keep: [id, "sq, m"]
lineage: columns
scored-at: 2026-01-31T00:00:00Z
output: preds
sweep-after: 36h
run-id: 2026-01-31
drift-reference: record.json
drift-max: 0.25
resume: true
max-errors: 1%
workers: 3
`

func fullSpec() Spec {
	return Spec{
		Models:  []Model{{"a", "lr.zip"}, {"b", "rf.zip"}},
		Input:   Input{Files: []string{"a.parquet", "b, c.parquet"}, Limit: 7},
		Columns: Columns{Map: map[string]string{"city": "town, or city"}, Keep: []string{"id", "sq, m"}, Lineage: "columns"},
		Output:  Output{Path: "preds", SweepAfter: 36 * time.Hour},
		Rejects: Rejects{MaxErrors: "1%"},
		Run:     Run{ID: "2026-01-31", Resume: true, ScoredAt: "2026-01-31T00:00:00Z"},
		Drift:   Drift{Reference: "record.json", Max: 0.25},
		Limits:  Limits{Workers: 3},
	}
}

func TestASpecIsReadAndWritten(t *testing.T) {
	same := func(what string, got Spec, err error) {
		t.Helper()
		if d := cmp.Diff(fullSpec(), got, cmpopts.IgnoreUnexported(Spec{})); err != nil || d != "" {
			t.Errorf("%s: %v (-want +got)\n%s", what, err, d)
		}
	}
	s, err := Parse([]byte(full))
	same("YAML", s, err)
	data, err := yaml.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(data)
	same("YAML written and read", again, err)
	if data, err = json.Marshal(s); err != nil {
		t.Fatal(err)
	}
	again = Spec{}
	err = json.Unmarshal(data, &again)
	same("JSON written and read", again, err)
	var byText Spec
	for _, name := range s.Given() {
		text := s.Text(name)
		if k, _ := KeyOf(name); strings.HasPrefix(text, "[") {
			if text = strings.Trim(text, "[]"); k.Type == "stringArray" {
				continue // each element is set alone
			}
		}
		if err := byText.Set(name, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	byText.Input.Files = s.Input.Files
	same("by texts", byText, nil)
}

func TestWrongFilesNameEachLine(t *testing.T) {
	for text, want := range map[string][]string{
		"modell: lr.zip\nworkers: some": {"line 1: modell: there is no such key; did you mean model?", `line 2: workers: "some": want a whole number`},
		"frobnicate: 1":                 {"line 1: frobnicate: there is no such key"},
		"map: [a]":                      {"line 1: map: want a mapping, or input=column"},
		"compression: [a]":              {"line 1: compression: want a plain value"},
		"keep: {a: b}":                  {"line 1: keep: want a list, or a plain value"},
		"model: [a.zip, b.zip]":         {"line 1: model: a.zip and b.zip: each of several models needs a name"},
		"- a":                           {"want a mapping of keys to values"},
		"keep: a\nkeep: b":              {"line 2: keep: the key is there twice"},
		"quiet: true":                   {"line 1: quiet: there is no such key"},
	} {
		_, err := Parse([]byte(text))
		if err == nil {
			t.Errorf("%q is read", text)
			continue
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%q: %v, want %q in it", text, err, w)
			}
		}
	}
	s, err := Parse([]byte("{\n\t\"output\": \"a\\/\\u00e9\\ud83d\\ude00\\\\ud83d\",\n\t\"keep\":\t[\"x\"]\n}"))
	if err != nil || s.Output.Path != "a/é😀\\ud83d" || s.Text("keep") != "[x]" {
		t.Errorf("JSON with tabs and escapes: %q, %v", s.Output.Path, err)
	}
	if s, err := Parse([]byte("# nothing\n")); err != nil || len(s.Given()) > 0 {
		t.Errorf("an empty file: %v, %v", s.Given(), err)
	}
	if s, err := Parse([]byte("param:\nlimit: null")); err != nil || len(s.Given()) > 0 {
		t.Errorf("keys without values: %v, %v", s.Given(), err)
	}
}

// Setting a key of a copy leaves the other one alone.
func TestCopiesOfASpecAreApart(t *testing.T) {
	a := fullSpec()
	b := a
	for name, value := range map[string]string{"map": "kind=sort", "input": "d", "keep": "x", "model": "c=x.zip", "run-id": "other"} {
		if err := b.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	b.Unset("limit")
	if d := cmp.Diff(fullSpec(), a, cmpopts.IgnoreUnexported(Spec{})); d != "" || len(a.given) > 0 {
		t.Errorf("%v (-want +got)\n%s", a.given, d)
	}
}
