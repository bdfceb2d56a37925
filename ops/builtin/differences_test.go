package builtin_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/ops/builtin"
)

var update = flag.Bool("update", false, "write docs/differences.md anew")

func TestDifferencesArePrintedFromTheTable(t *testing.T) {
	const file = "../../docs/differences.md"
	want := builtin.DifferencesMarkdown()
	if *update {
		if err := os.MkdirAll("../../docs", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("docs/differences.md is not what the table says; run with -update (-table +file):\n%s", d)
	}
}

func TestDifferencesNameOpsOfTheTable(t *testing.T) {
	for _, d := range builtin.Differences() {
		for _, op := range d.Ops {
			if _, ok := builtin.Registry().Lookup(op); !ok {
				t.Errorf("%s: no op %q in the table", d.What, op)
			}
		}
		if d.What == "" || d.Ours == "" || d.JVM == "" || d.Why == "" {
			t.Errorf("%q: What, Ours, JVM and Why must be set", d.What)
		}
	}
}
