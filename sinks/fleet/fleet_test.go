package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sinks/delta"
	"leapscore/sinks/fleet"
	"leapscore/sinks/sinktest"
)

// table is a kind of table that is written in shards.
type table struct {
	st   *store.Store
	path string
	open func(ctx context.Context, opts sinks.Options) (sinks.Table, error)
	lake bool
}

func folder(st *store.Store, path string) table {
	return table{st, path, func(ctx context.Context, o sinks.Options) (sinks.Table, error) { return sinks.Create(ctx, st, path, o) }, false}
}

// inShards is a table whose parts are written by shards, perShard each, and published by
// the commit of a fleet.
type inShards struct {
	of     table
	opts   sinks.Options
	fleet  *fleet.Fleet
	shards []*shard
}

type shard struct {
	sinks.Table
	done  *fleet.Done
	stage *sinks.Stage
	alive *fleet.Attempt
}

const (
	shards   = 3
	perShard = 4
)

func (t table) place() []fleet.Place { return []fleet.Place{{Store: t.st, Table: t.path}} }

// create starts all shards of a run. Rows that an attempt which died has staged are dropped.
func (t table) create(ctx context.Context, opts sinks.Options) (sinks.Table, error) {
	if opts.Plan != nil { // resuming is not for shards
		opts.Plan, opts.Resume = nil, false
	}
	f, err := fleet.Open(ctx, t.st, t.path, opts.RunID)
	if err == nil && f.Plan != nil {
		if err = f.Discard(ctx, t.place(), false); err == nil {
			f, err = fleet.Open(ctx, t.st, t.path, opts.RunID)
		}
	}
	if err != nil {
		return nil, err
	}
	s := &inShards{of: t, opts: opts, fleet: f}
	checked, err := t.open(ctx, s.staged(&sinks.Stage{Attempt: "none"}))
	if err == nil {
		err = checked.Abort(ctx)
	}
	if err != nil {
		return nil, err
	}
	if own, err := f.Agree(ctx, &fleet.Plan{Shards: shards, Record: &runs.Record{RunID: opts.RunID}}, "a"); err != nil || !own {
		return nil, errors.Join(err, fmt.Errorf("own %v", own))
	}
	for i := range shards {
		x := &shard{done: &fleet.Done{Shard: i, Attempt: fmt.Sprint("0000000", i), Record: &runs.Record{}}}
		x.stage = fleet.Stage(i, x.done.Attempt, &x.done.Rows)
		if x.alive, err = f.Begin(ctx, i, x.done.Attempt, t.place(), time.Hour); err != nil {
			return nil, err
		}
		if x.Table, err = t.open(ctx, s.staged(x.stage)); err != nil {
			return nil, err
		}
		s.shards = append(s.shards, x)
	}
	return s, nil
}

func (s *inShards) staged(stage *sinks.Stage) sinks.Options {
	o := s.opts
	o.Stage, o.Once = stage, true
	return o
}

func (s *inShards) Part(ctx context.Context, n int) (sinks.Part, error) {
	i := min(n/perShard, shards-1)
	return s.shards[i].Part(ctx, n-i*perShard)
}

func (s *inShards) Commit(ctx context.Context, run sinks.Run) (*sinks.Manifest, error) {
	for _, x := range s.shards {
		m, err := x.Table.Commit(ctx, sinks.Run{ID: run.ID})
		if err != nil {
			return nil, err
		}
		x.done.Rows.Take(s.of.st, run.ID, x.stage, s.of.lake, m)
		if err := s.fleet.Finish(ctx, x.done, s.of.place()); err != nil {
			return nil, err
		}
		if err := x.alive.End(ctx); err != nil {
			return nil, err
		}
	}
	all, err := s.fleet.All(ctx)
	if err != nil {
		return nil, err
	}
	o := s.opts
	if o.Adopt, err = fleet.Adopt(all, func(d *fleet.Done) *fleet.Files { return &d.Rows }); err != nil {
		return nil, err
	}
	t, err := s.of.open(ctx, o)
	if err != nil {
		return nil, err
	}
	m, err := t.Commit(ctx, run)
	if err != nil {
		return nil, errors.Join(err, t.Abort(context.WithoutCancel(ctx)))
	}
	return m, s.fleet.Discard(context.WithoutCancel(ctx), s.of.place(), false)
}

func (s *inShards) Abort(ctx context.Context) (err error) {
	for _, x := range s.shards {
		err = errors.Join(err, x.Table.Abort(ctx), x.alive.End(ctx))
	}
	committed, _, listErr := deltaRuns(ctx, s.of)
	if listErr != nil || committed[s.opts.RunID] {
		return errors.Join(err, listErr)
	}
	return errors.Join(err, s.fleet.Discard(ctx, s.of.place(), false))
}

func deltaRuns(ctx context.Context, t table) (map[string]bool, bool, error) {
	found := map[string]bool{}
	if !t.lake {
		return found, false, nil
	}
	ids, exists, err := delta.Runs(ctx, t.st, t.path)
	for _, id := range ids {
		found[id] = true
	}
	return found, exists, err
}

