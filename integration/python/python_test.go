// Package python runs the tests of the Python package, python/tests. It has tests only.
package python

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"leapscore/integration/tools"
)

// source is the folder of the package, from the folder of this one.
const source = "../../python"

func TestThePackage(t *testing.T) {
	src, err := filepath.Abs(filepath.Join(source, "src"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tools.Path(t, tools.Python), "-m", "pytest", "-p", "no:cacheprovider")
	cmd.Dir = source
	cmd.Env = append(os.Environ(), "LEAPSCORE_BINARY="+tools.Leapscore(t), "PYTHONPATH="+src, "PYTHONDONTWRITEBYTECODE=1")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestTypesAreStrict(t *testing.T) {
	interpreter, err := filepath.Abs(tools.Path(t, tools.Python))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tools.Path(t, tools.Pyright), "--pythonpath", interpreter)
	cmd.Dir = source
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}
