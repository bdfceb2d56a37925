package stores

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"leapscore/engine/enginetest"
	"leapscore/integration/servers"
	"leapscore/integration/tools"
)

const (
	manyFiles = 10_000
	rowsEach  = 1_000
)

// Ten thousand small files are one run: with few open files, in bounded memory
// and, on a store, with two requests each, one for the footer and one for the
// columns.
func TestTenThousandFilesAreOneRun(t *testing.T) {
	s := servers.S3(t)
	p := servers.Through(t, s)
	dir := filepath.Join(s.Dir, s.Bucket, "rows")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	first := filepath.Join(dir, "00000.parquet")
	if err := enginetest.WriteParquet(first, enginetest.Homes(1, rowsEach, 0), rowsEach); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < manyFiles; i++ {
		if err := os.Link(first, filepath.Join(dir, fmt.Sprintf("%05d.parquet", i))); err != nil {
			t.Fatal(err)
		}
	}
	model := filepath.Join(t.TempDir(), "lr.zip")
	if err := os.WriteFile(model, enginetest.Linear("error").Zip(), 0o600); err != nil {
		t.Fatal(err)
	}
	bin := tools.Leapscore(t)
	for _, input := range []string{dir + "/*.parquet", p.URL("rows/*.parquet")} {
		cmd := exec.Command("sh", "-c", `ulimit -n 200 && exec "$@"`, "sh", bin, "score", "--model", model,
			"--input", input, "--output", filepath.Join(t.TempDir(), "out"), "--memory", "512MiB", "--json")
		cmd.Env = append(append(os.Environ(), "XDG_CONFIG_HOME="+filepath.Join(os.TempDir(), "no-configuration")), p.Env...)
		var errs strings.Builder
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v: %s", input, err, errs.String())
		}
		var m struct {
			Out int64 `json:"rows_out"`
		}
		if err := json.Unmarshal(out, &m); err != nil || m.Out != manyFiles*rowsEach {
			t.Errorf("%s: %d rows, %v, want %d", input, m.Out, err, manyFiles*rowsEach)
		}
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && usage.Maxrss > 800<<10 {
			t.Errorf("%s: took %d KiB, want at most 800 MiB", input, usage.Maxrss)
		}
	}
	kinds := map[string]int{}
	for _, r := range p.Seen() {
		kind := r.Method
		if strings.Contains(r.Query, "list-type") {
			kind = "list"
		}
		kinds[kind]++
	}
	t.Logf("requests: %v", kinds)
	// The files are listed once more after the last row, to see whether one has changed,
	// and a few listings look whether they are of a table.
	listings := 2*manyFiles/1000 + 10
	if kinds["GET"] > 2*manyFiles || kinds["list"] > listings || kinds["HEAD"] > 0 {
		t.Errorf("requests: %v, want at most %d reads, %d listings and nothing else", kinds, 2*manyFiles, listings)
	}
}
