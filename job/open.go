package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"leapscore/engine"
	"leapscore/internal/fault"
	"leapscore/internal/memory"
	"leapscore/internal/rows"
	"leapscore/job/internal/drift"
	"leapscore/job/internal/past"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sinks/fleet"
	"leapscore/sources"
	"leapscore/sql"
	"leapscore/watch"
)

// Job is a Spec that was opened. It is run once.
type Job struct {
	host    Host
	set     settings
	watched *watch.Watched
	start   time.Time
	ran     bool

	concluded time.Time // when all was scored, and the commit began

	fleet *fleet.Fleet // of a run that is scored in shards, or nil
	stage *sinks.Stage // of this shard, once it is scored

	id      string  // of the run, as far as it is known before the inputs are
	nothing *Result // what Run returns if there is nothing to do
	planned *planned
}

// planned is what Open found out.
type planned struct {
	model   *loaded
	plan    *engine.Plan
	rows    *rows.Opened // closed but for its stores by the source of the plan
	query   string
	reading *sql.Reading // how the rows of the query are read, or nil

	id        string
	scoredAt  time.Time
	before    *runs.Record      // the run of this id, which is done again, or nil
	increment *runs.Incremental // nil unless inputs that the table has are left out
	after     *string           // the run that must be the last one in the table, if it matters
	sums      map[string]string // hashes of rejects that are retried, by file
	drift     *drift.Gate
	draft     *runs.Record // the record of the run so far
	shareOf   *runs.Record // that min-rows is a share of, or nil
	resume    resumePlan

	loadTime, planTime time.Duration
}

// Open opens a job: it loads the models, opens the source and plans. It writes nothing,
// but for rejects that an interrupted run has left and that are to be retried, and what the
// shards of a run agree on.
func Open(ctx context.Context, s Spec) (*Job, error) { return Host{}.Open(ctx, s) }

// Open is the function Open with what a program has.
func (h Host) Open(ctx context.Context, s Spec) (j *Job, err error) {
	set, wrong := s.read()
	h.setTimeout(&set.Spec, s)
	h.addNames(ctx, set, &wrong)
	if err := wrong.of(watchKeys...).err(); err != nil {
		return nil, err
	}
	j = &Job{host: h.withDefaults(), set: set, start: time.Now()}
	j.host.Secrets = append(slices.Clip(h.Secrets), s.Secrets()...)
	j.id = runID(s.Run.ID, j.start)
	j.host.Tag(j.id, modelNames(s.Models))
	j.watched, err = j.watch(ctx)
	if err != nil {
		return nil, fault.Usage(err)
	}
	if err = wrong.err(); err == nil {
		err = j.openAgreed(ctx)
	}
	if err != nil {
		j.endWatch(context.WithoutCancel(ctx), nil, err)
		return nil, err
	}
	return j, nil
}

// open plans the run, or finds that there is nothing to do.
func (j *Job) open(ctx context.Context) error {
	s := j.set.Spec
	if err := checkApartFromRejects(ctx, s); err != nil {
		return fault.Usage(err)
	}
	if err := settleInputs(ctx, s); err != nil {
		return err
	}
	before, err := s.past().Finished(ctx, s.Run.ID)
	if err != nil {
		return err
	}
	if done, err := j.openFleet(ctx, before); err != nil || done {
		return err
	}
	if before != nil && len(before.Models) == 0 {
		j.host.warnUnknown(s)
		j.nothing = finishedBefore(before)
		return checkUnknown(s)
	}
	m, err := load(ctx, s)
	if err != nil {
		return err
	}
	loadTime := time.Since(j.start)
	for _, w := range m.Warnings {
		attrs := []any{"node", w.Node, "op", w.Op, "detail", w.Detail}
		if w.Model != "" {
			attrs = append(attrs, "model", w.Model)
		}
		j.host.warn("predictions may not be those that are meant", attrs...)
	}
	if before != nil && s.Run.Incremental {
		j.nothing = finishedBefore(before)
		return checkSameIncrement(s, before, m)
	}
	inputs, err := chooseInputs(ctx, s, m, before)
	if err != nil {
		return err
	}
	inputs.pin(j.fleet)
	j.planned = &planned{model: m, before: before, loadTime: loadTime}
	return j.plan(ctx, inputs)
}

