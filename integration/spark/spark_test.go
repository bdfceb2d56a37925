// Package spark runs leapscore inside real Spark: python/src/leapscore/spark. It has tests only.
package spark

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"leapscore/integration/tools"
)

func TestSpark4(t *testing.T) {
	pytest(t, tools.Python, "test_score.py", "test_job.py", "test_docs.py")
}

// pytest runs files of this folder in a Python environment.
func pytest(t *testing.T, environment string, files ...string) {
	t.Helper()
	src, err := filepath.Abs("../../python/src")
	if err != nil {
		t.Fatal(err)
	}
	python, err := filepath.Abs(tools.Path(t, environment))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, append([]string{"-m", "pytest", "-p", "no:cacheprovider", "-q"}, files...)...)
	cmd.Env = append(os.Environ(), "LEAPSCORE_BINARY="+tools.Leapscore(t), "PYTHONPATH="+src, "PYTHONDONTWRITEBYTECODE=1", "TMPDIR="+t.TempDir())
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}
