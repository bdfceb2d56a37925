package sinks_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// scenario is a run over a table that is there or not.
type scenario struct{ sinktest.Scenario }

var scenarios = map[string]scenario{
	"fresh":     {sinktest.Scenario{Old: nil, New: sinktest.SmallJob("new", sinks.ModeError)}},
	"overwrite": {sinktest.Scenario{Old: ptr(sinktest.SmallJob("old", sinks.ModeError)), New: sinktest.SmallJob("new", sinks.ModeOverwrite)}},
	"append":    {sinktest.Scenario{Old: ptr(sinktest.SmallJob("old", sinks.ModeError)), New: sinktest.SmallJob("new", sinks.ModeAppend)}},

	"partitioned":          {sinktest.Scenario{Old: ptr(smallParts("old", sinks.ModeError)), New: smallParts("new", sinks.ModeOverwrite)}},
	"overwrite-partitions": {sinktest.Scenario{Old: ptr(smallParts("old", sinks.ModeError)), New: smallParts("new", sinks.ModeOverwritePartitions)}},
}

// smallParts is a job of three partitions with a file each.
func smallParts(run string, mode sinks.Mode) sinktest.Job {
	j := sinktest.SmallJob(run, mode).Partitioned(3)
	j.Parts = []int{60}
	return j
}

func ptr[T any](v T) *T { return &v }

