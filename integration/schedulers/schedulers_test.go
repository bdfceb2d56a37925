//go:build engines

// Package schedulers runs the tasks of the Python package in Luigi, Dagster and
// Prefect. It has tests only.
package schedulers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"leapscore/integration/tools"
)

func TestTasksOfSchedulers(t *testing.T) {
	for _, scheduler := range []string{"luigi", "dagster", "prefect"} {
		t.Run(scheduler, func(t *testing.T) {
			src, err := filepath.Abs("../../python/src")
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(tools.Path(t, tools.Schedulers), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", "test_"+scheduler+".py")
			// None of them may call home.
			cmd.Env = append(os.Environ(), "LEAPSCORE_BINARY="+tools.Leapscore(t), "PYTHONPATH="+src, "PYTHONDONTWRITEBYTECODE=1",
				"DO_NOT_TRACK=1", "DAGSTER_DISABLE_TELEMETRY=1", "PREFECT_SERVER_ANALYTICS_ENABLED=false")
			if said, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, said)
			}
		})
	}
}

func TestTypesAreStrict(t *testing.T) {
	python, err := filepath.Abs(tools.Path(t, tools.Schedulers))
	if err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(tools.Path(t, tools.Pyright), "--pythonpath", python).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}
