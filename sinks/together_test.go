package sinks_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// pair is how two tables that belong together are stored.
type pair struct {
	disk          func() *store.Mem
	objects       bool
	first, second string
}

func pairs() map[string]pair {
	disk := func() *store.Mem { return &store.Mem{} }
	return map[string]pair{
		"exchange":        {disk, false, "dir/preds", "dir/bad"},
		"two renames":     {func() *store.Mem { return &store.Mem{NoExchange: true} }, false, "dir/preds", "dir/bad"},
		"first in place":  {func() *store.Mem { return &store.Mem{Mount: "dir/preds"} }, false, "dir/preds", "dir/bad"},
		"second in place": {func() *store.Mem { return &store.Mem{Mount: "dir/bad"} }, false, "dir/preds", "dir/bad"},
		"bucket":          {disk, true, "dir/preds", "dir/bad"},
		"files":           {disk, false, "dir/preds.parquet", "dir/bad.parquet"},
		"bucket of files": {disk, true, "dir/preds.parquet", "dir/bad.parquet"},
	}
}

func (p pair) store(d store.Driver) *store.Store {
	if p.objects {
		return store.New(bucket{d})
	}
	return store.New(d)
}

func (p pair) single() bool { return strings.HasSuffix(p.first, ".parquet") }

func (p pair) create(ctx context.Context, st *store.Store, path string, opt sinks.Options) (sinks.Table, error) {
	if p.single() {
		return sinks.CreateFile(ctx, st, path, opt)
	}
	return sinks.Create(ctx, st, path, opt)
}

// settle does what the next run does first.
func (p pair) settle(ctx context.Context, st *store.Store, run string) error {
	decide := func(ctx context.Context, in sinks.Intent) (bool, error) {
		if p.single() {
			return sinks.CommittedFile(ctx, st, in.Table, in.Files)
		}
		return sinks.CommittedFiles(ctx, st, in.Table, in.RunID, in.Token)
	}
	if p.single() {
		return sinks.SettleFile(ctx, st, p.second, decide)
	}
	return sinks.Settle(ctx, st, p.second, run, 0, decide)
}

// run writes a run into both tables.
func (p pair) run(ctx context.Context, st *store.Store, j sinktest.Job) (err error) {
	if err := p.settle(ctx, st, j.Options.RunID); err != nil {
		return err
	}
	j.Options.Token = "token of " + j.Options.RunID
	first, err := p.create(ctx, st, p.first, j.Options)
	if err != nil {
		return err
	}
	all := []sinks.Table{first}
	defer func() {
		for _, t := range all {
			if err != nil {
				err = errors.Join(err, t.Abort(context.WithoutCancel(ctx)))
			}
		}
	}()
	j.Options.Pending = true
	second, err := p.create(ctx, st, p.second, j.Options)
	if err != nil {
		return err
	}
	all = append(all, second)
	for _, t := range all {
		if err := j.Write(ctx, t); err != nil {
			return err
		}
	}
	in := &sinks.Intent{RunID: j.Options.RunID, Token: j.Options.Token, Table: p.first}
	_, err = sinks.CommitTogether(ctx, first, second, sinks.Run{ID: j.Options.RunID}, in, func(*sinks.Manifest) {})
	return err
}

// runs returns whose rows a table has.
func (p pair) runs(t *testing.T, st *store.Store, path string, jobs ...sinktest.Job) string {
	t.Helper()
	var rows []sinktest.Row
	var err error
	switch there, _ := st.Exists(t.Context(), path); {
	case p.single() && there:
		rows, err = sinktest.ReadFile(t.Context(), st, path)
	case p.single():
	case p.objects:
		rows, err = readBucket(t.Context(), st, path)
	default:
		rows, err = sinktest.ReadTable(t.Context(), st, path)
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := sinktest.Whole(rows, jobs...)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return fmt.Sprint(got)
}

// Whichever call of the storage fails, or is the last before the process dies, the
// next run finds both tables with the rows of the same runs, each once.
func TestTwoTablesAreCommittedTogetherOrNotAtAll(t *testing.T) {
	for name, p := range pairs() {
		for _, mode := range []sinks.Mode{sinks.ModeOverwrite, sinks.ModeAppend, sinks.ModeError} {
			if p.single() && mode == sinks.ModeAppend {
				continue
			}
			t.Run(name+"/"+mode.String(), func(t *testing.T) {
				for _, fault := range []storetest.Fault{storetest.Fail, storetest.KillBefore, storetest.KillAfter, storetest.KillHalf} {
					for k := 1; p.faulty(t, mode, fault, k); k++ {
					}
				}
			})
		}
	}
}

// faulty is one run with a fault at call k, and the run after it. It returns false
// if there were not so many calls.
func (p pair) faulty(t *testing.T, mode sinks.Mode, fault storetest.Fault, k int) bool {
	t.Helper()
	old, job, next := sinktest.SmallJob("old", sinks.ModeError), sinktest.SmallJob("new", mode), sinktest.SmallJob("next", sinks.ModeAppend)
	if p.single() {
		next = sinktest.SmallJob("next", sinks.ModeOverwrite)
	}
	mem := p.disk()
	if mode != sinks.ModeError {
		if err := p.run(t.Context(), p.store(mem), old); err != nil {
			t.Fatal(err)
		}
	}
	x := storetest.Inject(mem, storetest.At(k, fault))
	failed := p.run(t.Context(), p.store(x), job)
	calls, log := x.Calls()
	mem = crashBucket(t, mem)
	if fault == storetest.Fail && failed == nil && calls >= k {
		p.check(t, mem, "new", k, log, old, job, next) // at once: it has said so
	}
	st := p.store(mem)
	if err := p.settle(t.Context(), st, "next"); err != nil {
		t.Fatalf("fault %d at call %d: %v\n%s", fault, k, err, strings.Join(log, "\n"))
	}
	want := ""
	if failed == nil {
		want = "new"
	}
	p.check(t, mem, want, k, log, old, job, next)
	if err := p.run(t.Context(), st, next); err != nil {
		t.Fatalf("fault %d at call %d: the next run: %v\n%s", fault, k, err, strings.Join(log, "\n"))
	}
	p.check(t, mem, "next", k, log, old, job, next)
	return calls >= k && !t.Failed()
}

// check checks that both tables have rows of the same runs, want among them.
func (p pair) check(t *testing.T, mem *store.Mem, want string, k int, log []string, jobs ...sinktest.Job) {
	t.Helper()
	st := p.store(mem)
	first, second := p.runs(t, st, p.first, jobs...), p.runs(t, st, p.second, jobs...)
	if first != second || !strings.Contains(first, want) {
		t.Fatalf("call %d: the tables have rows of %s and %s, want the same, with %q\n%s", k, first, second, want, strings.Join(log, "\n"))
	}
}
