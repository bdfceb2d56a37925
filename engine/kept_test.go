package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine"
	"leapscore/engine/enginetest"
	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks"
)

// keptRows runs a job whose gate is shut, and returns the rejected rows that are kept,
// as CSV.
func keptRows(t *testing.T, job engine.Job) (rows int64, text string, found engine.Findings) {
	t.Helper()
	d := disk{&store.Mem{}}
	r := newRun(t, d, job, sinks.ModeError)
	shut := errors.New("shut")
	r.Conclude = func(*engine.Run) (*runs.Record, error) { return nil, shut }
	if _, err := r.do(t, t.Context()); !errors.Is(err, shut) || !r.HasKept() {
		t.Fatalf("error %v, rows are kept: %v", err, r.HasKept())
	}
	st := store.New(d.Mem)
	out, err := sinks.CreateFile(t.Context(), st, "kept.csv", sinks.Options{Schema: r.Plan.Rejects, Format: sinks.FormatCSV, RunID: "kept"})
	if err != nil {
		t.Fatal(err)
	}
	if rows, err = r.WriteKept(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Commit(t.Context(), sinks.Run{ID: "kept"}); err != nil {
		t.Fatal(err)
	}
	data, err := st.ReadFile(t.Context(), "kept.csv")
	if err != nil {
		t.Fatal(err)
	}
	return rows, string(data), r.Findings()
}

func TestTheFirstRejectedRowsOfEachCauseAreKept(t *testing.T) {
	rows := enginetest.Homes(7, 4500, 3)
	job := engine.Job{Model: load(t, enginetest.Linear("error")), Keep: []string{"all"}, Reject: true}
	var want string
	for _, workers := range []int{1, 4} {
		for _, batch := range []int{17, 8192} {
			job.Source, job.Workers, job.BatchRows = homes(rows, 700, 300), workers, batch
			n, got, found := keptRows(t, job)
			if most := min(found.Counts.Rejected, engine.MaxKept); n != most {
				t.Errorf("%d rows kept of %d, want %d", n, found.Counts.Rejected, most)
			}
			var sum int64
			for _, c := range found.Causes {
				sum += c.Rows
			}
			if sum != found.Counts.Rejected || len(found.Causes) == 0 || found.Seconds["score"] <= 0 {
				t.Errorf("causes %v of %d rejected rows, seconds %v", found.Causes, found.Counts.Rejected, found.Seconds)
			}
			if lines := strings.Count(got, "\n"); lines != int(n)+1 {
				t.Errorf("%d lines, want %d and the header", lines, n)
			}
			if want == "" {
				want = got
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d workers, batches of %d: (-first +these)\n%s", workers, batch, diff)
			}
		}
	}
}

func TestCausesInWords(t *testing.T) {
	list := runs.SortCauses(map[runs.Cause]int64{
		{Code: "null", Column: "a"}: 3, {Code: "size", Node: "root/x.node"}: 30, {Code: "file"}: 1,
	})
	for most, want := range map[int]string{3: `30 size at x.node, 3 null in "a", 1 file`, 1: "30 size at x.node, and 2 more causes"} {
		if got := runs.DescribeCauses(list, most); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got, want := fmt.Sprint(runs.CountCodes(map[runs.Cause]int64{{Code: "a", Column: "x"}: 1, {Code: "a"}: 2})), "map[a:3]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
