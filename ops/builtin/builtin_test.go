package builtin_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/ops/builtin"
	"leapscore/ops/opstest"
)

// TestEveryOpHasItsBits runs the case file of every op of the table, and fails
// for an op that has none and for a file that belongs to none.
func TestEveryOpHasItsBits(t *testing.T) {
	byOp := caseFiles(t)
	for _, op := range builtin.Table() {
		f, ok := byOp[op.Name]
		if !ok {
			t.Errorf("%s: no case file ops/*/testdata/%s.txt; write one and fill it with the oracle", op.Name, op.Name)
			continue
		}
		delete(byOp, op.Name)
		t.Run(op.Name, func(t *testing.T) {
			t.Parallel()
			opstest.RunFile(t, builtin.Registry(), f)
		})
	}
	for name, f := range byOp {
		t.Errorf("%s: no op %q in the table", f, name)
	}
}

// caseFiles returns the case file of each op that has one.
func caseFiles(tb testing.TB) map[string]string {
	tb.Helper()
	files, err := filepath.Glob("../*/testdata/*.txt")
	if err != nil {
		tb.Fatal(err)
	}
	byOp := map[string]string{}
	for _, f := range files {
		if family := filepath.Base(filepath.Dir(filepath.Dir(f))); families[family] {
			byOp[strings.TrimSuffix(filepath.Base(f), ".txt")] = f
		}
	}
	return byOp
}

// families are the folders of ops that hold ops.
var families = map[string]bool{"feature": true, "classification": true, "regression": true, "clustering": true, "recommendation": true, "ensemble": true, "boosting": true}

// TestEveryOpIsDocumented keeps the op reference whole.
func TestEveryOpIsDocumented(t *testing.T) {
	for _, op := range builtin.Table() {
		if op.Doc == "" || op.Source == "" || len(op.Ports) == 0 {
			t.Errorf("%s: Doc, Ports and Source must be set", op.Name)
		}
	}
	if _, err := os.Stat("../README.md"); err != nil {
		t.Error(err)
	}
}