// plan opens the source and plans what is to be done with its rows.
func (j *Job) plan(ctx context.Context, inputs *inputs) (err error) {
	s, p := j.set, j.planned
	src, fresh, err := j.openInputs(ctx, inputs)
	if err == nil && src == nil && j.fleet != nil {
		return j.agreeOnNothing(ctx, fresh.increment)
	}
	if err != nil || src == nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, src.Close())
		}
	}()
	narrow, err := narrowed(s.Spec, p.model.Inputs, src.Source, func(msg string) { j.host.warn(msg) })
	if err != nil {
		return err
	}
	p.rows, p.query, p.reading = src, src.Query, src.Reading()
	p.increment, p.after, p.sums = fresh.increment, inputs.after(), fresh.rejects.sums
	if p.id = j.id; s.Run.ID == "" && fresh.rejects.id != "" {
		p.id = fresh.rejects.id
		j.host.Tag(p.id, modelNames(s.Models))
	}
	if p.scoredAt, err = inputs.attempt.scoredAt(s.Run, j.start); err != nil {
		return err
	}
	if p.plan, err = j.bind(narrow, inputs.left); err != nil {
		return err
	}
	p.planTime = time.Since(j.start) - p.loadTime
	p.draft = j.newDraft()
	if p.before != nil && !s.Run.Rerun {
		j.nothing = finishedBefore(p.before)
		return checkSameJob(s.Spec, p.before, p.draft)
	}
	if err := inputs.table.checkColumns(p.draft); err != nil {
		return err
	}
	if p.drift, err = drift.Options(s.Drift).Plan(ctx, p.plan.Schema, p.plan.Made(), past.Query{Lake: s.Output.lake(), Stores: s.stores()}, j.host.warn); err != nil {
		return err
	}
	if s.shard != nil { // the gates are those of the whole run
		p.resume = resumePlan{once: true}
		return j.agree(ctx, inputs)
	}
	if p.shareOf, err = shareOf(ctx, j.set, j.host.warn); err != nil {
		return err
	}
	p.resume, err = planResume(j.set, p.before, inputs.attempt, p.plan.Job.Source, p.drift != nil, j.host.warn)
	return err
}

// runID is the id that was given, or a new one.
func runID(given string, now time.Time) string {
	if given != "" {
		return given
	}
	return runs.NewID(now)
}

// bind plans how the rows of a source become those of the table.
func (j *Job) bind(src sources.Source, left *engine.FileRejects) (*engine.Plan, error) {
	s, m, p := j.set, j.planned.model, j.planned
	e := s.job
	e.Model, e.Source, e.Files, e.MaxColumns = m.Model, src, left, memory.MostColumns(s.memory)
	if s.Columns.Lineage == "columns" {
		id := m.identity
		e.Lineage = &engine.Lineage{ModelName: id.Name, ModelVersion: id.Version, ModelSHA256: id.SHA256, RunID: p.id, ScoredAt: p.scoredAt}
	}
	plan, err := e.Plan()
	if err != nil {
		return nil, err
	}
	if err := checkNames(s.Spec, plan); err != nil {
		return nil, err
	}
	if n := memory.Workers(s.memory, s.query(), len(plan.Read), e.Workers); n < plan.Job.Workers {
		j.host.warn("--memory has room for fewer workers", "workers", n, "wanted", e.Workers)
		plan.Job.Workers = n
	}
	if about, is := memory.Cramped(s.memory, len(plan.Read)); is {
		j.host.warn("--memory may not be held: each column of a file takes its pages", "columns", len(plan.Read), "memory", s.Limits.Memory, "about", fmt.Sprintf("%dMiB", about>>20))
	}
	for _, o := range plan.WideLists(warnWidth) {
		j.host.warn("wide vectors are written as lists of all their values, zeros included; --vectors sparse or udt is smaller, and reads faster", "column", o.Name, "values", o.Width)
	}
	return plan, nil
}

// warnWidth is how many values a vector has that had better be no list.
const warnWidth = 10_000

// checkApartFromRejects checks that a retry does not write to what it reads.
func checkApartFromRejects(ctx context.Context, s Spec) error {
	for _, to := range []struct{ key, table string }{{"output", s.Output.Path}, {"rejects", s.Rejects.Path}} {
		for _, in := range s.Input.Retry {
			if to.table == "" || in == "-" || place.IsStream(to.table) {
				continue
			}
			if same, err := place.Overlap(ctx, in, to.table, s.stores()); err != nil {
				return err
			} else if same {
				return fmt.Errorf("--%s %s is, or lies in, the rejects %s that are scored: choose another place", to.key, to.table, in)
			}
		}
	}
	return nil
}

// Close releases what a job holds. It ends what watches a job that was not run.
func (j *Job) Close() error {
	j.endWatch(context.Background(), nil, nil)
	if j.planned == nil || j.planned.plan == nil {
		return nil
	}
	return errors.Join(j.planned.plan.Job.Source.Close(), j.planned.rows.CloseStores())
}
