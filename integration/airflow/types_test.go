//go:build airflow

package airflow

import (
	"os/exec"
	"path/filepath"
	"testing"

	"leapscore/integration/tools"
)

// The types of the operators fit those of Airflow 3.
func TestTypes(t *testing.T) {
	python := filepath.Join(filepath.Dir(tools.Path(t, tools.Airflow3)), "python")
	if out, err := exec.Command(tools.Path(t, tools.Pyright), "--project", "pyright.json", "--pythonpath", python).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
