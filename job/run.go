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
	"leapscore/engine/summary"
	"leapscore/internal/memory"
	"leapscore/job/internal/intent"
	"leapscore/job/internal/past"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
)

// Run does what was planned, and publishes the table whole or not at all. A job is run
// once.
func (j *Job) Run(ctx context.Context, o Observer) (res *Result, err error) {
	if j.ran {
		return nil, errors.New("the job was run: open it again")
	}
	j.ran = true
	s := j.set.Spec
	var record *runs.Record
	defer func() { j.endWatch(context.WithoutCancel(ctx), record, err) }()
	if s.rejects() && j.set.shard == nil {
		if err := intent.Settle(ctx, s.Output.Path, s.Output.SweepAfter, s.Rejects.Path, s.Run.ID, s.stores()); err != nil {
			return nil, err
		}
	}
	if j.nothing != nil {
		return j.nothing, nil
	}
	if j.set.shard != nil {
		return j.runShard(ctx, o)
	}
	t, opt, err := j.createTables(ctx)
	switch {
	case errors.Is(err, sinks.ErrRunDone):
		return doneInTable(ctx, s)
	case errors.Is(err, sinks.ErrIgnored):
		return ignoredFor(ctx, s)
	case err != nil:
		return nil, err
	}
	res, record, err = j.score(ctx, o, t, opt)
	return res, err
}

// score scores the rows into the tables, and publishes them. The record is there
// whether that succeeds or not.
func (j *Job) score(ctx context.Context, o Observer, t *tables, opt sinks.Options) (*Result, *runs.Record, error) {
	defer j.try("a store is not closed", t.close)
	j.warnOldRejects()
	draft := withToken(j.planned.draft, opt.Token)
	r := j.engineRun(t, opt, draft)
	j.watched.Begin(draft, r.Info.Seconds)
	ended := j.observe(o, &r.Progress)
	m, err := r.Do(ctx)
	ended()
	j.warnFiles(r)
	kept, err := j.afterRejects(ctx, r, opt, err)
	record := j.ended(ctx, draft, r, kept, err)
	if err != nil {
		return nil, record, memory.Explain(err, j.set.Limits.Memory)
	}
	for _, w := range m.Warnings {
		j.host.warn(w)
	}
	return &Result{Outcome: Done, Manifest: m, Record: record, Seconds: time.Since(j.start).Seconds()}, j.withCommit(record), nil
}

// withCommit returns a record with how long the commit took, for those who watch the
// run: the one in the table was written with it.
func (j *Job) withCommit(record *runs.Record) *runs.Record {
	r := *record
	r.Seconds = maps.Clone(record.Seconds)
	if r.Seconds == nil {
		r.Seconds = map[string]float64{}
	}
	r.Seconds["commit"] = time.Since(j.concluded).Seconds()
	r.Finished = time.Now().UTC().Format(time.RFC3339Nano)
	return &r
}

// afterRejects keeps rejected rows of a run that a limit or a gate has ended, and says
// where in the error. Otherwise it removes those of an earlier attempt.
func (j *Job) afterRejects(ctx context.Context, r *engine.Run, opt sinks.Options, err error) (*runs.Kept, error) {
	if err == nil {
		j.try("rejected rows of an earlier attempt are left", func() error { return j.forgetKept(ctx, opt) })
		return nil, nil
	}
	if ClassOf(err) != ClassBudget || r.Rejects == nil || !r.HasKept() {
		return nil, err
	}
	var kept *runs.Kept
	j.try("the rejected rows are not kept", func() (failed error) {
		kept, failed = j.keepRejects(ctx, r, opt)
		return failed
	})
	if kept != nil {
		err = fmt.Errorf("%w; %d of the rejected rows, with the reasons, are in %s", err, kept.Rows, kept.Path)
	}
	return kept, err
}

// createTables checks and opens the tables that are written. The options are those of
// the output.
func (j *Job) createTables(ctx context.Context) (*tables, sinks.Options, error) {
	s, p := j.set, j.planned
	opt := j.sinkOptions()
	bad := rejectsOptions(opt, s.Rejects.Path, p.plan)
	if err := checkTables(ctx, s.Spec, p.plan, opt, bad); err != nil {
		return nil, opt, err
	}
	if !s.Output.lake().IsLake() {
		warnOfMount(ctx, s.Output.Path, s.stores(), j.host.warn)
	}
	t, err := openTables(ctx, s.Spec, j.host.Stdout, p.before, p.plan.Job.HasRejects(), opt, bad)
	return t, opt, err
}

