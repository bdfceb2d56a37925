package iceberg

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// bucket is storage without folders.
type bucket struct{ store.Driver }

// destination is an Iceberg table as a destination. catalog is a file of SQLite, or
// empty.
func destination(st *store.Store, path, catalog string) sinktest.Destination {
	more := Options{}
	if catalog != "" {
		more = Options{Catalog: "sqlite:////" + strings.TrimPrefix(catalog, "/"), Table: "db.preds"}
	}
	return sinktest.Destination{
		Create: func(ctx context.Context, opts sinks.Options) (sinks.Table, error) {
			return Create(ctx, st, path, opts, more)
		},
		Read:   func(ctx context.Context) ([]sinktest.Row, error) { return read(ctx, st, path, more) },
		Append: true, Once: true,
	}
}

// attempt is destination with the given attempt in the names of files.
func attempt(st *store.Store, path, catalog, attempt string) sinktest.Destination {
	d := destination(st, path, catalog)
	more := Options{Attempt: attempt}
	if catalog != "" {
		more.Catalog, more.Table = "sqlite:////"+strings.TrimPrefix(catalog, "/"), "db.preds"
	}
	d.Create = func(ctx context.Context, opts sinks.Options) (sinks.Table, error) {
		return Create(ctx, st, path, opts, more)
	}
	return d
}

