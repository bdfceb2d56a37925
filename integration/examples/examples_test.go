// Package examples runs the examples that no page runs, and lets the tools that
// will read them check the others. It has tests only.
package examples

import (
	"os/exec"
	"path/filepath"
	"testing"
)

func TestUnitsOfSystemd(t *testing.T) {
	units, err := filepath.Glob("../../examples/systemd/*")
	if err != nil || len(units) == 0 {
		t.Fatalf("no units: %v", err)
	}
	for _, unit := range units {
		if said, err := exec.Command("systemd-analyze", "verify", unit).CombinedOutput(); err != nil || len(said) > 0 {
			t.Errorf("systemd finds faults in %s: %v\n%s", unit, err, said)
		}
	}
}
