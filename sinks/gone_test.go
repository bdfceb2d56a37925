package sinks_test

import (
	"slices"
	"strings"
	"testing"

	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// From some call on, every call fails, those too that would clear up. An overwrite
// after it deletes obsolete files if the run looks dead. If it still looks alive,
// its files stay until a later run, and nothing else does.
func TestAfterABucketWasGoneTheNextRunsRemoveWhatIsLeft(t *testing.T) {
	for name, s := range bucketScenarios() {
		for _, dead := range []bool{true, false} {
			t.Run(name+"/"+map[bool]string{true: "dead", false: "looks alive"}[dead], func(t *testing.T) {
				calls := bucketGone(t, s, dead, 1<<30) // of a run that nothing disturbs
				if calls < 20 {
					t.Fatalf("a run of only %d calls", calls)
				}
				for k := 1; k <= calls; k++ {
					bucketGone(t, s, dead, k)
				}
			})
		}
	}
}

// bucketGone runs while all calls from k on fail, then overwrites the table, and
// returns the number of calls that the first run made.
func bucketGone(t *testing.T, s scenario, dead bool, k int) int {
	t.Helper()
	mem := &store.Mem{}
	if s.Old != nil {
		mustRun(t, store.New(bucket{mem}), "dir/preds", *s.Old)
	}
	x := storetest.Inject(mem, func(call int, _ string) storetest.Fault {
		if call >= k {
			return storetest.Fail
		}
		return storetest.Pass
	})
	_, failed := s.New.Run(t.Context(), folder(store.New(bucket{x}), "dir/preds").Create)
	calls, log := x.Calls()
	disk := crashBucket(t, mem)
	after := store.New(bucket{disk})
	if got := s.readRuns(t, after); !slices.Equal(got, s.Before()) && !slices.Equal(got, s.After()) {
		t.Errorf("run %v; the table holds %q", failed, got)
	}
	if dead {
		age(t, disk)
	}
	next := sinktest.SmallJob("next", sinks.ModeOverwrite)
	mustRun(t, after, "dir/preds", next)
	wantBucket(t, after, []string{"next"}, next)
	if !dead {
		onlyMarkedFilesLeft(t, disk)
		age(t, disk)
		last := sinktest.SmallJob("last", sinks.ModeAppend)
		mustRun(t, after, "dir/preds", last)
		wantBucket(t, after, []string{"last", "next"}, next, last)
	}
	tidyBucket(t, disk)
	if t.Failed() {
		t.Fatalf("run %v; call %d of\n%s", failed, k, strings.Join(log, "\n"))
	}
	return calls
}

// onlyMarkedFilesLeft checks that each data file that is not in the table is of a
// run that still has a marker.
func onlyMarkedFilesLeft(t *testing.T, disk *store.Mem) {
	t.Helper()
	m, err := sinks.ReadManifest(t.Context(), store.New(bucket{disk}), "dir/preds")
	if err != nil {
		t.Fatal(err)
	}
	live := map[string]bool{}
	for _, f := range m.Live() {
		live["dir/preds/"+f.Name] = true
	}
	var marked []string
	for _, name := range disk.Names() {
		if identity, ok := strings.CutPrefix(name, "dir/preds/_leapscore/runs/"); ok {
			marked = append(marked, "-"+identity+".")
		}
	}
	for _, name := range disk.Names() {
		of := func(identity string) bool { return strings.Contains(name, identity) }
		if strings.HasSuffix(name, ".parquet") && !live[name] && !slices.ContainsFunc(marked, of) {
			t.Errorf("%s was left behind, and no marker for a later run", name)
		}
	}
}