func (t table) destination() sinktest.Destination {
	return sinktest.Destination{
		Append: true, Create: t.create,
		Read: func(ctx context.Context) ([]sinktest.Row, error) { return sinktest.ReadTable(ctx, t.st, t.path) },
	}
}

// jobs are runs into a table: what is there before, and what comes in shards.
func jobs(mode sinks.Mode) (old *sinktest.Job, job sinktest.Job) {
	job = sinktest.SmallJob("new", mode)
	if mode != sinks.ModeError {
		o := sinktest.SmallJob("old", sinks.ModeError)
		old = &o
	}
	return old, job
}

// A power cut at any step of the shards and of the commit leaves the old table or the new
// one, and the next run finds its way.
func TestFleetsSurvivePowerCuts(t *testing.T) {
	for _, mode := range []sinks.Mode{sinks.ModeError, sinks.ModeOverwrite, sinks.ModeAppend} {
		old, job := jobs(mode)
		cuts := sinktest.PowerCuts{Old: old, New: job, Append: mode == sinks.ModeAppend}
		t.Run("folder/"+mode.String(), func(t *testing.T) {
			cuts := cuts
			cuts.On = func(st *store.Store) sinktest.Destination { return folder(st, "preds").destination() }
			cuts.Run(t)
		})
		t.Run("in place/"+mode.String(), func(t *testing.T) {
			cuts := cuts
			cuts.Torn = true
			cuts.On = func(st *store.Store) sinktest.Destination {
				return folder(sinktest.FixedFolder(st), "preds").destination()
			}
			cuts.Run(t)
		})
	}
}

// Shards that are missing, doubled or of another plan are named.
func TestShardsThatDoNotGoTogetherAreNamed(t *testing.T) {
	ctx := t.Context()
	st := store.New(&store.Mem{})
	open := func() *fleet.Fleet {
		f, err := fleet.Open(ctx, st, "preds", "r")
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	places := []fleet.Place{{Store: st, Table: "preds"}}
	if own, err := open().Agree(ctx, &fleet.Plan{Shards: 3}, "a"); err != nil || !own {
		t.Fatalf("the first plan: %v, %v", own, err)
	}
	if own, err := open().Agree(ctx, &fleet.Plan{Shards: 4}, "b"); err != nil || own {
		t.Fatalf("the second plan is taken for the first: %v, %v", own, err)
	}
	f := open()
	finish := func(shard int, attempt string) error {
		return f.Finish(ctx, &fleet.Done{Shard: shard, Attempt: attempt, Record: &runs.Record{}}, places)
	}
	if err := finish(0, "a"); err != nil {
		t.Fatal(err)
	}
	if err := finish(0, "b"); !errors.Is(err, fleet.ErrDone) {
		t.Errorf("a second attempt that ends: %v, want ErrDone", err)
	}
	if err := finish(2, "a"); err != nil {
		t.Fatal(err)
	}
	alive, err := f.Begin(ctx, 1, "x", places, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	wants := func(want string) {
		t.Helper()
		if _, err := open().All(ctx); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	wants("1 of 3 shards are not there, nothing published: shard 1 is still running, or was killed just now (run r, process")
	if err := alive.End(ctx); err != nil {
		t.Fatal(err)
	}
	wants("shard 1 was not run, or has failed")
	base := "preds/_leapscore/shards/" + sinks.FleetIdentity("r") + "/"
	data, err := st.ReadFile(ctx, base+"00002.json")
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) {
		if err := st.WriteFile(ctx, base+name, data); err != nil {
			t.Fatal(err)
		}
	}
	write("00001.json", data)
	wants("00001.json says that it is shard 2")
	write("00001.json", []byte(strings.Replace(string(data), `"shard": 2`, `"shard": 0`, 1)))
	wants("shard 0 is there twice, in 00001.json too")
	write("00001.json", []byte(strings.NewReplacer(`"shard": 2`, `"shard": 1`, `"plan_sha256": "`, `"plan_sha256": "0`).Replace(string(data))))
	wants("shard 1 (run r, process")
	wants("was scored by another plan than is staged now")
	write("00001.json", []byte(strings.NewReplacer(`"shard": 2`, `"shard": 1`, `"shards": 3`, `"shards": 4`).Replace(string(data))))
	wants("shard 1 was scored as one of 4 shards, and the plan has 3")
	write("00001.json", []byte(strings.Replace(string(data), `"shard": 2`, `"shard": 1`, 1)))
	if all, err := open().All(ctx); err != nil || len(all) != 3 {
		t.Errorf("%d shards, %v; want 3", len(all), err)
	}
	if err := f.Discard(ctx, places, true); err != nil {
		t.Fatal(err)
	}
	if err := finish(1, "c"); err == nil || !strings.Contains(err.Error(), "plan.json is gone") {
		t.Errorf("a shard whose plan was discarded: %v", err)
	}
}
