package sinks_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// longJob is a run of many files, whose ends are in and between parts.
func longJob(mode sinks.Mode) sinktest.Job {
	j := sinktest.NewJob("again", mode)
	j.Parts = []int{100, 450, 0, 7, 3, 200, 90, 90, 5, 1}
	j.Options.FileRows = 150
	j.Options.Plan = plan("v1")
	return j
}

func plan(version string) *runs.Record {
	return &runs.Record{Format: runs.FormatV1, RunID: "again", Version: version}
}

// resumedRun writes j as an attempt that goes on with earlier ones. The state
// that it saves is the number of rows in parts; so it is checked that those of
// earlier attempts are of the parts that are left out.
func resumedRun(ctx context.Context, st *store.Store, j sinktest.Job, suspend bool) (m *sinks.Manifest, took runs.Resumed, err error) {
	j.Options.Resume = true
	rows := func(parts int) (n int) {
		for _, p := range j.Parts[:parts] {
			n += p
		}
		return n
	}
	table, err := sinks.Create(ctx, st, "dir/preds", j.Options)
	if err != nil {
		return nil, took, err
	}
	r := table.(sinks.Resumable)
	defer func() {
		end := r.Abort
		if suspend {
			end = r.Suspend
		}
		if err != nil {
			err = errors.Join(err, end(context.WithoutCancel(ctx)))
		}
	}()
	part, state, took := r.Resumed()
	var saved int
	if part > 0 {
		if err := json.Unmarshal(state, &saved); err != nil || saved != rows(part) {
			return nil, took, errors.Join(err, errors.New("another state than was saved"))
		}
	}
	r.OnCheckpoint(func(_ context.Context, part int) ([]byte, error) { return json.Marshal(rows(part)) })
	if err := j.Write(ctx, table); err != nil {
		return nil, took, err
	}
	m, err = table.Commit(ctx, sinks.Run{ID: j.Options.RunID, RowsIn: j.Rows(), Record: plan("v1")})
	return m, took, err
}

// tableBytes returns the files of a table, but for the times in its manifest and
// record.
func tableBytes(t *testing.T, mem *store.Mem) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range mem.Names() {
		data, err := store.New(mem).ReadFile(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if path.Base(name) == sinks.SuccessName || strings.Contains(name, "/manifests/") || strings.HasSuffix(name, "_leapscore/again.json") {
			var x map[string]any
			if err := json.Unmarshal(data, &x); err != nil {
				t.Fatal(err)
			}
			delete(x, "finished")
			delete(x, "attempt")
			if data, err = json.Marshal(x); err != nil {
				t.Fatal(err)
			}
		}
		found[name] = string(data)
	}
	return found
}

// Whatever the call of the storage that a process dies before, in or after, an
// attempt that goes on gives the table that an undisturbed run gives, and leaves
// nothing behind. So does one after many deaths.
func TestARunThatDiesAnywhereEndsInTheSameBytes(t *testing.T) {
	for _, d := range disks {
		for _, mode := range []sinks.Mode{sinks.ModeError, sinks.ModeOverwrite, sinks.ModeAppend} {
			if d.name != "exchange" && d.name != "in place" && mode != sinks.ModeOverwrite {
				continue
			}
			t.Run(d.name+"/"+mode.String(), func(t *testing.T) {
				start := func() *store.Mem {
					mem := d.disk()
					if mode != sinks.ModeError {
						mustRun(t, store.New(mem), "dir/preds", sinktest.SmallJob("old", sinks.ModeError))
					}
					return mem
				}
				undisturbed := start()
				if _, _, err := resumedRun(t.Context(), store.New(undisturbed), longJob(mode), false); err != nil {
					t.Fatal(err)
				}
				want := tableBytes(t, undisturbed)
				for _, fault := range []storetest.Fault{storetest.KillBefore, storetest.KillAfter, storetest.KillHalf} {
					killEverywhere(t, start, mode, fault, want)
				}
			})
		}
	}
}

