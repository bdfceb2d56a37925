package engine_test

import (
	"context"
	"errors"
	"testing"

	"leapscore/engine"
	"leapscore/engine/enginetest"
	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
	"leapscore/sinks"
	"leapscore/sources"
)

// faultyRun scores rows into "out" and "bad" of st.
func faultyRun(t *testing.T, plan *engine.Plan, st *store.Store, id string) error {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	opt := sinks.Options{Schema: plan.Schema, RunID: id, Mode: sinks.ModeOverwrite, GroupRows: 100, FileRows: 100}
	out, err := sinks.Create(ctx, st, "out", opt)
	if err != nil {
		return err
	}
	opt.Schema = plan.Rejects
	bad, err := sinks.Create(ctx, st, "bad", opt)
	if err != nil {
		return errors.Join(err, out.Abort(ctx))
	}
	r := &engine.Run{Plan: plan, Table: out, Rejects: bad, Info: sinks.Run{ID: id}}
	_, err = r.Do(ctx)
	return err
}

// Whichever call of the storage fails, or is the last before the process dies,
// a reader finds whole tables, and never rows of a run without its rejects.
func TestWhicheverCallFailsTablesAreWhole(t *testing.T) {
	files := &engine.FileRejects{}
	files.Add(sources.RejectedFile{Name: "a.csv", Err: errors.New("is empty"), Rows: -1})
	job := engine.Job{
		Model: load(t, enginetest.Linear("error")), Source: homes(enginetest.Homes(1, 300, 5), 50, 25), Reject: true, Files: files, Workers: 1,
	}
	plan, err := job.Plan()
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range []storetest.Fault{storetest.Fail, storetest.KillBefore, storetest.KillAfter, storetest.KillHalf} {
		for k := 1; ; k++ {
			mem := &store.Mem{}
			if err := faultyRun(t, plan, store.New(mem), "old"); err != nil {
				t.Fatal(err)
			}
			faults := storetest.Inject(mem, storetest.At(k, fault))
			failed := faultyRun(t, plan, store.New(faults), "new")
			if calls, _ := faults.Calls(); calls < k {
				if failed != nil {
					t.Errorf("without a fault: %v", failed)
				}
				break // every call had its turn
			}
			mem = mem.Crash()
			st := store.New(mem)
			out, bad := lastRun(t, st, "out"), lastRun(t, st, "bad")
			switch {
			case out == "" || bad == "":
				t.Errorf("fault %d at call %d: tables of runs %q and %q", fault, k, out, bad)
			case out == "new" && bad == "old":
				t.Errorf("fault %d at call %d: rows were published without their rejects", fault, k)
			case failed == nil && out != "new":
				t.Errorf("fault %d at call %d: no error, and the old table", fault, k)
			}
			if err := faultyRun(t, plan, st, "next"); err != nil {
				t.Errorf("fault %d at call %d: the next run: %v", fault, k, err)
			}
		}
	}
}

// lastRun returns the run that wrote a table, after a look at its files.
func lastRun(t *testing.T, st *store.Store, name string) string {
	t.Helper()
	m, err := sinks.ReadManifest(t.Context(), st, name)
	if err != nil {
		t.Error(err)
		return ""
	}
	for _, f := range m.Files {
		o, err := st.Stat(t.Context(), name+"/"+f.Name)
		if err != nil || o.Size != f.Bytes {
			t.Errorf("%s of run %s: %v, %d bytes, want %d", f.Name, m.RunID, err, o.Size, f.Bytes)
		}
	}
	return m.RunID
}