// read returns the rows of the files of the current snapshot.
func read(ctx context.Context, st *store.Store, path string, more Options) ([]sinktest.Row, error) {
	tbl, err := load(ctx, st, path, more)
	if tbl == nil || err != nil {
		return nil, err
	}
	tasks, err := tbl.Scan().PlanFiles(ctx)
	if err != nil {
		return nil, err
	}
	f, err := filesOf(ctx, st)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range tasks {
		name, err := f.name(t.File.FilePath())
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	slices.Sort(names)
	var rows []sinktest.Row
	for _, name := range names {
		more, err := sinktest.ReadFile(ctx, st, name)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// runs returns the runs whose rows are in the table, whole.
func runs(t *testing.T, d sinktest.Destination, jobs ...sinktest.Job) []string {
	t.Helper()
	rows, err := d.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := sinktest.Whole(rows, jobs...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func small(run string, mode sinks.Mode) sinktest.Job {
	j := sinktest.NewJob(run, mode)
	j.Parts = []int{150, 250}
	j.Options.Mode = mode
	return j
}

func mustRun(t *testing.T, d sinktest.Destination, j sinktest.Job) {
	t.Helper()
	if _, err := j.Run(t.Context(), d.Create); err != nil {
		t.Fatal(err)
	}
}

// Whatever store call fails, or is the last, readers find the old table or the new
// one, a run that failed says so and leaves nothing, and the same run again ends it.
func TestTablesInFoldersHoldOldOrNewWhateverCallFails(t *testing.T) {
	for _, mode := range []sinks.Mode{sinks.ModeError, sinks.ModeAppend, sinks.ModeOverwrite} {
		for _, fault := range []storetest.Fault{storetest.Fail, storetest.KillBefore, storetest.KillAfter, storetest.KillHalf} {
			t.Run(fmt.Sprint(mode, fault), func(t *testing.T) {
				calls := fail(t, mode, fault, 0) // of a run that nothing disturbs
				if calls < 10 {
					t.Fatalf("a run of only %d calls", calls)
				}
				for k := 1; k <= calls; k++ {
					if fail(t, mode, fault, k); t.Failed() {
						t.Fatalf("call %d of %d", k, calls)
					}
				}
			})
		}
	}
}

// fail makes call k of a run fail, or none if k is 0, checks the table, and returns
// the number of calls.
func fail(t *testing.T, mode sinks.Mode, fault storetest.Fault, k int) int {
	t.Helper()
	mem := &store.Mem{}
	old, fresh := small("old", sinks.ModeError), small("new", mode)
	var before []string
	after := []string{"new"}
	if mode != sinks.ModeError {
		mustRun(t, destination(store.New(bucket{mem}), "dir/preds", ""), old)
		before = []string{"old"}
	}
	if mode == sinks.ModeAppend {
		after = []string{"new", "old"}
	}
	there := mem.Names()
	x := storetest.Inject(mem, storetest.At(k, fault))
	_, err := fresh.Run(t.Context(), destination(store.New(bucket{x}), "dir/preds", "").Create)
	calls, _ := x.Calls()
	d := destination(store.New(bucket{mem.Crash()}), "dir/preds", "")
	got := runs(t, d, old, fresh)
	var uncertain *sinks.UncertainError
	want := before
	if err == nil || slices.Equal(got, after) && (fault == storetest.KillAfter || errors.As(err, &uncertain)) {
		want = after
	}
	if !slices.Equal(got, want) {
		t.Errorf("run %v: the table holds %q, want %q", err, got, want)
	}
	if err != nil && fault == storetest.Fail && slices.Equal(got, before) && !errors.As(err, &uncertain) {
		if diff := len(mem.Names()) - len(there); diff > 1 { // what a Delete that failed has left
			t.Errorf("%v: a failed run left %q of %q", err, mem.Names(), there)
		}
	}
	_, err = fresh.Run(t.Context(), d.Create)
	if done := slices.Equal(got, after); done != errors.Is(err, sinks.ErrRunDone) || !done && err != nil {
		t.Errorf("the same run again, when it was done %v: %v", done, err)
	}
	if got := runs(t, d, old, fresh); !slices.Equal(got, after) {
		t.Errorf("after the same run again the table holds %q, want %q", got, after)
	}
	return calls
}

// Runs at the same time all land, each with a snapshot of its own, and leave no
// other files than those of snapshots.
func TestRunsAtTheSameTimeAllLand(t *testing.T) {
	for name, catalog := range map[string]string{"folder": "", "catalog": filepath.Join(t.TempDir(), "c.db")} {
		t.Run(name, func(t *testing.T) {
			mem := &store.Mem{}
			st := store.New(mem)
			d := destination(st, "dir/preds", catalog)
			jobs := []sinktest.Job{small("first", sinks.ModeError)}
			mustRun(t, d, jobs[0])
			var tables []sinks.Table
			for i := range 5 {
				j := small(fmt.Sprintf("more%d", i), sinks.ModeAppend)
				table, err := d.Create(t.Context(), j.Options)
				if err != nil {
					t.Fatal(err)
				}
				if err := j.Write(t.Context(), table); err != nil {
					t.Fatal(err)
				}
				jobs, tables = append(jobs, j), append(tables, table) // all of them know one snapshot
			}
			var wg sync.WaitGroup
			for i, table := range tables {
				wg.Go(func() {
					if _, err := table.Commit(context.Background(), sinks.Run{ID: jobs[i+1].Options.RunID}); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if got := runs(t, d, jobs...); len(got) != len(jobs) {
				t.Errorf("the table holds %q, want all %d", got, len(jobs))
			}
			lists := 0
			for _, n := range mem.Names() {
				if strings.Contains(n, "/snap-") {
					lists++
				}
			}
			if lists != len(jobs) {
				t.Errorf("%d manifest lists, want %d: %q", lists, len(jobs), mem.Names())
			}
			over := small("over", sinks.ModeOverwrite)
			mustRun(t, d, over)
			if got := runs(t, d, over); !slices.Equal(got, []string{"over"}) {
				t.Errorf("the table holds %q, want over", got)
			}
		})
	}
}

func TestTablesConform(t *testing.T) {
	for name, catalog := range map[string]bool{"folder": false, "catalog": true} {
		t.Run(name, func(t *testing.T) {
			sinktest.RunConformance(t, func(t *testing.T) sinktest.Destination {
				file := ""
				if catalog {
					file = filepath.Join(t.TempDir(), "c.db")
				}
				return attempt(store.New(&store.Mem{}), "dir/preds", file, "00000000")
			})
		})
	}
}

func TestTablesSurvivePowerCuts(t *testing.T) {
	first := sinktest.NewJob("old", sinks.ModeError)
	first.Parts = []int{150, 250}
	for mode, mayAppend := range map[sinks.Mode]bool{sinks.ModeAppend: true, sinks.ModeOverwrite: false} {
		t.Run(mode.String(), func(t *testing.T) {
			next := first
			next.Options.RunID, next.Options.Mode = "new", mode
			sinktest.PowerCuts{
				On: func(st *store.Store) sinktest.Destination { return destination(st, "preds", "") }, Old: &first, New: next, Append: mayAppend,
			}.Run(t)
		})
	}
}

func TestTheCommitOfAnAttemptIsKnown(t *testing.T) {
	st := store.New(&store.Mem{})
	j := small("one", sinks.ModeError)
	j.Options.Token = "a1"
	mustRun(t, destination(st, "dir/preds", ""), j)
	mustRun(t, destination(st, "dir/preds", ""), small("two", sinks.ModeAppend))
	for token, want := range map[string]bool{"a1": true, "a2": false} {
		if got, err := Committed(t.Context(), st, "dir/preds", token, Options{}); err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", token, got, err, want)
		}
	}
	ids, exists, err := Runs(t.Context(), st, "dir/preds", Options{})
	if err != nil || !exists || !slices.Equal(ids, []string{"two", "one"}) {
		t.Errorf("runs %q, %v, %v", ids, exists, err)
	}
}