func killEverywhere(t *testing.T, start func() *store.Mem, mode sinks.Mode, fault storetest.Fault, want map[string]string) {
	t.Helper()
	saved := 0
	for k := 1; ; k++ {
		mem := start()
		x := storetest.Inject(mem, storetest.At(k, fault))
		_, _, err := resumedRun(t.Context(), store.New(x), longJob(mode), false)
		calls, log := x.Calls()
		if err != nil && calls < k {
			t.Fatal(err)
		}
		mem = mem.Crash()
		_, took, err := resumedRun(t.Context(), store.New(mem), longJob(mode), false)
		if errors.Is(err, sinks.ErrRunDone) {
			err = nil
		}
		saved = max(saved, took.Files)
		if err != nil {
			t.Fatalf("fault %d, call %d: %v after\n%s", fault, k, err, strings.Join(log[max(0, len(log)-8):], "\n"))
		}
		checkTable(t, mem, want, fault, k, log)
		if calls < k {
			break
		}
	}
	if saved < 5 {
		t.Errorf("fault %d: at most %d files were taken over", fault, saved)
	}
}

// checkTable compares the table, once what a dead run leaves was cleared.
func checkTable(t *testing.T, mem *store.Mem, want map[string]string, fault storetest.Fault, k int, log []string) {
	t.Helper()
	third := sinktest.SmallJob("third", sinks.ModeOverwrite)
	table, err := sinks.Create(t.Context(), store.New(mem), "dir/preds", third.Options)
	if err != nil {
		t.Fatal(err)
	}
	if err := table.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, tableBytes(t, mem)); diff != "" {
		t.Fatalf("fault %d, call %d (-undisturbed +resumed):\n%s\nafter\n%s", fault, k, diff, strings.Join(log[max(0, len(log)-8):], "\n"))
	}
}

// A run that dies again and again, each time a little later, gets through.
func TestARunThatDiesAgainAndAgainGetsThrough(t *testing.T) {
	undisturbed := &store.Mem{}
	if _, _, err := resumedRun(t.Context(), store.New(undisturbed), longJob(sinks.ModeError), false); err != nil {
		t.Fatal(err)
	}
	mem, attempts := &store.Mem{}, 0
	for steps := 40; ; attempts++ {
		x := storetest.Inject(mem, storetest.At(steps, storetest.KillHalf))
		if _, _, err := resumedRun(t.Context(), store.New(x), longJob(sinks.ModeError), false); err == nil {
			break
		}
		mem = mem.Crash()
		steps += 3
	}
	if attempts < 3 {
		t.Errorf("%d attempts died, want several", attempts)
	}
	// The last may die when all is done but for what it has to remove.
	checkTable(t, mem.Crash(), tableBytes(t, undisturbed), storetest.KillHalf, attempts, nil)
}

// fifthFile is a fault when the fifth file is committed.
func fifthFile(fault storetest.Fault) func(int, string) storetest.Fault {
	n := 0
	return func(_ int, what string) storetest.Fault {
		if what == "commit" {
			n++ // the plan, and by turns files and checkpoints
		}
		if what == "commit" && n == 10 {
			return fault
		}
		return storetest.Pass
	}
}

// died returns storage on which longJob died with four finished files.
func died(t *testing.T) *store.Mem {
	t.Helper()
	mem := &store.Mem{}
	x := storetest.Inject(mem, fifthFile(storetest.KillBefore))
	if _, _, err := resumedRun(t.Context(), store.New(x), longJob(sinks.ModeError), false); err == nil {
		t.Fatal("the run did not die")
	}
	return mem.Crash()
}

func TestAnotherRunSweepsWhatADeadOneLeft(t *testing.T) {
	mem := died(t)
	j := longJob(sinks.ModeError)
	j.Options.Plan = nil
	mustRun(t, store.New(mem), "dir/preds", j)
	for _, name := range mem.Names() {
		if strings.Contains(name, "_temporary") {
			t.Errorf("%s was left behind", name)
		}
	}
}

func TestARunThatIsToDoSomethingElseIsNotResumed(t *testing.T) {
	mem := died(t)
	left := func() []string {
		return slices.DeleteFunc(mem.Names(), func(name string) bool { return path.Base(name) == "lock" })
	}
	before := left()
	j := longJob(sinks.ModeError)
	j.Options.Plan = plan("v2")
	_, _, err := resumedRun(t.Context(), store.New(mem), j, false)
	var differs *sinks.DiffersError
	if !errors.As(err, &differs) || !strings.Contains(err.Error(), `version of leapscore was "v1" and is "v2"`) {
		t.Errorf("%v, want that the version differs", err)
	}
	if diff := cmp.Diff(before, left()); diff != "" {
		t.Errorf("the refused run changed something (-before +after):\n%s", diff)
	}
}

