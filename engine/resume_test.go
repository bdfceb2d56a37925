package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine"
	"leapscore/engine/enginetest"
	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
	"leapscore/engine/summary"
	"leapscore/runs"
	"leapscore/sinks"
)

// resumedRun scores rows into "out" and "bad" of st, as an attempt that goes on
// with earlier ones.
func resumedRun(t *testing.T, plan *engine.Plan, st *store.Store) (*runs.Record, error) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	record := func() *runs.Record { return &runs.Record{Format: runs.FormatV1, RunID: "r"} }
	opt := sinks.Options{
		Schema: plan.Schema, RunID: "r", Mode: sinks.ModeError, GroupRows: 40, FileRows: 60, Plan: record(), Resume: true,
	}
	out, err := sinks.Create(ctx, st, "out", opt)
	if err != nil {
		return nil, err
	}
	opt.Schema, opt.Plan, opt.Resume, opt.Once = plan.Rejects, nil, false, true
	bad, err := sinks.Create(ctx, st, "bad", opt)
	if errors.Is(err, sinks.ErrRunDone) {
		bad, err = sinks.Published(ctx, st, "bad", "r")
	}
	if err != nil {
		return nil, errors.Join(err, out.(sinks.Resumable).Suspend(ctx))
	}
	r := &engine.Run{Plan: plan, Table: out, Rejects: bad, Info: sinks.Run{ID: "r", Record: record()}, Suspend: true}
	r.Summary = summary.New(plan.Schema, plan.Made(), plan.Made())
	if _, err = r.Do(ctx); err != nil {
		return nil, err
	}
	data, err := json.Marshal(r.Summary.Summary())
	r.Info.Record.Resumed = r.Findings().Resumed
	r.Info.Record.Error = string(data) // somewhere, to be compared
	return r.Info.Record, err
}

func resumedPlan(t *testing.T) *engine.Plan {
	t.Helper()
	job := engine.Job{
		Model: load(t, enginetest.Linear("error")), Source: homes(enginetest.Homes(2, 350, 5), 60, 25), Reject: true, Workers: 2, BatchRows: 30,
		Keep: []string{"all"}, Outputs: []string{"all"},
	}
	plan, err := job.Plan()
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// Whenever a run dies, and however often, the attempt that gets through leaves
// the files of both tables that an undisturbed run leaves, and knows the same of
// them.
func TestResumedRunsGiveTheBytesAndCountsOfUndisturbedOnes(t *testing.T) {
	plan := resumedPlan(t)
	whole := disk{&store.Mem{}}
	wantRecord, err := resumedRun(t, plan, whole.store())
	if err != nil {
		t.Fatal(err)
	}
	want := whole.data(t)
	saved := 0
	for _, fault := range []storetest.Fault{storetest.Fail, storetest.KillBefore, storetest.KillAfter, storetest.KillHalf} {
		for k := 1; ; k++ {
			mem := &store.Mem{}
			faults := storetest.Inject(mem, storetest.At(k, fault))
			_, failed := resumedRun(t, plan, store.New(faults))
			calls, log := faults.Calls()
			mem = mem.Crash()
			record, err := resumedRun(t, plan, store.New(mem))
			if err != nil && !errors.Is(err, sinks.ErrRunDone) {
				t.Fatalf("fault %d at call %d: %v, then %v, after %q", fault, k, failed, err, log[max(0, len(log)-3):])
			}
			if diff := cmp.Diff(want, (disk{mem}).data(t)); diff != "" {
				t.Fatalf("fault %d at call %d, after %q (-undisturbed +resumed):\n%s", fault, k, log[max(0, len(log)-3):], diff)
			}
			if err == nil {
				if record.Resumed != nil {
					saved = max(saved, record.Resumed.Files)
				}
				sameRecord(t, wantRecord, record)
			}
			if calls < k {
				break
			}
		}
	}
	if saved < 3 {
		t.Errorf("at most %d files were taken over", saved)
	}
}

// sameRecord compares what two attempts of a run know of it.
func sameRecord(t *testing.T, want, got *runs.Record) {
	t.Helper()
	known := func(r *runs.Record) runs.Record {
		return runs.Record{Counts: r.Counts, Output: r.Output, Rejects: r.Rejects, Error: r.Error}
	}
	if diff := cmp.Diff(known(want), known(got)); diff != "" {
		t.Fatalf("record (-undisturbed +resumed):\n%s", diff)
	}
}

// data returns the data files of all tables.
func (d disk) data(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name, data := range d.files(t) {
		if strings.HasSuffix(name, ".parquet") && !strings.Contains(name, "_temporary") {
			found[name] = data
		}
	}
	return found
}

// When rows are to blame, a later attempt would fail in the same way: nothing is
// kept.
func TestRunsThatRowsEndAreNotSuspended(t *testing.T) {
	plan := resumedPlan(t)
	plan.Job.MaxErrors = engine.MaxErrors{Percent: 0.1, IsPercent: true, Set: true}
	mem := &store.Mem{}
	_, err := resumedRun(t, plan, store.New(mem))
	var budget *engine.BudgetError
	if !errors.As(err, &budget) {
		t.Fatalf("%v, want a BudgetError", err)
	}
	if left := mem.Names(); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// misremembered is a table that took over another number of parts than the counts
// are of, or whose counts cannot be read.
type misremembered struct {
	sinks.Resumable
	state string
}

func (m misremembered) Resumed() (int, []byte, runs.Resumed) {
	return 3, []byte(m.state), runs.Resumed{Files: 1, Rows: 60}
}

// Rows of an earlier attempt are in a table only with their counts.
func TestARunWithoutTheCountsOfItsEarlierAttemptFails(t *testing.T) {
	for state, want := range map[string]string{"": "resume: ", "{}": "counts of 0 splits, want 3"} {
		plan, st := resumedPlan(t), store.New(&store.Mem{})
		plan.Job.Reject = false
		out, err := sinks.Create(t.Context(), st, "out", sinks.Options{
			Schema: plan.Schema, RunID: "r", FileRows: 60, Plan: &runs.Record{Format: runs.FormatV1, RunID: "r"}, Resume: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		r := &engine.Run{Plan: plan, Table: misremembered{out.(sinks.Resumable), state}, Info: sinks.Run{ID: "r"}}
		if _, err := r.Do(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("counts %q: %v, want %q", state, err, want)
		}
		if _, err := sinks.ReadManifest(t.Context(), st, "out"); err == nil {
			t.Errorf("counts %q: a table was published", state)
		}
	}
}
