package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/job/internal/drift"
	"leapscore/job/internal/intent"
	"leapscore/job/internal/lake"
	"leapscore/job/internal/past"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sinks/fleet"
)

// Commit asks for the shards of a run to be published as one table.
type Commit struct {
	Table string
	RunID string
	// Discard deletes what is staged of the run, in place of publishing it.
	Discard bool
	// Spec may set the keys of monitoring, record, rejects and sweep-after: they stand for
	// those of the shards.
	Spec Spec
}

// commitKeys are the keys of a Spec that a commit may be given.
var commitKeys = []string{"rejects", "record", "sweep-after", "job-name", "metrics-file", "pushgateway", "metrics-label", "openlineage", "nominal-time"}

// CommitKeys returns the keys of a Spec that a commit may be given.
func CommitKeys() []string { return commitKeys }

// Commit publishes the shards of a run as one table, if all of them are there. A run that
// was published before is left as it is.
func (h Host) Commit(ctx context.Context, c Commit) (res *Result, err error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	j := &Job{host: h.withDefaults(), id: c.RunID, start: time.Now()}
	j.host.Tag(c.RunID, "")
	stores := Spec{}
	h.setTimeout(&stores, c.Spec)
	st, name, err := store.OpenWith(ctx, c.Table, stores.stores())
	if err != nil {
		return nil, fault.Usage(err)
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if j.fleet, err = fleet.Open(ctx, st, name, c.RunID); err != nil && !c.Discard {
		return nil, err
	}
	if j.fleet.Plan == nil {
		return j.commitNothing(ctx, c, st, name, stores)
	}
	full, err := c.spec(j.fleet.Plan, stores)
	if err != nil {
		return nil, err
	}
	if j.set, err = full.commitSettings(); err != nil {
		return nil, err
	}
	return j.commitFleet(ctx, c)
}

func (c Commit) check() error {
	switch {
	case c.RunID == "":
		return fault.Usagef("--run-id is required: that of the shards")
	case !place.IsFolder(c.Table):
		return fault.Usagef("%s: want the folder of the table that the shards were given as --output", c.Table)
	}
	if err := runs.CheckID(c.RunID); err != nil {
		return fault.Usagef("run-id: %w", err)
	}
	return nil
}

// commitNothing is the commit of a run of which nothing is staged.
func (j *Job) commitNothing(ctx context.Context, c Commit, st *store.Store, name string, stores Spec) (*Result, error) {
	kind, err := lake.KindOf(ctx, st, name)
	if err != nil {
		return nil, err
	}
	before, err := past.Table{Path: c.Table, Lake: lake.Options{Kind: kind}, Stores: stores.stores()}.Finished(ctx, c.RunID)
	switch {
	case err != nil:
		return nil, err
	case before != nil:
		return finishedBefore(before), nil
	case c.Discard:
		return &Result{Outcome: Discarded}, j.fleet.Discard(ctx, []fleet.Place{{Store: st, Table: name}}, true)
	}
	return nil, &fleet.IncompleteError{RunID: c.RunID, Missing: []string{"nothing of it is staged in " + c.Table +
		": run its shards first, and give the table as the shards have it in --output, and their --run-id"}}
}

// spec is the Spec of the shards, with what the commit was given.
func (c Commit) spec(p *fleet.Plan, stores Spec) (Spec, error) {
	var w shardSettings
	if p.Nothing == nil {
		if err := json.Unmarshal(p.Settings, &w); err != nil {
			return Spec{}, fmt.Errorf("the plan of run %s is damaged: %w", c.RunID, err)
		}
	}
	s := w.spec()
	for _, key := range c.Spec.Given() {
		s.Take(key, c.Spec)
	}
	s.Output.Path, s.Run.ID, s.Limits.IOTimeout = c.Table, c.RunID, stores.Limits.IOTimeout
	return s, nil
}

// commitSettings reads what a commit needs of a Spec.
func (s Spec) commitSettings() (settings, error) {
	var wrong mistakes
	full := s.withDefaults()
	set := settings{Spec: full, sink: full.Output.options(&wrong)}
	var err error
	set.job, err = full.engineJob()
	wrong.add("max-errors", err)
	set.least, err = full.Gates.least()
	wrong.add("min-rows", err)
	full.checkWatch(&wrong)
	return set, wrong.err()
}

// commitFleet is the commit of a run that has a plan.
func (j *Job) commitFleet(ctx context.Context, c Commit) (res *Result, err error) {
	s := j.set
	places, closeAll, err := s.places(ctx)
	if err != nil {
		return nil, err
	}
	defer j.try("a store is not closed", closeAll)
	before, err := s.past().Finished(ctx, c.RunID)
	if err == nil && s.rejects() {
		err = intent.Settle(ctx, s.Output.Path, s.Output.SweepAfter, s.Rejects.Path, "", s.stores())
	}
	switch nothing := j.fleet.Plan.Nothing; {
	case err != nil:
		return nil, err
	case before != nil:
		j.discard(ctx, places)
		return finishedBefore(before), nil
	case c.Discard:
		return &Result{Outcome: Discarded}, j.fleet.Discard(ctx, places, true)
	case nothing != nil:
		j.discard(ctx, places)
		return &Result{Outcome: NothingNew, Known: nothing.Known}, nil
	}
	if j.watched, err = j.watch(ctx); err != nil {
		return nil, fault.Usage(err)
	}
	var record *runs.Record
	defer func() { j.endWatch(context.WithoutCancel(ctx), record, err) }()
	all, err := j.fleet.All(ctx)
	if err != nil {
		return nil, err
	}
	var m *sinks.Manifest
	if m, record, err = j.publishFleet(ctx, all, places); err != nil {
		return nil, err
	}
	j.discard(ctx, places)
	for _, w := range m.Warnings {
		j.host.warn(w)
	}
	return &Result{Outcome: Done, Manifest: m, Record: record, Seconds: time.Since(j.start).Seconds()}, nil
}

// discard deletes what is staged of a run that is published.
func (j *Job) discard(ctx context.Context, places []fleet.Place) {
	j.try("the notes of the shards are left", func() error { return j.fleet.Discard(context.WithoutCancel(ctx), places, false) })
}

// publishFleet publishes all shards. The record is there whether that succeeds or not.
func (j *Job) publishFleet(ctx context.Context, all []*fleet.Done, places []fleet.Place) (m *sinks.Manifest, record *runs.Record, err error) {
	sum := sumShards(all)
	draft := *j.fleet.Plan.Record
	draft.Output.Path = j.set.Output.Path
	draft.Shards, draft.Counts, draft.Seconds = sum.shards, sum.counts, sum.seconds
	if draft.Rejects != nil {
		rejects := runs.Rejects{Path: j.set.Rejects.Path, Rows: sum.counts.Rejected, Codes: runs.CountCodes(sum.causes), Causes: runs.SortCauses(sum.causes)}
		draft.Rejects = &rejects
	}
	record = &draft
	j.host.Tag(j.id, pathsOf(draft.Models))
	j.watched.Begin(record, sum.seconds)
	m, err = j.publishSum(ctx, all, places, sum, record)
	j.saveCommitted(ctx, record, err)
	if err == nil {
		record = j.withCommit(record)
	}
	return m, record, err
}

func (j *Job) publishSum(ctx context.Context, all []*fleet.Done, places []fleet.Place, sum fleetSum, record *runs.Record) (*sinks.Manifest, error) {
	if err := sum.check(j.set); err != nil {
		return nil, err
	}
	moved, err := j.checkDrift(ctx, all)
	record.Summary, record.Drift, record.LeftOut = moved.Summary, moved.Drift, moved.LeftOut
	if err != nil {
		return nil, err
	}
	last, err := shareOf(ctx, j.set, j.host.warn)
	if err != nil {
		return nil, err
	}
	t, opt, err := j.adoptShards(ctx, all, places)
	if err != nil {
		return nil, err
	}
	abort := func(err error) error {
		errs := []error{err, t.rows.Abort(context.WithoutCancel(ctx))}
		if t.rejects != nil {
			errs = append(errs, t.rejects.Abort(context.WithoutCancel(ctx)))
		}
		return errors.Join(errs...)
	}
	if err := enough(j.set, sum.counts.Out, t.rows, last); err != nil {
		return nil, abort(err)
	}
	j.concluded = time.Now()
	record.Token = opt.Token
	run := sinks.Run{
		ID: j.id, Model: sum.model, Models: sum.models, RowsIn: sum.counts.In, Skipped: sum.counts.Skipped, Rejected: sum.counts.Rejected,
		Seconds: sum.seconds, Started: record.Started, Version: record.Version, Record: record,
	}
	var in *sinks.Intent
	if t.rejects != nil {
		in = intent.New(j.set.Output.Path, j.set.Output.lake(), j.id, opt.Token)
	}
	m, err := sinks.CommitTogether(ctx, t.rows, t.rejects, run, in, func(m *sinks.Manifest) { record.Rejects.Files = m.Files })
	if err != nil {
		return nil, abort(err)
	}
	return m, nil
}

// adoptShards opens the tables that are published, with the files of the shards.
func (j *Job) adoptShards(ctx context.Context, all []*fleet.Done, places []fleet.Place) (*tables, sinks.Options, error) {
	s, p := j.set, j.fleet.Plan
	opt := s.sink
	opt.RunID, opt.Version, opt.Once, opt.After = j.id, j.host.Version, true, p.After
	var err error
	if opt.Schema, err = fleet.DecodeSchema(p.Schema); err != nil {
		return nil, opt, err
	}
	bad := rejectsOptions(opt, s.Rejects.Path, nil)
	if len(p.Rejects) > 0 {
		if bad.Schema, err = fleet.DecodeSchema(p.Rejects); err != nil {
			return nil, opt, err
		}
		if bad.Adopt, err = fleet.Adopt(all, func(d *fleet.Done) *fleet.Files { return d.Rejects }); err != nil {
			return nil, opt, err
		}
		opt.Token = intent.Token(j.id, nil)
		bad.Token = opt.Token
	}
	if opt.Adopt, err = fleet.Adopt(all, func(d *fleet.Done) *fleet.Files { return &d.Rows }); err != nil {
		return nil, opt, err
	}
	t := &tables{}
	if t.rows, err = s.Output.lake().Open(ctx, places[0].Store, places[0].Table, opt); err != nil || len(p.Rejects) == 0 {
		return t, opt, err
	}
	if t.rejects, err = createRejects(ctx, places[1].Store, places[1].Table, s.Rejects.Path, bad); err != nil {
		return nil, opt, errors.Join(fmt.Errorf("rejects: %w", err), t.rows.Abort(context.WithoutCancel(ctx)))
	}
	return t, opt, nil
}

// checkDrift adds up the summaries of the shards, and holds them against the gate.
func (j *Job) checkDrift(ctx context.Context, all []*fleet.Done) (drift.Found, error) {
	schema, err := fleet.DecodeSchema(j.fleet.Plan.Schema)
	if err != nil {
		return drift.Found{}, err
	}
	gate, err := drift.Options(j.set.Drift).Plan(ctx, schema, j.fleet.Plan.Made, past.Query{Lake: j.set.Output.lake(), Stores: j.set.stores()}, j.host.warn)
	if err != nil {
		return drift.Found{}, err
	}
	for _, d := range all {
		c := gate.Collector()
		if c == nil {
			break
		}
		if len(d.Summary) == 0 {
			c.Fail(fmt.Errorf("shard %d has none", d.Shard))
		} else if err := c.Load(d.Summary); err != nil {
			c.Fail(fmt.Errorf("of shard %d: %w", d.Shard, err))
		}
	}
	return gate.Check()
}

// saveCommitted saves the record of a run that was committed, or not, where that is asked
// for.
func (j *Job) saveCommitted(ctx context.Context, record *runs.Record, err error) {
	if j.set.Run.Record == "" {
		return
	}
	if err != nil {
		record = failedRecord(record, engine.Findings{Counts: record.Counts, Seconds: record.Seconds}, err, j.host.ExitCode(err))
	}
	j.try("the record is not written", func() error { return saveRecord(ctx, j.set.Run.Record, record, j.set.stores()) })
}

// pathsOf are the names and places of models in a line.
func pathsOf(models []runs.Model) string {
	var list []Model
	for _, m := range models {
		list = append(list, Model{Name: m.Label, Path: m.Path})
	}
	return modelNames(list)
}

// fleetSum is what all shards of a run have together.
type fleetSum struct {
	counts  runs.Counts
	causes  map[runs.Cause]int64
	seconds map[string]float64 // of all shards, by stage
	shards  []runs.Shard
	model   sinks.Model
	models  []runs.Model
}

func sumShards(all []*fleet.Done) fleetSum {
	sum := fleetSum{causes: map[runs.Cause]int64{}, seconds: map[string]float64{}}
	for _, d := range all {
		c, r := d.Record.Counts, d.Record
		sum.counts.In += c.In
		sum.counts.Out += c.Out
		sum.counts.Skipped += c.Skipped
		sum.counts.Rejected += c.Rejected
		for stage, s := range r.Seconds {
			sum.seconds[stage] += s
		}
		if r.Rejects != nil {
			for _, cause := range r.Rejects.Causes {
				n := cause.Rows
				cause.Rows = 0
				sum.causes[cause] += n
			}
		}
		sum.shards = append(sum.shards, runs.Shard{
			Shard: d.Shard, Owner: d.Owner, Started: r.Started, Finished: r.Finished, Seconds: maps.Clone(r.Seconds), Counts: c, Files: len(d.Rows.Files),
		})
	}
	if len(all) > 0 {
		m := manifestOf(all[0].Record)
		sum.model, sum.models = m.Model, m.Models
	}
	return sum
}

// check checks the counts and the rejects of the whole run.
func (f fleetSum) check(s settings) error {
	c := f.counts
	var causes int64
	for _, n := range f.causes {
		causes += n
	}
	switch {
	case c.In != c.Out+c.Skipped+c.Rejected, causes != c.Rejected:
		return fmt.Errorf("%w: %d in, %d out, %d skipped, %d rejected, of which %d with their causes", engine.ErrCounts, c.In, c.Out, c.Skipped, c.Rejected, causes)
	case c.Rejected > 0 && c.Rejected == c.In:
		return &fault.GateError{Msg: fmt.Sprintf("all %d rows were rejected: %s", c.In, runs.DescribeCauses(runs.SortCauses(f.causes), engine.MaxCauses))}
	}
	return s.job.MaxErrors.Check(c.Rejected, c.In, f.causes)
}
