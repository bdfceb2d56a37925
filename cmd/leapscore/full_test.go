package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// contents returns the files below the fixture's folder.
func (f fixture) contents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range f.entries(t) {
		if info, err := os.Stat(f.path(name)); err != nil || info.IsDir() {
			found[name] = "folder"
			continue
		}
		data, err := os.ReadFile(f.path(name))
		if err != nil {
			t.Fatal(err)
		}
		found[name] = string(data)
	}
	return found
}

// A run that the system lets write no more says so, and leaves what was there as it
// was. The limit on the size of a file stands for that of a disk: what write(2)
// returns differs in nothing but the number.
func TestARunThatCannotWriteOnLeavesWhatWasThere(t *testing.T) {
	homes := []string{"--input", "homes.parquet", "--keep", "all"}
	for name, c := range map[string]struct {
		output string
		args   []string
	}{
		"folder":     {"t", homes},
		"many files": {"t", append([]string{"--file-rows", "30000"}, homes...)},
		"one file":   {"t.parquet", homes},
		"CSV":        {"t.csv.gz", homes},
		"Arrow":      {"t.arrow", homes},
		"partitions": {"t", append([]string{"--partition-by", "city"}, homes...)},
		"Delta":      {"t", append([]string{"--table-format", "delta"}, homes...)},
		"Iceberg":    {"t", append([]string{"--table-format", "iceberg"}, homes...)},
		"rejects": {"t", []string{
			"--on-error", "reject", "--rejects", "bad",
			"--sql", "SELECT CASE WHEN i = 0 THEN 'Rome' ELSE 'Atlantis' END AS city, 'flat' AS kind, hash(i) % 1000000 AS rooms, 1.5 AS area FROM range(100000) t(i)",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, 100_000)
			args := append([]string{"score", "--model", "lr.zip", "--output", c.output, "--mode", "overwrite", "--quiet"}, c.args...)
			if out, err := f.command("leapscore", append(args, "--limit", "100")...); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			want := f.contents(t)
			// Blocks of 512 bytes, or of 1,024 where sh is another.
			out, err := f.command("sh", append([]string{"-c", `ulimit -f 100; exec leapscore "$@"`, "sh"}, args...)...)
			if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("%v, want exit code 1", err)
			}
			if !strings.Contains(out, "file too large") || !strings.Contains(out, f.dir) || strings.Count(out, "\n") != 1 {
				t.Errorf("no clear line that names the file: %s", out)
			}
			if diff := cmp.Diff(want, f.contents(t)); diff != "" {
				t.Errorf("what was there is not as it was (-before +after):\n%.2000s", diff)
			}
		})
	}
}

// command runs a program in the fixture's folder, and returns what it says.
func (f fixture) command(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = f.dir
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+filepath.Join(f.dir, "none"))
	out, err := cmd.CombinedOutput()
	return string(out), err
}
