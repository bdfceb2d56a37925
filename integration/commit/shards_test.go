package commit

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"leapscore/engine/store"
	"leapscore/internal/testseed"
)

// fleetOf is how many shards score a table here.
const fleetOf = 7

// shard starts one shard of a run, or, with a negative number, the commit of the run.
func (p place) shard(shard int, input, run string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	args = append([]string{"--run-id", run, "--sweep-after", "10m"}, args...)
	if shard < 0 {
		args = append([]string{"commit", p.URL(p.table), "--run-id", run}, args[4:]...)
	} else {
		args = append([]string{"score", "--model", p.model, "--input", input, "--output", p.URL(p.table), "--keep", "all", "--workers", "1",
			"--memory", "256MiB", "--shard", fmt.Sprintf("%d/%d", shard, fleetOf)}, args...)
	}
	cmd := exec.Command(p.bin, args...)
	cmd.Env = append(append(os.Environ(), "XDG_CONFIG_HOME="+os.TempDir()), p.Env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	return cmd, &stderr
}

// attempt runs a process, and kills it after a time, if there is one. It reports whether
// the process ended by itself, and well.
func attempt(t *testing.T, cmd *exec.Cmd, stderr *bytes.Buffer, after time.Duration) bool {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return false
	}
	if after > 0 {
		defer time.AfterFunc(after, func() { _ = cmd.Process.Kill() }).Stop()
	}
	err := cmd.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.Exited()) {
		t.Errorf("%v: %v\n%s", cmd.Args[1:], err, stderr)
	}
	return err == nil
}

// Shards are killed at random moments and started again, some of them twice at a time, as
// a scheduler does that has lost sight of one. Then the commit is killed and started again.
// The table has each row once, on folders, object stores and in Delta tables.
func TestKilledShardsMakeOneTable(t *testing.T) {
	model, in := inputs(t)
	for _, p := range places(t, model) {
		for _, c := range []struct {
			kind string
			args []string
		}{
			{"files", nil},
			{"delta", []string{"--table-format", "delta"}},
		} {
			t.Run(p.Scheme+"/"+c.kind, func(t *testing.T) {
				p := p
				p.table = "fleet-" + c.kind + "/preds"
				r := testseed.Rand(t, 5, 6)
				var wg sync.WaitGroup
				for i := range fleetOf {
					kill := time.Duration(1+r.Int64N(400)) * time.Millisecond
					twice := r.IntN(3) == 0
					wg.Go(func() { p.untilDone(t, i, in[0], kill, twice, c.args) })
				}
				wg.Wait()
				p.commitKilled(t, r)
				if got := p.count(t); got != rows {
					t.Errorf("the table has %d rows, want %d", got, rows)
				}
				cmd, stderr := p.shard(-1, "", "fleet")
				if !attempt(t, cmd, stderr, 0) || !strings.Contains(stderr.String(), "has finished before, nothing done") {
					t.Errorf("a second commit: %s", stderr)
				}
				if left := p.staged(t); len(left) > 0 {
					t.Errorf("the fleet left %q", left)
				}
			})
		}
	}
}

// untilDone runs a shard that is killed once.
func (p place) untilDone(t *testing.T, shard int, input string, kill time.Duration, twice bool, args []string) {
	if twice {
		cmd, stderr := p.shard(shard, input, "fleet", args...)
		var wg sync.WaitGroup
		wg.Go(func() { attempt(t, cmd, stderr, 0) })
		defer wg.Wait()
	}
	cmd, stderr := p.shard(shard, input, "fleet", args...)
	if attempt(t, cmd, stderr, kill) {
		return
	}
	cmd, stderr = p.shard(shard, input, "fleet", args...)
	attempt(t, cmd, stderr, 0)
}

// commitKilled commits the run, after commits that are killed.
func (p place) commitKilled(t *testing.T, r *rand.Rand) {
	t.Helper()
	for range 3 {
		cmd, stderr := p.shard(-1, "", "fleet")
		attempt(t, cmd, stderr, time.Duration(1+r.Int64N(150))*time.Millisecond)
	}
	cmd, stderr := p.shard(-1, "", "fleet")
	attempt(t, cmd, stderr, 0)
}

// count is how many rows a run reads from the table.
func (p place) count(t *testing.T) int64 {
	t.Helper()
	cmd := exec.Command(p.bin, "head", p.URL(p.table), "-n", fmt.Sprint(10*rows), "--output-format", "csv")
	cmd.Env = append(append(os.Environ(), "XDG_CONFIG_HOME="+os.TempDir()), p.Env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("head: %v\n%s", err, &stderr)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")[1:]
	seen := map[string]bool{}
	for _, l := range lines {
		if seen[l] {
			t.Errorf("the row %s is there twice", l)
		}
		seen[l] = true
	}
	return int64(len(lines))
}

// staged returns what is left of shards.
func (p place) staged(t *testing.T) (names []string) {
	t.Helper()
	for _, name := range p.all(t) {
		if strings.Contains(name, "_leapscore/shards/") || strings.Contains(name, "_leapscore/runs/") {
			names = append(names, name)
		}
	}
	return names
}

// all returns the names of all objects below the table.
func (p place) all(t *testing.T) (names []string) {
	t.Helper()
	st, name := p.open(t)
	err := st.List(t.Context(), name+"/", true, func(o store.Object) error {
		names = append(names, o.Name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