// sinkOptions are those of the output table.
func (j *Job) sinkOptions() sinks.Options {
	s, p := j.set, j.planned
	info := j.info(p)
	opt := s.sink
	opt.Schema, opt.RunID, opt.Version, opt.Buffer = p.plan.Schema, info.ID, info.Version, s.memory/16
	if s.Columns.Lineage != "none" {
		opt.Metadata = metadata(info)
	}
	opt.After, opt.Redo, opt.Once, opt.Stage = p.after, p.resume.redo, p.resume.once, j.stage
	if p.resume.notes {
		opt.Plan, opt.Resume = p.draft, p.resume.resume
	}
	if p.plan.Job.HasRejects() {
		opt.Token = intent.Token(p.id, p.before)
	}
	return opt
}

// info is what is known of the run before it starts, but for its record.
func (j *Job) info(p *planned) sinks.Run {
	return sinks.Run{
		ID: p.id, Model: p.model.identity, Models: p.model.several(), Started: j.start.UTC().Format(time.RFC3339Nano), Version: j.host.Version,
		Seconds: map[string]float64{"load": p.loadTime.Seconds(), "plan": p.planTime.Seconds()},
	}
}

// engineRun is the run that writes the tables. draft is its record so far.
func (j *Job) engineRun(t *tables, opt sinks.Options, draft *runs.Record) *engine.Run {
	s, p := j.set, j.planned
	r := &engine.Run{
		Plan: p.plan, Table: t.rows, Rejects: t.rejects, Info: j.info(p),
		Reuse: s.memory / 16, BatchBytes: memory.BatchBytes(s.memory, p.plan.Job.Workers),
		Summary: p.drift.Collector(), Suspend: p.resume.suspend,
		Conclude: func(r *engine.Run) (*runs.Record, error) { return j.conclude(draft, r) },
	}
	if p.plan.Job.HasRejects() {
		r.Intent = intent.New(s.Output.Path, s.Output.lake(), p.id, opt.Token)
	}
	if tracer := j.watched.Tracer(); tracer != nil {
		r.Observer = tracer
	}
	return r
}

// conclude is called when all is scored: it returns the record, and says whether the
// rows may be published.
func (j *Job) conclude(draft *runs.Record, r *engine.Run) (*runs.Record, error) {
	defer func() { j.concluded = time.Now() }()
	if err := checkRows(j.set, r, j.planned.shareOf); err != nil {
		return scoredRecord(draft, r.Findings(), j.planned.drift.Summed()), err
	}
	moved, err := j.planned.drift.Check()
	return scoredRecord(draft, r.Findings(), moved), err
}

// ended returns the record of a run that has ended, and saves it where that is asked
// for. If it cannot be saved there is a warning: rows that are published stay so, and a
// scheduler that saw a failure would score them again.
func (j *Job) ended(ctx context.Context, draft *runs.Record, r *engine.Run, kept *runs.Kept, err error) *runs.Record {
	record := r.Info.Record
	if record == nil {
		record = draft
	}
	if err != nil {
		record = failedRecord(record, r.Findings(), err, j.host.ExitCode(err))
		if record.Rejects != nil {
			record.Rejects.Kept = kept
		}
	}
	if err == nil && place.IsFile(j.set.Output.Path) {
		j.try("the record is not written", func() error { return saveBesideFile(ctx, j.set.Spec, record) })
	}
	if where := j.set.Run.Record; where != "" {
		j.try("the record is not written", func() error { return saveRecord(ctx, where, record, j.set.stores()) })
	}
	return record
}

// doneInTable is the result of a run that the table remembers.
func doneInTable(ctx context.Context, s Spec) (*Result, error) {
	st, name, err := store.OpenWith(ctx, s.Output.Path, s.stores())
	if err != nil {
		return nil, err
	}
	defer st.Close()
	r, err := past.RecordOrID(ctx, st, name, s.Run.ID)
	if err != nil {
		return nil, err
	}
	return finishedBefore(r), nil
}

// ignoredFor is the result of a run that leaves the table as it is. Of a folder, its
// manifest is known.
func ignoredFor(ctx context.Context, s Spec) (*Result, error) {
	res := &Result{Outcome: Ignored}
	st, name, err := store.OpenWith(ctx, s.Output.Path, s.stores())
	if err != nil {
		return nil, err
	}
	defer st.Close()
	if m, err := sinks.ReadManifest(ctx, st, name); err == nil && !place.IsFile(s.Output.Path) {
		res.Manifest = m
	}
	return res, nil
}