// start returns a disk with the old table, and a file beside it that is no
// business of the sink.
func (s scenario) start(t *testing.T, disk func() *store.Mem) *store.Mem {
	t.Helper()
	mem := disk()
	st := store.New(mem)
	if s.Old != nil {
		mustRun(t, st, "dir/preds", *s.Old)
		if err := st.WriteFile(t.Context(), "dir/preds/_leapscore/old.json", []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.WriteFile(t.Context(), "dir/.preds2/x", []byte("x")); err != nil {
		t.Fatal(err)
	}
	return mem
}

// runs returns whose rows a reader finds on the disk.
func (s scenario) runs(t *testing.T, mem *store.Mem) ([]string, error) {
	t.Helper()
	rows, err := sinktest.ReadTable(t.Context(), store.New(mem), "dir/preds")
	if err != nil {
		t.Fatal(err)
	}
	return sinktest.Whole(rows, s.Jobs()...)
}

// clean checks that nothing is on the disk but the table and what was there.
func clean(t *testing.T, mem *store.Mem) {
	t.Helper()
	for _, name := range mem.Names() {
		rel, ok := strings.CutPrefix(name, "dir/preds/")
		switch {
		case ok && (rel == "_SUCCESS" || rel == "_leapscore/old.json" || strings.HasPrefix(rel, "part-") || strings.HasPrefix(rel, "p q=")):
		case name == "dir/.preds2/x":
		default:
			t.Errorf("%s was left behind", name)
		}
	}
}

// forEachFault runs fn for every scenario, way of publishing and store call.
func forEachFault(t *testing.T, fault storetest.Fault, fn func(t *testing.T, s scenario, disk string, k int, mem *store.Mem, x *storetest.Faults) (done bool)) {
	for name, s := range scenarios {
		for _, d := range disks {
			t.Run(name+"/"+d.name, func(t *testing.T) {
				for k := 1; ; k++ {
					mem := s.start(t, d.disk)
					x := storetest.Inject(mem, storetest.At(k, fault))
					done := fn(t, s, d.name, k, mem, x)
					if t.Failed() {
						_, log := x.Calls()
						t.Fatalf("call %d of\n%s", k, strings.Join(log, "\n"))
					}
					if done {
						if k < 20 {
							t.Fatalf("a run of only %d calls", k)
						}
						return
					}
				}
			})
		}
	}
}

// A run whose k-th store call fails is without effect, or is committed and says
// so. Either way it leaves nothing behind that the next run does not clear.
func TestEveryStoreCallCanFail(t *testing.T) {
	forEachFault(t, storetest.Fail, func(t *testing.T, s scenario, _ string, k int, mem *store.Mem, x *storetest.Faults) bool {
		m, err := s.New.Run(t.Context(), folder(store.New(x), "dir/preds").Create)
		calls, _ := x.Calls()
		if err != nil && !errors.Is(err, storetest.ErrInjected) {
			t.Errorf("%v, want the injected fault", err)
		}
		want := s.Before()
		if err == nil {
			want = s.After()
			if m.RowsOut != s.New.Rows() {
				t.Errorf("%d rows, want %d", m.RowsOut, s.New.Rows())
			}
		}
		got, err := s.runs(t, mem)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("the table holds %q, %v; want %q", got, err, want)
		}
		nextRun(t, s, mem.Crash(), want) // in another process: a lock that was not given back is free
		return calls < k
	})
}

// A failure of any call of Abort leaves the old table, and the rest to the next
// run.
func TestEveryCallOfAbortCanFail(t *testing.T) {
	for name, s := range scenarios {
		for _, d := range disks {
			t.Run(name+"/"+d.name, func(t *testing.T) {
				for k, failed := 1, true; failed; k++ {
					mem := s.start(t, d.disk)
					aborting, n := false, 0
					x := storetest.Inject(mem, func(int, string) storetest.Fault {
						if aborting {
							n++
						}
						if n == k && aborting {
							return storetest.Fail
						}
						return storetest.Pass
					})
					table, err := folder(store.New(x), "dir/preds").Create(t.Context(), s.New.Options)
					if err != nil {
						t.Fatal(err)
					}
					if err := s.New.Write(t.Context(), table); err != nil {
						t.Fatal(err)
					}
					aborting = true
					err = table.Abort(t.Context())
					failed = n >= k
					if !failed && err != nil {
						t.Errorf("abort: %v", err)
					}
					if got, err := s.runs(t, mem); err != nil || !slices.Equal(got, s.Before()) {
						t.Errorf("call %d: the table holds %q, %v; want %q", k, got, err, s.Before())
					}
					nextRun(t, s, mem.Crash(), s.Before())
				}
			})
		}
	}
}

// A process that dies before, in or after its k-th store call leaves the old
// table or the new one to readers, and the next run clears up.
func TestTheProcessCanDieAtEveryStoreCall(t *testing.T) {
	for name, fault := range map[string]storetest.Fault{
		"before": storetest.KillBefore, "after": storetest.KillAfter, "half": storetest.KillHalf,
	} {
		t.Run(name, func(t *testing.T) {
			forEachFault(t, fault, func(t *testing.T, s scenario, disk string, k int, mem *store.Mem, x *storetest.Faults) bool {
				_, err := s.New.Run(t.Context(), folder(store.New(x), "dir/preds").Create)
				calls, _ := x.Calls()
				if err == nil && calls >= k && fault != storetest.KillAfter {
					// The commit was through when the process died while clearing up.
					if got, err := s.runs(t, mem); err != nil || !slices.Equal(got, s.After()) {
						t.Errorf("after a commit the table holds %q, %v", got, err)
					}
				}
				left := mem.Crash()
				settled := afterCrash(t, s, disk, left)
				nextRun(t, s, left, settled)
				return calls < k
			})
		})
	}
}

// afterCrash checks what a reader finds before any next run, and returns what
// the table must be after it, or nil if that is not settled.
func afterCrash(t *testing.T, s scenario, disk string, mem *store.Mem) []string {
	t.Helper()
	got, err := s.runs(t, mem)
	switch {
	case err == nil && (slices.Equal(got, s.Before()) || slices.Equal(got, s.After())):
		if disk == "exchange" || len(got) > 0 && !movesFiles(disk) {
			return got
		}
	case disk == "two renames" && err == nil && len(got) == 0:
		// Between the renames.
	case movesFiles(disk):
		inPlace(t, s, mem)
	default:
		t.Errorf("after the crash the table holds %q, %v", got, err)
	}
	return nil
}

// movesFiles reports whether tables can be published file by file on the disk.
func movesFiles(disk string) bool {
	return disk == "in place" || disk == "no links" || disk == "not ours"
}

// inPlace checks what holds of a table that is published file by file: a reader
// never finds rows of an old and a new table together that do not belong
// together, and no _SUCCESS while files are missing.
func inPlace(t *testing.T, s scenario, mem *store.Mem) {
	t.Helper()
	st := store.New(mem)
	rows, err := sinktest.ReadTable(t.Context(), st, "dir/preds")
	if err != nil {
		t.Fatal(err)
	}
	old, fresh := false, false
	for _, r := range rows {
		old, fresh = old || r.Run == "old", fresh || r.Run == "new"
	}
	if old && fresh && s.New.Options.Mode == sinks.ModeOverwrite {
		t.Error("rows of the old and of the new table")
	}
	if ok, err := st.Exists(t.Context(), "dir/preds/_SUCCESS"); ok || err != nil {
		t.Errorf("_SUCCESS in a table that is not whole: %v, %v", ok, err)
	}
}

// wantManifest checks that the manifest is that of the last of runs.
func wantManifest(t *testing.T, s scenario, st *store.Store, runs []string) {
	t.Helper()
	m, err := sinks.ReadManifest(t.Context(), st, "dir/preds")
	switch {
	case len(runs) == 0:
		if !errors.Is(err, store.ErrNotExist) {
			t.Errorf("manifest without a table: %+v, %v", m, err)
		}
	case err != nil:
		t.Error(err)
	case slices.Contains(runs, "new") != (m.RunID == "new"):
		t.Errorf("the manifest is of run %s, the table holds %q", m.RunID, runs)
	}
}

// nextRun starts a run and gives it up, after which the table is whole and
// nothing else is left, and then lets one overwrite the table.
func nextRun(t *testing.T, s scenario, mem *store.Mem, want []string) {
	t.Helper()
	st := store.New(mem)
	create := folder(st, "dir/preds").Create
	third := sinktest.SmallJob("third", sinks.ModeOverwrite)
	table, err := create(t.Context(), third.Options)
	if err != nil {
		t.Errorf("next run: %v", err)
		return
	}
	if err := table.Abort(t.Context()); err != nil {
		t.Errorf("next run: %v", err)
	}
	got, err := s.runs(t, mem)
	if err != nil || !slices.Equal(got, s.Before()) && !slices.Equal(got, s.After()) || want != nil && !slices.Equal(got, want) {
		t.Errorf("after the next run the table holds %q, %v; want %q or %q, settled %q", got, err, s.Before(), s.After(), want)
	}
	clean(t, mem)
	wantManifest(t, s, st, got)
	if s.Old != nil && !slices.Contains(mem.Names(), "dir/preds/_leapscore/old.json") {
		t.Error("a file of others is gone")
	}
	if _, err := third.Run(t.Context(), create); err != nil {
		t.Errorf("overwrite afterwards: %v", err)
	}
	rows, err := sinktest.ReadTable(t.Context(), st, "dir/preds")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := sinktest.Whole(rows, third); err != nil || fmt.Sprint(got) != "[third]" {
		t.Errorf("after an overwrite the table holds %q, %v", got, err)
	}
	clean(t, mem)
}

// A table that is swapped by two renames is not there in between. A run that
// comes just then must not take the place.
func TestARunBetweenTwoRenamesGivesWay(t *testing.T) {
	mem := &store.Mem{NoExchange: true}
	st := store.New(mem)
	old, fresh := sinktest.SmallJob("old", sinks.ModeError), sinktest.SmallJob("new", sinks.ModeOverwrite)
	mustRun(t, st, "dir/preds", old)
	renames, tried := 0, false
	var other error
	x := storetest.Inject(mem, func(_ int, what string) storetest.Fault {
		if what == "rename" {
			renames++
		}
		if renames == 3 && !tried { // staged, away, and now to its place
			tried = true
			_, other = sinktest.SmallJob("other", sinks.ModeError).Run(context.Background(), folder(st, "dir/preds").Create)
		}
		return storetest.Pass
	})
	if _, err := fresh.Run(t.Context(), folder(store.New(x), "dir/preds").Create); err != nil {
		t.Fatal(err)
	}
	var busy *sinks.BusyError
	if !tried || !errors.As(other, &busy) {
		t.Errorf("the other run: %v, want a BusyError", other)
	}
	rows, err := sinktest.ReadTable(t.Context(), st, "dir/preds")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := sinktest.Whole(rows, old, fresh); err != nil || fmt.Sprint(got) != "[new]" {
		t.Errorf("the table holds %q, %v", got, err)
	}
}

// The same, but the other run looked before the first rename and locks after it.
func TestARunThatLooksBeforeTwoRenamesGivesWay(t *testing.T) {
	mem := &store.Mem{NoExchange: true}
	st := store.New(mem)
	old, fresh := sinktest.SmallJob("old", sinks.ModeError), sinktest.SmallJob("new", sinks.ModeOverwrite)
	mustRun(t, st, "dir/preds", old)

	var between, looked, gone sync.Once
	isBetween, hasLooked, isGone := make(chan struct{}), make(chan struct{}), make(chan struct{})
	other := storetest.Inject(mem, func(_ int, what string) storetest.Fault {
		if what == "lock" {
			looked.Do(func() { close(hasLooked) })
			<-isBetween
		}
		return storetest.Pass
	})
	var otherErr error
	go func() {
		defer gone.Do(func() { close(isGone) })
		_, otherErr = sinktest.SmallJob("other", sinks.ModeOverwrite).Run(context.Background(), folder(store.New(other), "dir/preds").Create)
	}()
	<-hasLooked
	renames := 0
	first := storetest.Inject(mem, func(_ int, what string) storetest.Fault {
		if what == "rename" {
			renames++
		}
		if renames == 3 { // staged, away, and now to its place
			between.Do(func() { close(isBetween) })
			<-isGone
		}
		return storetest.Pass
	})
	if _, err := fresh.Run(t.Context(), folder(store.New(first), "dir/preds").Create); err != nil {
		t.Fatal(err)
	}
	var busy *sinks.BusyError
	if !errors.As(otherErr, &busy) {
		t.Errorf("the other run: %v, want a BusyError", otherErr)
	}
	rows, err := sinktest.ReadTable(t.Context(), st, "dir/preds")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := sinktest.Whole(rows, old, fresh); err != nil || fmt.Sprint(got) != "[new]" {
		t.Errorf("the table holds %q, %v", got, err)
	}
}

// The next run must not touch what a live run has staged.
func TestALiveRunIsNotSwept(t *testing.T) {
	st, dir := tempStore(t)
	first := sinktest.SmallJob("first", sinks.ModeOverwrite)
	table, err := folder(st, dir+"/preds").Create(t.Context(), first.Options)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Write(t.Context(), table); err != nil {
		t.Fatal(err)
	}
	if _, err := sinktest.SmallJob("second", sinks.ModeOverwrite).Run(t.Context(), folder(st, dir+"/preds").Create); err == nil {
		t.Error("a second run got the table")
	}
	if _, err := table.Commit(t.Context(), sinks.Run{}); err != nil {
		t.Fatal(err)
	}
	rows, err := sinktest.ReadTable(t.Context(), st, dir+"/preds")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := sinktest.Whole(rows, first); err != nil || fmt.Sprint(got) != "[first]" {
		t.Errorf("the table holds %q, %v", got, err)
	}
}