func TestFilesThatHaveChangedAreMadeAgain(t *testing.T) {
	mem := died(t)
	st := store.New(mem)
	var files []string
	for _, name := range mem.Names() {
		if strings.HasSuffix(name, ".parquet") {
			files = append(files, name)
		}
	}
	data, err := st.ReadFile(t.Context(), files[2])
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := st.WriteFile(t.Context(), files[2], data); err != nil {
		t.Fatal(err)
	}
	m, took, err := resumedRun(t.Context(), st, longJob(sinks.ModeError), false)
	if err != nil || took.Files != 2 {
		t.Errorf("%d files were taken over, %v; want the 2 before the one that was changed", took.Files, err)
	}
	undisturbed := &store.Mem{}
	want, _, err := resumedRun(t.Context(), store.New(undisturbed), longJob(sinks.ModeError), false)
	if err != nil || !cmp.Equal(m.Files, want.Files) {
		t.Errorf("%v: files %v, want %v", err, m.Files, want.Files)
	}
}

// A failure need not cost what was finished.
func TestASuspendedRunGoesOn(t *testing.T) {
	mem := &store.Mem{}
	x := storetest.Inject(mem, fifthFile(storetest.Fail))
	if _, _, err := resumedRun(t.Context(), store.New(x), longJob(sinks.ModeError), true); !errors.Is(err, storetest.ErrInjected) {
		t.Fatal(err)
	}
	_, took, err := resumedRun(t.Context(), store.New(mem), longJob(sinks.ModeError), true) // of the same process: the lock is free
	if err != nil || took.Files != 4 {
		t.Errorf("%d files were taken over, %v; want 4", took.Files, err)
	}
}

func TestTheSameRunIsNotCommittedTwice(t *testing.T) {
	for _, mode := range []sinks.Mode{sinks.ModeError, sinks.ModeOverwrite, sinks.ModeAppend} {
		mem := &store.Mem{}
		if _, _, err := resumedRun(t.Context(), store.New(mem), longJob(mode), false); err != nil {
			t.Fatal(err)
		}
		j := longJob(mode)
		if _, err := sinks.Create(t.Context(), store.New(mem), "dir/preds", j.Options); !errors.Is(err, sinks.ErrRunDone) {
			t.Errorf("%v: %v, want ErrRunDone", mode, err)
		}
		j.Options.Plan, j.Options.Once = nil, true
		if _, err := sinks.Create(t.Context(), store.New(mem), "dir/preds", j.Options); !errors.Is(err, sinks.ErrRunDone) {
			t.Errorf("%v, once: %v, want ErrRunDone", mode, err)
		}
	}
}

// The same on a store without folders, where a dead run is not swept at once.
func TestARunThatDiesOnAnObjectStoreEndsInTheSameBytes(t *testing.T) {
	undisturbed := &store.Mem{}
	if _, _, err := resumedRun(t.Context(), store.New(bucket{undisturbed}), longJob(sinks.ModeError), false); err != nil {
		t.Fatal(err)
	}
	want := tableBytes(t, undisturbed)
	for _, fault := range []storetest.Fault{storetest.Fail, storetest.KillBefore, storetest.KillAfter} {
		saved := 0
		for k := 1; ; k++ {
			mem := &store.Mem{}
			x := storetest.Inject(mem, storetest.At(k, fault))
			_, _, failed := resumedRun(t.Context(), store.New(bucket{x}), longJob(sinks.ModeError), true)
			calls, log := x.Calls()
			mem = crashBucket(t, mem)
			_, took, err := resumedRun(t.Context(), store.New(bucket{mem}), longJob(sinks.ModeError), true)
			if err != nil && !errors.Is(err, sinks.ErrRunDone) {
				t.Fatalf("fault %d, call %d: %v, then %v, after %q", fault, k, failed, err, log[max(0, len(log)-3):])
			}
			saved = max(saved, took.Files)
			after, err := sinks.ReadManifest(t.Context(), store.New(bucket{mem}), "dir/preds")
			if err != nil {
				t.Fatal(err)
			}
			got := tableBytes(t, mem)
			for _, f := range after.Files {
				name := "dir/preds/" + f.Name
				if got[name] != want[name] || got[name] == "" {
					t.Fatalf("fault %d, call %d: %s has other bytes, after %q", fault, k, name, log[max(0, len(log)-3):])
				}
			}
			if n := len(after.Files); strings.Count(strings.Join(slices.Sorted(maps.Keys(want)), "\n"), ".parquet") != n {
				t.Fatalf("fault %d, call %d: %d files", fault, k, n)
			}
			if calls < k {
				break
			}
		}
		if saved < 4 {
			t.Errorf("fault %d: at most %d files were taken over", fault, saved)
		}
	}
}
