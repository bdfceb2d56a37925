package job

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func good() Spec {
	return Spec{Models: []Model{{Path: "m.zip"}}, Input: Input{Files: []string{"a.csv"}}, Output: Output{Path: "t"}}
}

func TestASpecOfThreeFieldsIsGood(t *testing.T) {
	if err := good().Check(); err != nil {
		t.Error(err)
	}
}

// All mistakes are found at once, each with its key, and the Spec stays as it is.
func TestAllMistakesAreFoundAtOnce(t *testing.T) {
	s := good()
	s.Models = nil
	s.Columns.Cast = "all"
	s.Output.Compression = "best"
	s.Rejects.OnError = "reject"
	s.Run.Resume = true
	s.Gates.MinRows = "many"
	s.Drift.Max = -1
	s.Watch.Pushgateway = "host"
	s.Limits.Memory = "lots"
	before := s.Given()
	err := s.Check()
	wrong, ok := errors.AsType[*CheckError](err)
	if !ok {
		t.Fatalf("%v, want a CheckError", err)
	}
	var keys []string
	for _, m := range wrong.Mistakes {
		keys = append(keys, m.Key)
	}
	slices.Sort(keys)
	want := []string{"cast", "compression", "drift-max", "memory", "min-rows", "model", "on-error", "pushgateway", "resume"}
	if d := cmp.Diff(want, keys); d != "" {
		t.Errorf("%v (-want +got)\n%s", err, d)
	}
	if !strings.HasPrefix(err.Error(), "9 mistakes:\n  --model is required\n") || ClassOf(err) != ClassUsage {
		t.Errorf("%s: %v", ClassOf(err), err)
	}
	if d := cmp.Diff(before, s.Given()); d != "" {
		t.Errorf("the check has changed the Spec:\n%s", d)
	}
}

// A key that is left out is its default. One that is set to nothing by name is a
// mistake where nothing makes no sense.
func TestNothingByNameIsNoDefault(t *testing.T) {
	for key, c := range map[string]struct{ value, want string }{
		"limit":      {"0", "limit 0: want at least 1"},
		"drift-max":  {"0", "drift-max 0: want a positive number"},
		"workers":    {"0", "--workers and --batch-rows must be at least 1"},
		"run-id":     {"", `run-id: run id ""`},
		"cast":       {"", `cast "": want widen or mleap`},
		"memory":     {"", `memory "": want a size`},
		"io-timeout": {"0s", "io-timeout 0s: want more than 0"},
	} {
		s := good()
		if err := s.Set(key, c.value); err != nil {
			t.Fatal(err)
		}
		if err := s.Check(); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s %q: %v, want %s", key, c.value, err, c.want)
		}
	}
}

func TestDefaultsThatDependOnOthers(t *testing.T) {
	s := good()
	s.Run.Incremental = true
	if got := s.withDefaults().Output.Mode; got != "append" {
		t.Errorf("the mode of an incremental run is %s", got)
	}
	s = good()
	s.Input.Files, s.Input.Retry, s.Rejects.Path = nil, []string{"bad"}, "still"
	if full := s.withDefaults(); full.Output.Mode != "append" || full.Rejects.OnError != "reject" {
		t.Errorf("of a retry: mode %s, on-error %s", full.Output.Mode, full.Rejects.OnError)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// The job in the documentation is one.
func TestTheDocumentedJobIsGood(t *testing.T) {
	text, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "```yaml\n")
	example, _, found := strings.Cut(after, "```")
	if !found {
		t.Fatal("operations.md has no example of a job")
	}
	s, err := Parse([]byte(example))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil || len(s.Given()) < 10 {
		t.Errorf("%v: %v", s.Given(), err)
	}
}
