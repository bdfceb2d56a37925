package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine/enginetest"
	"leapscore/engine/store"
	"leapscore/internal/testseed"
	"leapscore/sinks"
)

// fixture is a folder with models and rows for runs as processes of their own.
type fixture struct{ dir string }

func newFixture(t *testing.T, rows int) fixture {
	t.Helper()
	f := fixture{t.TempDir()}
	if err := makeData(f.dir, nil); err != nil {
		t.Fatal(err)
	}
	if err := enginetest.WriteParquet(f.path("homes.parquet"), enginetest.Homes(1, rows, 0), 10_000); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f fixture) path(name string) string { return filepath.Join(f.dir, name) }

// start starts leapscore in the fixture's folder.
func (f fixture) start(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	cmd := exec.Command("leapscore", args...)
	cmd.Dir = f.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, &stderr
}

// entries lists what is in the fixture's folder and below.
func (f fixture) entries(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(f.dir, func(path string, _ fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a run is at it
		}
		rel, _ := filepath.Rel(f.dir, path)
		found = append(found, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// await waits for something below the fixture's folder whose name matches, or
// for the process to end.
func (f fixture) await(t *testing.T, pattern string, ended chan error) {
	t.Helper()
	for {
		select {
		case err := <-ended:
			ended <- err
			return
		default:
		}
		if slices.ContainsFunc(f.entries(t), func(name string) bool { ok, _ := path.Match(pattern, name); return ok }) {
			return
		}
	}
}

// whole checks that the table is what its manifest says, and returns a digest
// of its rows.
func (f fixture) whole(t *testing.T, table string) string {
	t.Helper()
	st, name, err := store.Open(t.Context(), f.path(table))
	if err != nil {
		t.Fatal(err)
	}
	m, err := sinks.ReadManifest(t.Context(), st, name)
	if err != nil {
		t.Fatalf("manifest: %v", err)
	}
	var listed, there []string
	for _, file := range m.Files {
		listed = append(listed, file.Name)
		data, err := os.ReadFile(f.path(table + "/" + file.Name))
		if err != nil {
			t.Fatal(err)
		}
		if sum := fmt.Sprintf("%x", sha256.Sum256(data)); sum != file.SHA256 {
			t.Errorf("%s has hash %s, want %s", file.Name, sum, file.SHA256)
		}
	}
	visible, _ := filepath.Glob(f.path(table + "/[^_.]*"))
	for _, v := range visible {
		there = append(there, filepath.Base(v))
	}
	slices.Sort(listed)
	if diff := cmp.Diff(listed, there); diff != "" {
		t.Errorf("files (-manifest +folder):\n%s", diff)
	}
	text, err := tableText([]string{f.path(table)})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d rows, %x", strings.Count(text, "\n")-1, sha256.Sum256([]byte(text)))
}

// Killed at any moment, a run leaves the table that was there or the new one;
// the next run clears what it left behind.
func TestAKilledRunLeavesTheOldTableOrTheNewOne(t *testing.T) {
	f := newFixture(t, 60_000)
	args := func(model string) []string {
		return []string{"score", "--model", model, "--input", "homes.parquet", "--output", "table", "--mode", "overwrite", "--quiet"}
	}
	digest := map[string]string{}
	var took time.Duration
	for _, model := range []string{"rf.zip", "lr.zip"} {
		start := time.Now()
		cmd, stderr := f.start(t, args(model)...)
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%v: %s", err, stderr)
		}
		took = time.Since(start)
		digest[model] = f.whole(t, "table")
	}
	clean := f.entries(t)

	// Half of the moments are anywhere in the run, half as it begins to write,
	// to publish and to clean up.
	r := testseed.OfClock(t)
	signs := []string{"table/_temporary/*", "table/_temporary/*/_SUCCESS", ".table.leapscore-*"}
	before, killed := "lr.zip", 0
	for i := range 20 {
		next := map[string]string{"lr.zip": "rf.zip", "rf.zip": "lr.zip"}[before]
		cmd, _ := f.start(t, args(next)...)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		var moment string
		if i%2 == 0 {
			pause := time.Duration(r.Int64N(int64(took)))
			moment = fmt.Sprintf("after %v of about %v", pause, took)
			select {
			case <-time.After(pause):
			case err := <-ended:
				ended <- err
			}
		} else {
			pause := time.Duration(r.Int64N(int64(3 * time.Millisecond)))
			moment = fmt.Sprintf("%v after a sight of %s", pause, signs[i/2%3])
			f.await(t, signs[i/2%3], ended)
			time.Sleep(pause)
		}
		if cmd.Process.Kill() == nil {
			killed++
		}
		<-ended
		switch got := f.whole(t, "table"); got {
		case digest[next]:
			before = next
		case digest[before]:
		default:
			t.Errorf("killed %s: table of %s, want %s (old) or %s (new)", moment, got, digest[before], digest[next])
		}
	}
	if killed == 0 {
		t.Error("no run was killed")
	}
	cmd, stderr := f.start(t, args("lr.zip")...)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	if got := f.whole(t, "table"); got != digest["lr.zip"] {
		t.Errorf("table of %s, want %s", got, digest["lr.zip"])
	}
	unnamed := func(names []string) []string { // parts and records are named after their run
		var out []string
		for _, n := range names {
			if strings.HasPrefix(n, "table/_leapscore/") {
				continue // one of each run that was committed
			}
			if strings.HasPrefix(n, "table/part-") {
				n = "table/part"
			}
			out = append(out, n)
		}
		return out
	}
	if diff := cmp.Diff(unnamed(clean), unnamed(f.entries(t))); diff != "" {
		t.Errorf("left behind (-clean +now):\n%s", diff)
	}
}

// A signal ends a run, whatever it is at, and nothing of it is left.
func TestSignalsEndTheRunAndLeaveNothing(t *testing.T) {
	notIgnored := make(chan os.Signal, 1) // by the processes that are started, as it is below nohup
	signal.Notify(notIgnored, syscall.SIGHUP)
	defer signal.Stop(notIgnored)
	f := newFixture(t, 200_000)
	sources := map[string][]string{
		"files":                  {"--input", "homes.parquet", "--batch-rows", "1"},
		"query":                  {"--sql", "SELECT 'Rome' AS city, 'flat' AS kind, i % 7 AS rooms, 1.5 AS area FROM range(100000000000) t(i)"},
		"query without rows yet": {"--sql", "SELECT 'Rome' AS city, 'flat' AS kind, sum(i) AS rooms, 1.5 AS area FROM range(100000000000) t(i)"},
	}
	for name, source := range sources {
		for sig, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129} {
			t.Run(name+" "+sig.String(), func(t *testing.T) {
				clean := f.entries(t)
				cmd, stderr := f.start(t, append([]string{
					"score", "--model", "lr.zip", "--output", "table", "--on-error", "reject", "--rejects", "bad", "--workers", "2",
				}, source...)...)
				ended := make(chan error, 1)
				go func() { ended <- cmd.Wait() }()
				f.await(t, "bad/_temporary/lock", ended)
				time.Sleep(20 * time.Millisecond) // somewhere in the run
				start := time.Now()
				if err := cmd.Process.Signal(sig); err != nil {
					t.Fatal(err)
				}
				time.Sleep(10 * time.Millisecond)
				_ = cmd.Process.Signal(sig) // for the same wish, to the group, unless it has ended
				select {
				case err := <-ended:
					exit := (*exec.ExitError)(nil)
					if !errors.As(err, &exit) || exit.ExitCode() != code {
						t.Errorf("%v, want exit code %d; stderr: %s", err, code, stderr)
					}
				case <-time.After(30 * time.Second):
					t.Fatal("still running 30 seconds after the signal")
				}
				t.Logf("ended %v after the signal", time.Since(start))
				if want := sig.String() + ": stopped, nothing published"; !strings.Contains(stderr.String(), want) {
					t.Errorf("stderr %q, want %q in it", stderr, want)
				}
				if diff := cmp.Diff(clean, f.entries(t)); diff != "" {
					t.Errorf("left behind (-before +after):\n%s", diff)
				}
			})
		}
	}
}

// A run below nohup goes on when its terminal is closed.
func TestAnIgnoredHangupIsNone(t *testing.T) {
	f := newFixture(t, 10)
	cmd := exec.Command("sh", append([]string{"-c", `trap "" HUP; exec leapscore "$@"`, "sh"}, endless...)...)
	cmd.Dir = f.dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	f.await(t, "t/_temporary/lock", ended)
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM} {
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
	}
	err := <-ended
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 143 {
		t.Errorf("%v, want exit code 143, of the signal that was not ignored", err)
	}
}

// A run that hangs where it cannot be called off ends all the same.
func TestSignalsEndARunThatHangs(t *testing.T) {
	f := newFixture(t, 10)
	if err := syscall.Mkfifo(f.path("pipe.sql"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv(graceEnv, "1s")
	cmd, stderr := f.start(t, "score", "--model", "lr.zip", "--output", "table", "--sql-file", "pipe.sql")
	// The pipe can be opened like this once someone reads it.
	pipe, err := os.OpenFile(f.path("pipe.sql"), os.O_WRONLY|syscall.O_NONBLOCK, 0)
	for errors.Is(err, syscall.ENXIO) {
		time.Sleep(time.Millisecond)
		pipe, err = os.OpenFile(f.path("pipe.sql"), os.O_WRONLY|syscall.O_NONBLOCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait()
	exit := (*exec.ExitError)(nil)
	if !errors.As(err, &exit) || exit.ExitCode() != 143 {
		t.Errorf("%v, want exit code 143; stderr: %s", err, stderr)
	}
	if !strings.Contains(stderr.String(), "ended by force") {
		t.Errorf("stderr %q does not say that the run was ended by force", stderr)
	}
}
