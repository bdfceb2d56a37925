//go:build engines

package engines

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"leapscore/integration/tools"
)

// The tests of leapscore.ray and leapscore.dask run in a real Ray and a real Dask.
func TestRayAndDask(t *testing.T) {
	for _, file := range []string{"test_ray.py", "test_dask.py"} {
		t.Run(file, func(t *testing.T) {
			if said, err := inRay(t, "../../python", "-m", "pytest", "-p", "no:cacheprovider", filepath.Join("tests", file)).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, said)
			}
		})
	}
}

// inRay is a command of the Python that has Ray and Dask, with the package and the program.
func inRay(t *testing.T, folder string, arguments ...string) *exec.Cmd {
	t.Helper()
	source, err := filepath.Abs("../../python/src")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tools.Path(t, tools.Ray), arguments...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "LEAPSCORE_BINARY="+tools.Leapscore(t), "PYTHONPATH="+source, "PYTHONDONTWRITEBYTECODE=1",
		"RAY_raylet_start_wait_time_s=300", "RAY_USAGE_STATS_ENABLED=0")
	return cmd
}