// Outcome is how a run ended that did not fail.
type Outcome string

// The outcomes.
const (
	Done           Outcome = "done"            // the rows are published
	FinishedBefore Outcome = "finished-before" // the run of this id was done already
	NothingNew     Outcome = "nothing-new"     // the table has the rows of all inputs
	Staged         Outcome = "staged"          // the shard waits for the commit of the run
	Discarded      Outcome = "discarded"       // what was staged of the run is deleted
	StagedBefore   Outcome = "staged-before"   // an attempt at the shard had done that already
	RetriedBefore  Outcome = "retried-before"  // the table has the rows of all rejects that passed
	Ignored        Outcome = "ignored"         // there is a table already, which mode ignore leaves as it is
)

// Result is what a run has done.
type Result struct {
	Outcome  Outcome
	Manifest *Manifest    // of this run, or of the one that left nothing to do, or nil
	Record   *runs.Record // the same
	Known    int          // inputs that the table had already
	Shard    string       // that was scored, as 3/16, or empty
	Seconds  float64
}

// Manifest says which files a run wrote, and how many rows.
type Manifest = sinks.Manifest

// MarshalJSON gives the manifest, with a mark if nothing was done.
func (r *Result) MarshalJSON() ([]byte, error) { return json.Marshal(r.shown(r.Manifest)) }

// AtMost is the result as JSON that lists no more than so many files of the table, and
// counts the others: a scheduler may take only so many bytes.
func (r *Result) AtMost(files int) any {
	m := r.Manifest
	if m == nil || len(m.Files) <= files && len(m.Kept) <= files && len(m.Removed) <= files {
		return r
	}
	bounded := *m
	bounded.Files, bounded.Kept, bounded.Removed = most(m.Files, files), most(m.Kept, files), most(m.Removed, files)
	var all sinks.Size
	for _, f := range m.Files {
		all.Files, all.Bytes = all.Files+1, all.Bytes+f.Bytes
	}
	bounded.All = &all
	return r.shown(&bounded)
}

func most[T any](list []T, n int) []T { return list[:min(n, len(list))] }

// shown is a manifest with a mark if nothing was done.
func (r *Result) shown(listed *Manifest) any {
	type skipped struct {
		Skipped bool `json:"skipped"`
		manifest
	}
	type ignored struct {
		Ignored bool `json:"ignored"`
		manifest
	}
	m := manifest{Manifest: listed}
	if r.Record != nil {
		m.Output, m.Record = r.Record.Output.Path, place.Record(r.Record.Output.Path, r.Record.RunID)
	}
	if r.Record != nil && r.Record.Rejects != nil {
		of := r.Record.Rejects
		m.Rejects = &rejectCounts{of.Path, of.Rows, of.Codes, of.Causes}
	}
	if r.Record != nil && r.Record.Drift != nil {
		m.Drift = r.Record.Drift.WithoutBins()
	}
	switch r.Outcome {
	case Done:
		return m
	case Staged, StagedBefore:
		return struct {
			Shard   string `json:"shard"`
			Skipped bool   `json:"skipped,omitempty"`
			manifest
		}{r.Shard, r.Outcome == StagedBefore, m}
	case Ignored:
		return ignored{true, m}
	}
	return skipped{true, m}
}

// manifest is a Manifest with parts of the record that say how good the rows are, and
// with the places of the table and of the whole record.
type manifest struct {
	*Manifest
	Output  string         `json:"output,omitempty"`
	Record  string         `json:"record,omitempty"`
	Rejects *rejectCounts  `json:"rejects,omitempty"`
	Drift   *summary.Drift `json:"drift,omitempty"`
}

// rejectCounts is runs.Rejects without the files.
type rejectCounts struct {
	Path   string           `json:"path"`
	Rows   int64            `json:"rows"`
	Codes  map[string]int64 `json:"codes"`
	Causes []runs.Cause     `json:"causes"`
}

func finishedBefore(r *runs.Record) *Result {
	return &Result{Outcome: FinishedBefore, Record: r, Manifest: manifestOf(r)}
}

func retriedBefore(r *runs.Record) *Result {
	return &Result{Outcome: RetriedBefore, Record: r, Manifest: manifestOf(r)}
}

// nothingNew is the result of a run all of whose inputs the table has.
func nothingNew(t *tableInputs, note *runs.Incremental) *Result {
	r := &Result{Outcome: NothingNew}
	if note != nil {
		r.Known = note.Known
	}
	if t != nil && t.last != nil {
		r.Record, r.Manifest = t.last, manifestOf(t.last)
	}
	return r
}
