package sinks_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"leapscore/engine/store"
	"leapscore/internal/testseed"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// killedEnv makes the test binary overwrite the table it names until it is killed.
const killedEnv = "LEAPSCORE_TEST_OVERWRITE"

func TestMain(m *testing.M) {
	if path := os.Getenv(killedEnv); path != "" {
		fmt.Println(overwriteForever(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func killedJob(i int) sinktest.Job {
	j := sinktest.NewJob(fmt.Sprint("run", i), sinks.ModeOverwrite)
	for range 10 {
		j.Parts = append(j.Parts, 120)
	}
	return j
}

func overwriteForever(path string) error {
	ctx := context.Background()
	st, name, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		if _, err := killedJob(i).Run(ctx, folder(st, name).Create); err != nil {
			return err
		}
		fmt.Println("committed", i)
	}
}

// Each round kills a process at a random moment of its overwriting, with no
// chance to clear up, and reads the table as it is left.
func TestKilledOverwritesLeaveAWholeTable(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "preds")
	st, name, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	r := testseed.Rand(t, 1, 9)
	left := 0
	for range 25 {
		first, last := killedRound(t, path, time.Duration(r.Int64N(int64(40*time.Millisecond))))
		rows, err := sinktest.ReadTable(t.Context(), st, name)
		if err != nil {
			t.Fatal(err)
		}
		// A commit is told after it is done, so there may be one more.
		jobs := []sinktest.Job{killedJob(last), killedJob(last + 1)}
		runs, err := sinktest.Whole(rows, jobs...)
		if err != nil || len(runs) != 1 {
			t.Fatalf("killed after run %d to %d: the table holds %q, %v", first, last, runs, err)
		}
		m, err := sinks.ReadManifest(t.Context(), st, name)
		if err != nil || m.RunID != runs[0] {
			t.Fatalf("the manifest is of run %+v, %v; want %s", m, err, runs[0])
		}
		if len(leftovers(t, root)) > 0 {
			left++
		}
	}
	if left == 0 {
		t.Error("no kill left anything behind: they all came between runs")
	}
	if _, err := killedJob(0).Run(t.Context(), folder(st, name).Create); err != nil {
		t.Fatal(err)
	}
	if names := leftovers(t, root); len(names) > 0 {
		t.Errorf("after the next run there are %q", names)
	}
}

// killedRound starts a process, waits for its first commit and the given time,
// and kills it. It returns the first and the last commit.
func killedRound(t *testing.T, path string, wait time.Duration) (first, last int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), killedEnv+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the process ended before its first commit")
	}
	if _, err := fmt.Sscanf(lines.Text(), "committed %d", &first); err != nil {
		t.Fatalf("%q: %v", lines.Text(), err)
	}
	last = first
	time.Sleep(wait)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		if _, err := fmt.Sscanf(lines.Text(), "committed %d", &last); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the process was not killed")
	}
	return first, last
}

// leftovers returns what is in root beside a table.
func leftovers(t *testing.T, root string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		base := filepath.Base(rel)
		if rel == "." || rel == "preds" || filepath.Dir(rel) == "preds" && (base == "_SUCCESS" || strings.HasPrefix(base, "part-")) {
			return err
		}
		names = append(names, rel)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}
