//go:build engines

package engines

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
		"RAY_raylet_start_wait_time_s=300", "RAY_agent_register_timeout_ms=300000", "RAY_USAGE_STATS_ENABLED=0")
	return cmd
}

// The Python of docs/ray.md runs in a folder with a copy of examples, and what it
// writes are all listings.
func TestThePageOfRayAndDask(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../examples")); err != nil {
		t.Fatal(err)
	}
	page, err := filepath.Abs("../../docs/ray.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs("pages.py")
	if err != nil {
		t.Fatal(err)
	}
	if said, err := inRay(t, dir, script, page).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	const count = "import pyarrow.parquet as pq; print(pq.read_table('predictions').num_rows, pq.read_table('predictions-of-dask').num_rows)"
	if said, err := inRay(t, dir, "-c", count).CombinedOutput(); err != nil || string(said) != "1500 1500\n" {
		t.Errorf("%v: the page has written %s rows, want 1500 and 1500", err, said)
	}
}

// Cases are scored inside Ray and Dask with the bits of the command.
func TestBitsInRayAndDask(t *testing.T) {
	dir := t.TempDir()
	for _, kind := range []string{"lr", "rf"} {
		makeCase(t, filepath.Join(dir, kind), "../../examples/listings."+kind+".zip")
	}
	script, err := filepath.Abs("parity.py")
	if err != nil {
		t.Fatal(err)
	}
	said, err := inRay(t, ".", script, "both", dir).Output()
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	const want = `{"ray": {"same": 2, "refused": 0, "FAIL": 0}, "dask": {"same": 2, "refused": 0, "FAIL": 0}}`
	if err != nil || lines[len(lines)-1] != want {
		t.Errorf("%v\n%s\nwant %s", err, said, want)
	}
}

// makeCase writes a folder with a bundle and all listings.
func makeCase(t *testing.T, dir, bundle string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	model, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bundle.zip"), model, 0o600); err != nil {
		t.Fatal(err)
	}
	const copyRows = "import sys, pyarrow.parquet as pq; pq.write_table(pq.ParquetDataset('../../examples/listings').read(), sys.argv[1])"
	if said, err := inRay(t, ".", "-c", copyRows, filepath.Join(dir, "input.parquet")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
}
