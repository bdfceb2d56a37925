package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// deltaRows returns how many rows each run has added to a Delta table.
func (f fixture) deltaRows(t *testing.T, table string) map[string]int {
	t.Helper()
	rows := map[string]int{}
	for v := 0; ; v++ {
		data, err := os.ReadFile(f.path(fmt.Sprintf("%s/_delta_log/%020d.json", table, v)))
		if os.IsNotExist(err) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		run := ""
		for line := range strings.Lines(string(data)) {
			var a struct {
				CommitInfo map[string]any
				Add        *struct{ Path, Stats string }
			}
			if err := json.Unmarshal([]byte(line), &a); err != nil {
				t.Fatalf("version %d: %v", v, err)
			}
			if a.CommitInfo != nil {
				run, _ = a.CommitInfo["leapscore.run_id"].(string)
			}
			if a.Add != nil {
				var stats struct{ NumRecords int }
				if err := json.Unmarshal([]byte(a.Add.Stats), &stats); err != nil {
					t.Fatal(err)
				}
				if _, err := os.Stat(f.path(table + "/" + a.Add.Path)); err != nil {
					t.Error(err)
				}
				rows[run] += stats.NumRecords
			}
		}
	}
}

// icebergRows returns how many rows each run has added to an Iceberg table in
// Hadoop style.
func (f fixture) icebergRows(t *testing.T, table string) map[string]int {
	t.Helper()
	rows := map[string]int{}
	versions, err := filepath.Glob(f.path(table + "/metadata/v*.metadata.json"))
	if err != nil || len(versions) == 0 {
		return rows
	}
	data, err := os.ReadFile(f.path(fmt.Sprintf("%s/metadata/v%d.metadata.json", table, len(versions))))
	if err != nil {
		t.Fatal(err)
	}
	var md struct {
		Snapshots []struct{ Summary map[string]string }
	}
	if err := json.Unmarshal(data, &md); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, s := range md.Snapshots {
		n, err := strconv.Atoi(s.Summary["added-records"])
		if err != nil {
			t.Fatal(err)
		}
		rows[s.Summary["leapscore.run-id"]] += n
		total += n
		if got := s.Summary["total-records"]; got != strconv.Itoa(total) {
			t.Errorf("%s rows in all, want %d", got, total)
		}
	}
	return rows
}

// Runs that are killed at any moment and run again, and pairs that run at the same
// time, have their rows in the table once, and nobody's are lost.
func TestKilledAndConcurrentRunsIntoLakeTablesLandOnce(t *testing.T) {
	const size = 20_000
	f := newFixture(t, size)
	count := map[string]func(*testing.T, string) map[string]int{"delta": f.deltaRows, "iceberg": f.icebergRows}
	for format, rows := range count {
		t.Run(format, func(t *testing.T) {
			args := func(run string) []string {
				return []string{"score", "--model", "lr.zip", "--input", "homes.parquet", "--output", format, "--table-format", format,
					"--mode", "append", "--run-id", run, "--quiet"}
			}
			mustEnd := func(run string) {
				cmd, stderr := f.start(t, args(run)...)
				if err := cmd.Wait(); err != nil {
					t.Errorf("%s: %v: %s", run, err, stderr)
				}
			}
			begin := time.Now()
			mustEnd("run0")
			took := time.Since(begin)
			want := map[string]int{"run0": size}
			for i := range 8 {
				run := fmt.Sprintf("run%d", i+1)
				cmd, _ := f.start(t, args(run)...)
				time.Sleep(rand.N(took))
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
				if got := rows(t, format); len(got) != len(want) && (len(got) != len(want)+1 || got[run] != size) {
					t.Errorf("killed: the table holds %v, want %v, or %s too", got, want, run)
				}
				mustEnd(run)
				want[run] = size
			}
			var wg sync.WaitGroup
			for _, run := range []string{"a", "b", "c"} {
				want[run] = size
				wg.Go(func() { mustEnd(run) })
			}
			wg.Wait()
			got := rows(t, format)
			for run, n := range want {
				if got[run] != n {
					t.Errorf("%s has %d rows, want %d", run, got[run], n)
				}
			}
			if len(got) != len(want) {
				t.Errorf("runs %v, want %d", got, len(want))
			}
			temps := slices.DeleteFunc(f.entries(t), func(n string) bool { return !strings.Contains(n, ".json.tmp-") })
			if len(temps) > 8 {
				t.Errorf("more temporary files than runs were killed: %q", temps)
			}
		})
	}
}

// The next run into a table with a log removes the files that a killed one has begun.
func TestTheNextRunSweepsWhatAKilledOneLeft(t *testing.T) {
	for _, format := range []string{"delta", "iceberg"} {
		f := newFixture(t, 10)
		args := []string{"score", "--model", "lr.zip", "--output", "t", "--table-format", format, "--mode", "append"}
		cmd, _ := f.start(t, append(args, "--sql", "SELECT 'Rome' AS city, 'flat' AS kind, hash(i) % 7 AS rooms, 1.5 AS area FROM range(100000000000) t(i)")...)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		unfinished := map[string]string{"delta": "t/part-*.tmp-*", "iceberg": "t/data/part-*.tmp-*"}[format]
		f.await(t, unfinished, ended)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-ended
		if left, err := filepath.Glob(f.path(unfinished)); err != nil || len(left) == 0 {
			t.Fatalf("%s: the killed run left %q (%v), want a file", format, left, err)
		}
		if out, err := f.command("leapscore", append(args, "--input", "homes.parquet")...); err != nil {
			t.Fatalf("%s: %v: %s", format, err, out)
		}
		if left, err := filepath.Glob(f.path(unfinished)); err != nil || len(left) > 0 {
			t.Errorf("%s: %q is left (%v)", format, left, err)
		}
	}
}
