package sinks_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// bucketScenarios are runs over a table in a bucket.
func bucketScenarios() map[string]scenario {
	all := map[string]scenario{
		"partitioned fresh":  {sinktest.Scenario{Old: nil, New: smallParts("new", sinks.ModeError)}},
		"partitioned append": {sinktest.Scenario{Old: ptr(smallParts("old", sinks.ModeError)), New: smallParts("new", sinks.ModeAppend)}},
	}
	for name, s := range scenarios {
		all[name] = s
	}
	return all
}

// readRuns returns the runs that a reader of a bucket finds, each of them whole.
func (s scenario) readRuns(t *testing.T, st *store.Store) []string {
	t.Helper()
	rows, err := readBucket(t.Context(), st, "dir/preds")
	if err != nil {
		t.Fatal(err)
	}
	sinktest.SortRows(rows)
	got, err := sinktest.Whole(rows, s.Jobs()...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// age makes the markers of all runs look as if their runs had died long ago.
func age(t *testing.T, mem *store.Mem) {
	t.Helper()
	st := store.New(mem)
	for _, name := range mem.Names() {
		if !strings.HasPrefix(name, "dir/preds/_leapscore/runs/") || strings.Contains(name, ".tmp-") {
			continue
		}
		data, err := st.ReadFile(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		m["beat"] = "2020-01-01T00:00:00Z"
		if data, err = json.Marshal(m); err != nil {
			t.Fatal(err)
		}
		if err := st.WriteFile(t.Context(), name, data); err != nil {
			t.Fatal(err)
		}
	}
}

// tidyBucket checks that there is nothing but the table that the manifest lists.
// What Mem keeps under the name of an upload that was never finished is not there
// in a bucket.
func tidyBucket(t *testing.T, mem *store.Mem) {
	t.Helper()
	live := map[string]bool{}
	if m, err := sinks.ReadManifest(t.Context(), store.New(bucket{mem}), "dir/preds"); err == nil {
		for _, f := range m.Live() {
			live[f.Name] = true
		}
		live["_SUCCESS"] = true
	}
	for _, name := range mem.Names() {
		rel, ok := strings.CutPrefix(name, "dir/preds/")
		if ok && !live[rel] && !strings.Contains(rel, ".tmp-") && !strings.HasPrefix(rel, "_leapscore/manifests/") && rel != "_leapscore/old.json" {
			t.Errorf("%s was left behind", name)
		}
	}
}

// Whatever call fails, and wherever the process dies: a reader finds the old table
// or the new one, a run that says that it failed has changed and left nothing, and
// after the next run nothing else is there.
func TestBucketsHoldOldOrNewWhateverCallFails(t *testing.T) {
	faults := map[string]storetest.Fault{
		"fail": storetest.Fail, "kill before": storetest.KillBefore, "kill after": storetest.KillAfter, "kill half": storetest.KillHalf,
	}
	for name, s := range bucketScenarios() {
		for faultName, fault := range faults {
			t.Run(name+"/"+faultName, func(t *testing.T) {
				calls := bucketFault(t, s, fault, 0) // of a run that nothing disturbs
				if calls < 20 {
					t.Fatalf("a run of only %d calls", calls)
				}
				for k := 1; k <= calls; k++ {
					bucketFault(t, s, fault, k)
				}
			})
		}
	}
}

// bucketFault runs with a fault at call k, or with none if k is 0, checks what is
// there after it and after the next run, and returns the number of calls.
func bucketFault(t *testing.T, s scenario, fault storetest.Fault, k int) int {
	t.Helper()
	mem := &store.Mem{}
	if s.Old != nil {
		mustRun(t, store.New(bucket{mem}), "dir/preds", *s.Old)
	}
	x := storetest.Inject(mem, storetest.At(k, fault))
	_, err := s.New.Run(t.Context(), folder(store.New(bucket{x}), "dir/preds").Create)
	calls, log := x.Calls()
	disk := crashBucket(t, mem)
	after := store.New(bucket{disk})
	got := s.readRuns(t, after)
	switch {
	case err == nil && !slices.Equal(got, s.After()),
		err != nil && fault == storetest.Fail && !slices.Equal(got, s.Before()),
		!slices.Equal(got, s.Before()) && !slices.Equal(got, s.After()):
		t.Errorf("run %v; the table holds %q", err, got)
	}
	if err != nil && fault == storetest.Fail {
		tidyAfterAbort(t, disk, s)
	}
	age(t, disk)
	next := sinktest.SmallJob("third", sinks.ModeOverwrite)
	table, err := folder(after, "dir/preds").Create(t.Context(), next.Options)
	if err != nil {
		t.Errorf("next run: %v", err)
	} else if err := table.Abort(t.Context()); err != nil {
		t.Errorf("next run: %v", err)
	}
	if now := s.readRuns(t, after); !slices.Equal(now, got) {
		t.Errorf("the next run made %q of %q", now, got)
	}
	tidyBucket(t, disk)
	if ok, err := after.Exists(t.Context(), "dir/preds/_SUCCESS"); ok != (len(got) > 0) || err != nil {
		t.Errorf("after the next run, of a table with %q: _SUCCESS %v, %v", got, ok, err)
	}
	mustRun(t, after, "dir/preds", next)
	rows, err := sinktest.ReadTable(t.Context(), after, "dir/preds") // of all files
	if err != nil {
		t.Fatal(err)
	}
	if got, err := sinktest.Whole(rows, next); err != nil || fmt.Sprint(got) != "[third]" {
		t.Errorf("after an overwrite the table holds %q, %v", got, err)
	}
	if t.Failed() {
		t.Fatalf("call %d of\n%s", k, strings.Join(log, "\n"))
	}
	return calls
}

// tidyAfterAbort checks that a run that failed removed its data, unless that was
// what failed.
func tidyAfterAbort(t *testing.T, disk *store.Mem, s scenario) {
	t.Helper()
	live := map[string]bool{}
	if m, err := sinks.ReadManifest(t.Context(), store.New(bucket{disk}), "dir/preds"); err == nil {
		for _, f := range m.Live() {
			live["dir/preds/"+f.Name] = true
		}
	}
	marked := false
	var left []string
	for _, name := range disk.Names() {
		marked = marked || strings.Contains(name, "/runs/")
		if strings.HasSuffix(name, ".parquet") && !live[name] && !strings.Contains(name, ".tmp-") {
			left = append(left, name)
		}
	}
	if len(left) > 0 && !marked {
		t.Errorf("%q were left behind, and no marker for the next run", left)
	}
}

// open starts a run and writes its rows.
func open(t *testing.T, st *store.Store, j sinktest.Job) sinks.Table {
	t.Helper()
	table, err := folder(st, "dir/preds").Create(t.Context(), j.Options)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Write(t.Context(), table); err != nil {
		t.Fatal(err)
	}
	return table
}

func wantBucket(t *testing.T, st *store.Store, want []string, jobs ...sinktest.Job) {
	t.Helper()
	rows, err := readBucket(t.Context(), st, "dir/preds")
	if err != nil {
		t.Fatal(err)
	}
	sinktest.SortRows(rows)
	if got, err := sinktest.Whole(rows, jobs...); err != nil || !slices.Equal(got, want) {
		t.Errorf("the table holds %q, %v; want %q", got, err, want)
	}
}

// Of two runs at once, each in its mode, the one that commits last adds to what the
// first did, or fails with a conflict.
func TestOfTwoRunsInABucketNeitherUndoesTheOther(t *testing.T) {
	parts := func(run string, n int, mode sinks.Mode) sinktest.Job {
		j := fewPartitions(run, n, mode)
		j.Options.Mode = mode
		return j
	}
	for _, c := range []struct {
		name          string
		first, second sinktest.Job
		fresh         bool
		exists        bool // the second fails with ErrOutputExists
		conflict      bool // or with a ConflictError
	}{
		{"error error", sinktest.SmallJob("a", sinks.ModeError), sinktest.SmallJob("b", sinks.ModeError), true, true, false},
		{"append append", sinktest.SmallJob("a", sinks.ModeAppend), sinktest.SmallJob("b", sinks.ModeAppend), false, false, false},
		{"append append fresh", sinktest.SmallJob("a", sinks.ModeAppend), sinktest.SmallJob("b", sinks.ModeAppend), true, false, false},
		{"append overwrite", sinktest.SmallJob("a", sinks.ModeAppend), sinktest.SmallJob("b", sinks.ModeOverwrite), false, false, true},
		{"overwrite append", sinktest.SmallJob("a", sinks.ModeOverwrite), sinktest.SmallJob("b", sinks.ModeAppend), false, false, false},
		{"overwrite overwrite", sinktest.SmallJob("a", sinks.ModeOverwrite), sinktest.SmallJob("b", sinks.ModeOverwrite), false, false, true},
		{"same partitions", parts("a", 2, sinks.ModeOverwritePartitions), parts("b", 2, sinks.ModeOverwritePartitions), true, false, true},
		{"append to the same", parts("a", 2, sinks.ModeOverwritePartitions), parts("b", 2, sinks.ModeAppend), true, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			mem := &store.Mem{}
			st := store.New(bucket{mem})
			old := sinktest.SmallJob("old", sinks.ModeError)
			if !c.fresh {
				mustRun(t, st, "dir/preds", old)
			}
			first, second := open(t, st, c.first), open(t, st, c.second)
			if _, err := first.Commit(t.Context(), sinks.Run{ID: "a"}); err != nil {
				t.Fatal(err)
			}
			_, err := second.Commit(t.Context(), sinks.Run{ID: "b"})
			var conflict *sinks.ConflictError
			if errors.Is(err, sinks.ErrOutputExists) != c.exists || errors.As(err, &conflict) != c.conflict || err != nil && !c.exists && !c.conflict {
				t.Errorf("the second: %v", err)
			}
			want := []string{"a"}
			if err == nil {
				want = append(want, "b")
			} else if err := second.Abort(t.Context()); err != nil {
				t.Error(err)
			}
			if !c.fresh && c.first.Options.Mode == sinks.ModeAppend {
				want = append(want, "old")
			}
			wantBucket(t, st, want, old, c.first, c.second)
			tidyBucket(t, mem)
		})
	}
}

// Runs that replace different partitions do not get into each other's way.
func TestRunsOfOtherPartitionsBothLand(t *testing.T) {
	st := store.New(bucket{&store.Mem{}})
	base := fewPartitions("old", 3, sinks.ModeError)
	base.Parts = []int{3} // a row in each partition
	mustRun(t, st, "dir/preds", base)
	null := fewPartitions("null", 1, sinks.ModeOverwritePartitions) // rows in the first alone
	rest := fewPartitions("rest", 3, sinks.ModeOverwritePartitions)
	rest.Parts, rest.First = []int{2}, 1 // rows 1 and 2
	first, second := open(t, st, null), open(t, st, rest)
	for _, table := range []sinks.Table{first, second} {
		if _, err := table.Commit(t.Context(), sinks.Run{ID: "r"}); err != nil {
			t.Fatal(err)
		}
	}
	m, err := sinks.ReadManifest(t.Context(), st, "dir/preds")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int64{}
	for _, f := range m.Live() {
		rows[f.Name[:strings.LastIndex(f.Name, "/")]] += f.Rows
	}
	if want := map[string]int64{"p q=__HIVE_DEFAULT_PARTITION__/n=0": 100, "p q=v2/n=0": 1, "p q=a%2Fb%3Dc%25/n=1": 1}; !maps.Equal(rows, want) {
		t.Errorf("rows of folders %v, want %v", rows, want)
	}
}

// Many appends at once all land, once.
func TestManyAppendsToABucketAllLand(t *testing.T) {
	mem := &store.Mem{}
	st := store.New(bucket{mem})
	var jobs []sinktest.Job
	var want []string
	for i := range 30 {
		jobs = append(jobs, sinktest.SmallJob(fmt.Sprintf("r%02d", i), sinks.ModeAppend))
		want = append(want, fmt.Sprintf("r%02d", i))
	}
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Go(func() {
			if _, err := j.Run(context.Background(), folder(st, "dir/preds").Create); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	wantBucket(t, st, want, jobs...)
	tidyBucket(t, mem)
	m, err := sinks.ReadManifest(t.Context(), st, "dir/preds")
	if err != nil || m.Commit != 30 {
		t.Errorf("manifest %d, %v; want 30", m.Commit, err)
	}
	data, err := st.ReadFile(t.Context(), "dir/preds/_SUCCESS")
	var last sinks.Manifest
	if err != nil || json.Unmarshal(data, &last) != nil || last.Commit != 30 {
		t.Errorf("_SUCCESS is of manifest %d, %v; want 30", last.Commit, err)
	}
	chain := 0
	for _, name := range mem.Names() {
		if strings.Contains(name, "/manifests/") {
			chain++
		}
	}
	if chain != 20 {
		t.Errorf("%d manifests are kept, want 20", chain)
	}
}

// Whoever gave no sign of life for too long is swept, and notices; others are left
// alone.
func TestOnlyDeadRunsAreSwept(t *testing.T) {
	mem := &store.Mem{}
	st := store.New(bucket{mem})
	slow := open(t, st, sinktest.SmallJob("slow", sinks.ModeAppend))
	mustRun(t, st, "dir/preds", sinktest.SmallJob("one", sinks.ModeAppend))
	if _, err := slow.Commit(t.Context(), sinks.Run{ID: "slow"}); err != nil {
		t.Fatal(err)
	}
	gone := open(t, st, sinktest.SmallJob("gone", sinks.ModeAppend))
	age(t, mem)
	mustRun(t, st, "dir/preds", sinktest.SmallJob("two", sinks.ModeAppend))
	tidyBucket(t, mem)
	if _, err := gone.Commit(t.Context(), sinks.Run{ID: "gone"}); err == nil || !strings.Contains(err.Error(), "took this one for dead") {
		t.Errorf("a run that was swept: %v", err)
	}
	if err := gone.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantBucket(t, st, []string{"one", "slow", "two"}, sinktest.SmallJob("one", sinks.ModeAppend), sinktest.SmallJob("two", sinks.ModeAppend), sinktest.SmallJob("slow", sinks.ModeAppend))
}

// secondCommits ends two processes of the run r: the first must notice that the
// second has taken it over.
func secondCommits(t *testing.T, mem *store.Mem, first, second sinks.Table, j sinktest.Job) {
	t.Helper()
	var busy *sinks.BusyError
	if _, err := first.Commit(t.Context(), sinks.Run{ID: "r"}); !errors.As(err, &busy) {
		t.Errorf("the first: %v, want a BusyError", err)
	}
	if err := first.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Commit(t.Context(), sinks.Run{ID: "r"}); err != nil {
		t.Fatal(err)
	}
	wantBucket(t, store.New(bucket{mem}), []string{"r"}, j)
	tidyBucket(t, mem)
}

// The same run again takes over what the first process wrote; that one notices.
func TestARunGoesOnInOneProcess(t *testing.T) {
	mem := &store.Mem{}
	st := store.New(bucket{mem})
	j := sinktest.SmallJob("r", sinks.ModeError)
	first := open(t, st, j)
	second := open(t, st, j)
	secondCommits(t, mem, first, second, j)
}

// Files that were there before leapscore came are the table that an append adds to.
func TestAppendsKeepFilesOfOthers(t *testing.T) {
	mem := &store.Mem{}
	local := store.New(mem)
	old := sinktest.SmallJob("old", sinks.ModeError)
	mustRun(t, local, "dir/preds", old) // as from a disk, without a chain
	st := store.New(bucket{mem})
	fresh := sinktest.SmallJob("new", sinks.ModeAppend)
	mustRun(t, st, "dir/preds", fresh)
	wantBucket(t, st, []string{"new", "old"}, old, fresh)
	last := sinktest.SmallJob("last", sinks.ModeOverwrite)
	mustRun(t, st, "dir/preds", last)
	wantBucket(t, st, []string{"last"}, last)
	tidyBucket(t, mem)
}

// While a run lives its marker is written again.
func TestLiveRunsGiveSignsOfLife(t *testing.T) {
	mem := &store.Mem{}
	st := store.New(bucket{mem})
	j := sinktest.SmallJob("r", sinks.ModeError)
	j.Options.SweepAfter = time.Second
	table := open(t, st, j)
	age(t, mem)
	for aged := true; aged; time.Sleep(10 * time.Millisecond) {
		for _, name := range mem.Names() {
			if strings.Contains(name, "/runs/") && !strings.Contains(name, ".tmp-") {
				data, err := st.ReadFile(t.Context(), name)
				if err != nil {
					t.Fatal(err)
				}
				aged = strings.Contains(string(data), "2020-01-01")
			}
		}
	}
	if _, err := table.Commit(t.Context(), sinks.Run{ID: "r"}); err != nil {
		t.Fatal(err)
	}
	tidyBucket(t, mem)
}
