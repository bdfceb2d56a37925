package commit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine/enginetest"
	"leapscore/integration/servers"
	"leapscore/integration/tools"
	"leapscore/internal/testseed"
	"leapscore/sinks"
)

// resumed starts a run in many files, or goes on with it.
func (p place) resumed(t *testing.T, input string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	cmd := exec.Command(p.bin, "score", "--model", p.model, "--input", input, "--output", p.URL(p.table), "--keep", "all", "--mode", "overwrite",
		"--run-id", "nightly", "--resume", "--file-rows", "1", "--lineage", "columns", "--scored-at", "2026-01-31T00:00:00Z",
		"--workers", "2", "--memory", "256MiB", "--sweep-after", "1s")
	cmd.Env = append(append(os.Environ(), "XDG_CONFIG_HOME="+os.TempDir()), p.Env...)
	stderr := new(bytes.Buffer)
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, stderr
}

// hashes returns the SHA-256 of the files of the table.
func (p place) hashes(t *testing.T) map[string]string {
	t.Helper()
	st, name := p.open(t)
	m, err := sinks.ReadManifest(t.Context(), st, name)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, f := range m.Live() {
		found[f.Name] = f.SHA256
	}
	return found
}

// A run that is killed at random moments, and resumed until it gets through, leaves
// the files of an undisturbed one, and no others after the next run.
func TestKilledRunsThatAreResumedEndInTheSameFiles(t *testing.T) {
	model, _ := inputs(t)
	input := filepath.Join(t.TempDir(), "homes.parquet")
	if err := enginetest.WriteParquet(input, enginetest.Homes(1, 600_000, 0), 20_000); err != nil {
		t.Fatal(err)
	}
	bin := tools.Leapscore(t)
	var used []place
	for _, s := range []*servers.Server{servers.Files(t), servers.S3(t), servers.GCS(t), servers.Azure(t)} {
		t.Run(s.Scheme, func(t *testing.T) {
			p := place{s, bin, model, "whole/preds"}
			begun := time.Now()
			cmd, stderr := p.resumed(t, input)
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v: %s", err, stderr)
			}
			took := time.Since(begun)
			want := p.hashes(t)
			r := testseed.OfClock(t)
			killed, resumed := 0, 0
			for round := 0; round < 2 || resumed < 3; round++ {
				if round == 20 {
					t.Fatalf("%d kills, and %d attempts that went on", killed, resumed)
				}
				p.table = fmt.Sprintf("round%d/preds", round)
				for done := false; !done; {
					cmd, stderr := p.resumed(t, input)
					kill := time.AfterFunc(time.Duration(r.Int64N(int64(took))), func() { _ = cmd.Process.Kill() })
					err := cmd.Wait()
					kill.Stop()
					done = err == nil
					if strings.Contains(stderr.String(), "went on with an earlier attempt") {
						resumed++
					}
					if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == -1 {
						killed++
					} else if err != nil {
						t.Fatalf("after %d kills: %v: %s", killed, err, stderr)
					}
				}
				if diff := cmp.Diff(want, p.hashes(t)); diff != "" {
					t.Fatalf("after %d kills (-undisturbed +resumed):\n%.3000s", killed, diff)
				}
			}
			t.Logf("%d kills, %d attempts that went on", killed, resumed)
			used = append(used, p)
		})
	}
	time.Sleep(4 * time.Second) // three signs of life and one more
	for _, p := range used {
		p.mustScore(t, input, "--mode", "overwrite")
		if left := p.leftovers(t); len(left) > 0 {
			t.Errorf("%s: after the next run there are %q", p.Scheme, left)
		}
	}
}
