package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine/enginetest"
	"leapscore/internal/testseed"
)

// outcome returns the files of the tables of a run, but for times in manifests
// and records, and for what is another in each attempt.
func (f fixture) outcome(t *testing.T, tables ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for i, table := range tables {
		err := filepath.WalkDir(f.path(table), func(name string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			if base := filepath.Base(name); base == "_SUCCESS" || filepath.Ext(base) == ".json" {
				data = timeless(t, data)
			}
			rel, _ := filepath.Rel(f.path(table), name)
			found[string(rune('a'+i))+"/"+rel] = string(data)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func timeless(t *testing.T, data []byte) []byte {
	t.Helper()
	var x map[string]any
	if err := json.Unmarshal(data, &x); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"started", "finished", "seconds", "resumed"} {
		delete(x, name)
	}
	for _, name := range []string{"output", "rejects"} {
		if table, ok := x[name].(map[string]any); ok {
			delete(table, "path")
		}
	}
	data, err := json.MarshalIndent(x, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// resumed starts a run in many files that can be gone on with.
func (f fixture) resumed(t *testing.T, table, bad string, more ...string) (*exec.Cmd, *bytes.Buffer) {
	return f.start(t, append([]string{
		"score", "--model", "rf.zip", "--input", "homes.parquet", "--output", table, "--on-error", "reject", "--rejects", bad, "--workers", "2",
		"--run-id", "r", "--resume", "--file-rows", "1", "--lineage", "columns", "--scored-at", "2026-01-31T00:00:00Z",
	}, more...)...)
}

func manyHomes(t *testing.T, rows int) fixture {
	f := newFixture(t, 10)
	if err := enginetest.WriteParquet(f.path("homes.parquet"), enginetest.Homes(1, rows, 100), 100_000); err != nil {
		t.Fatal(err)
	}
	return f
}

// A run that is killed at random moments, and resumed until it gets through,
// leaves the bytes of one that nobody disturbed.
func TestKilledAndResumedRunsEndInTheSameBytes(t *testing.T) {
	f := manyHomes(t, 800_000)
	begun := time.Now()
	cmd, stderr := f.resumed(t, "whole", "whole-bad")
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	took := time.Since(begun)
	want := f.outcome(t, "whole", "whole-bad")
	r := testseed.OfClock(t)
	killed, resumed := 0, 0
	for round := 0; round < 2 || resumed == 0; round++ {
		for {
			cmd, stderr := f.resumed(t, "table", "bad")
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			select {
			case <-time.After(time.Duration(r.Int64N(int64(took)))):
				_ = cmd.Process.Kill()
			case err := <-ended:
				ended <- err
			}
			err := <-ended
			if strings.Contains(stderr.String(), "went on with an earlier attempt") {
				resumed++
			}
			if err == nil {
				break
			}
			killed++
			if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != -1 {
				t.Fatalf("after %d kills: %v: %s", killed, err, stderr)
			}
		}
		if diff := cmp.Diff(want, f.outcome(t, "table", "bad")); diff != "" {
			t.Fatalf("after %d kills (-undisturbed +resumed):\n%.3000s", killed, diff)
		}
		for _, table := range []string{"table", "bad"} {
			if err := os.RemoveAll(f.path(table)); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d kills", killed)
}

// What a signal ends can be gone on with by the same run only.
func TestAStoppedRunGoesOnIfItIsTheSame(t *testing.T) {
	f := manyHomes(t, 800_000)
	cmd, stderr := f.resumed(t, "table", "bad")
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	f.await(t, "table/_temporary/*.resume/00002.json", ended)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	exit := (*exec.ExitError)(nil)
	if err := <-ended; !errors.As(err, &exit) || exit.ExitCode() != 143 {
		t.Fatalf("%v, want exit code 143: %s", err, stderr)
	}
	cmd, stderr = f.resumed(t, "table", "bad", "--compression", "zstd", "--scored-at", "2026-02-01T00:00:00Z")
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 4 {
		t.Errorf("with other options: %v, want exit code 4", err)
	}
	for _, want := range []string{
		`--compression was "" and is "zstd"`, `the time of scoring was "2026-01-31T00:00:00Z" and is "2026-02-01T00:00:00Z"`, "without --resume",
	} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("stderr %q, want %q in it", stderr, want)
		}
	}
	cmd, stderr = f.resumed(t, "table", "bad")
	if err := cmd.Wait(); err != nil || !strings.Contains(stderr.String(), "went on with an earlier attempt") {
		t.Errorf("the same again: %v: %s", err, stderr)
	}
	if names, _ := filepath.Glob(f.path("*/_temporary")); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
}
