package job

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/internal/clean"
	"leapscore/internal/fault"
	"leapscore/internal/memory"
	"leapscore/internal/rows"
	"leapscore/job/internal/lake"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sinks/fleet"
	"leapscore/sources"
)

// A run can be scored in shards, each by a process of its own. The first one writes down
// what the run is to do (agree), the others check that they are about to do the same,
// and each stages its rows (runShard). Host.Commit publishes them.

// schedulers are the variables in which schedulers give the number of a task, from 0.
var schedulers = []string{"JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "SLURM_ARRAY_TASK_ID", "CLOUD_RUN_TASK_INDEX"}

// shardOf reads which shard is scored: nil if the run is scored whole.
func (r Run) shardOf() (*sources.Shard, error) {
	if r.Shard == "" {
		return nil, nil
	}
	text, from := r.Shard, ""
	if count, ok := strings.CutPrefix(text, "auto/"); ok {
		for _, name := range schedulers {
			if index := os.Getenv(name); index != "" && from == "" {
				text, from = index+"/"+count, fmt.Sprintf(" (from $%s)", name)
			}
		}
		if from == "" {
			return nil, fmt.Errorf("shard %q: none of $%s is set; give the number of the shard, such as 0/%s", text, strings.Join(schedulers, ", $"), count)
		}
	}
	s, err := sources.ParseShard(text)
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, from)
	}
	return &s, nil
}

// checkShard refuses what shards cannot do by themselves.
func (s Spec) checkShard(wrong *mistakes) {
	if s.Run.Shard == "" && !s.given["shard"] {
		return
	}
	if s.Run.Shard == "" {
		wrong.addf("shard", "shard: is empty; want INDEX/COUNT such as 0/16")
	}
	_, err := s.Run.shardOf()
	wrong.add("shard", err)
	no := func(is bool, format string, args ...any) {
		if is {
			wrong.addf("shard", format, args...)
		}
	}
	no(s.Run.ID == "", "--shard needs --run-id: by it the shards of a run find each other")
	no(s.Run.Resume, "--shard and --resume exclude each other: a shard that is run again starts over; more shards lose less")
	no(s.Run.Rerun, "--shard and --rerun exclude each other: give the run another --run-id, and --mode overwrite or overwrite-partitions")
	no(s.Input.Limit > 0, "--shard and --limit exclude each other: where --limit ends is known when the rows before are read")
	no(s.retries(), "rejects are not retried in shards: leave out --shard")
	no(slices.Contains(s.inputs(), "-"), "--shard needs files: stdin can be read once, by one process")
	no(s.Rejects.OnFileError == "reject", "--shard and --on-file-error reject exclude each other: which shard a bad file is of is not known")
	no(s.Output.Mode == sinks.ModeIgnore.String(), "--shard and --mode ignore exclude each other: take --mode error, which fails if the table is there")
	no(!place.IsFolder(s.Output.Path), "--shard needs a folder as --output: %s is written in one piece", s.Output.Path)
	no(s.Rejects.Path != "" && !place.IsFolder(s.Rejects.Path), "--shard needs a folder as --rejects: %s is written in one piece", s.Rejects.Path)
	no(s.Output.TableFormat == lake.Iceberg, "--shard goes with --table-format files and delta: an iceberg table takes its files from one process")
}

// checkCut checks that the rows of a source were cut into shards.
func checkCut(src *rows.Opened) error {
	if r := src.Reading(); r != nil && !r.Direct {
		return fault.Usagef("--shard: DuckDB has to run this query (%s), and its rows are not the same shards on every machine; "+
			"write its result to Parquet files first (COPY ... TO), and give these with --input", *r)
	}
	if _, ok := sources.FilesOf(src.Source); !ok {
		return fault.Usagef("--shard needs files with --input, or a query that only names columns of files")
	}
	return nil
}

// pin has the files scored that the shards of the run agree on, at the time that they
// agree on.
func (in *inputs) pin(f *fleet.Fleet) {
	if f == nil || f.Plan == nil || f.Plan.Record == nil {
		return
	}
	in.attempt.plan, in.pinned = f.Plan.Record, f.Plan.Record.Source.Files
}

// onlyPinned returns the files that are pinned, in their order, which differs from that of
// the names where another shard has named them from another folder. Other files have come
// since.
func onlyPinned(files []store.Object, pinned []runs.File) []store.Object {
	at := map[string]int{}
	for i, f := range pinned {
		at[f.Name] = i
	}
	where := func(o store.Object) int { return at[absolute(o)] }
	files = slices.DeleteFunc(files, func(o store.Object) bool { _, ok := at[absolute(o)]; return !ok })
	slices.SortStableFunc(files, func(a, b store.Object) int { return cmp.Compare(where(a), where(b)) })
	return files
}

func absolute(o store.Object) string { return place.Absolute(o.Name) }

// otherOrder says so if the files, which are the same, have another order: it decides which
// rows a shard has.
func otherOrder(old, new []runs.File) (what []string) {
	if !slices.EqualFunc(old, new, func(a, b runs.File) bool { return a.Name == b.Name }) {
		what = append(what, "the inputs come in another order")
	}
	return what
}

// errAgreed says that another shard has written the plan first.
var errAgreed = errors.New("the shards of the run have agreed on a plan meanwhile")

// openAgreed is open, which begins again if another shard was faster to say what the run
// is to do.
func (j *Job) openAgreed(ctx context.Context) error {
	const tries = 5
	var err error
	for range tries {
		if err = j.open(ctx); !errors.Is(err, errAgreed) {
			return err
		}
		j.planned, j.fleet = nil, nil
	}
	return err
}

// openFleet reads what the shards of the run have agreed on. It reports whether there is
// nothing to do.
func (j *Job) openFleet(ctx context.Context, before *runs.Record) (done bool, err error) {
	s := j.set
	if s.shard == nil || before != nil {
		return false, nil
	}
	st, name, err := store.OpenWith(ctx, s.Output.Path, s.stores())
	if err != nil {
		return false, fault.Usage(err)
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if j.fleet, err = fleet.Open(ctx, st, name, s.Run.ID); err != nil || j.fleet.Plan == nil {
		return false, err
	}
	if n := j.fleet.Plan.Shards; n != s.shard.Count {
		return false, &fleet.DiffersError{RunID: s.Run.ID, By: j.fleet.Plan.By, What: []string{fmt.Sprintf("the run has %d shards, and --shard %v is one of %d", n, s.shard, s.shard.Count)}}
	}
	if j.fleet.Plan.Nothing != nil {
		j.nothing = &Result{Outcome: NothingNew, Known: j.fleet.Plan.Nothing.Known}
	}
	return j.nothing != nil, nil
}

// withFleet calls do with the run as it is in the store now.
func (j *Job) withFleet(ctx context.Context, do func(f *fleet.Fleet) error) (err error) {
	st, name, err := store.OpenWith(ctx, j.set.Output.Path, j.set.stores())
	if err != nil {
		return fault.Usage(err)
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	f, err := fleet.Open(ctx, st, name, j.set.Run.ID)
	if err != nil {
		return err
	}
	j.fleet = f
	return do(f)
}

// agree writes down what the run is to do, or checks that this shard is about to do what
// the others do.
func (j *Job) agree(ctx context.Context, in *inputs) error {
	s, p := j.set, j.planned
	settings, err := settingsOf(s.Spec)
	if err != nil {
		return err
	}
	plan := &fleet.Plan{
		Shards: s.shard.Count, Record: p.draft, Settings: settings, Made: p.plan.Made(), Schema: fleet.EncodeSchema(p.plan.Schema), After: in.after(),
	}
	if p.plan.Job.HasRejects() {
		plan.Rejects = fleet.EncodeSchema(p.plan.Rejects)
	}
	if plan.After == nil && s.sink.Mode == sinks.ModeOverwrite && !s.Output.lake().IsLake() {
		past, err := s.past().Runs(ctx)
		if err != nil {
			return err
		}
		plan.After = &past.Last
	}
	if j.fleet.Plan == nil {
		return j.propose(ctx, plan)
	}
	what := runs.Differences(j.fleet.Plan.Record, p.draft)
	if len(what) == 0 {
		what = otherOrder(j.fleet.Plan.Record.Source.Files, p.draft.Source.Files)
	}
	if what = append(what, otherSettings(j.fleet.Plan.Settings, settings)...); len(what) > 0 {
		return &fleet.DiffersError{RunID: p.id, By: j.fleet.Plan.By, What: what}
	}
	p.after = nil // which the commit checks
	return nil
}

// propose writes down what the run is to do, once it is known that the tables can be
// written.
func (j *Job) propose(ctx context.Context, plan *fleet.Plan) error {
	if j.host.rehearses {
		return nil
	}
	if err := j.tryTables(ctx); err != nil {
		return err
	}
	return j.writePlan(ctx, plan)
}

// tryTables checks that the tables can be written, before the run is planned for all
// shards. Nothing is written.
func (j *Job) tryTables(ctx context.Context) error {
	j.stage = &sinks.Stage{Attempt: "none"}
	t, _, err := j.createTables(ctx)
	j.stage = nil
	switch {
	case errors.Is(err, sinks.ErrRunDone): // which Run finds out again
		return nil
	case err != nil:
		return err
	}
	err = t.rows.Abort(ctx)
	if t.rejects != nil {
		err = errors.Join(err, t.rejects.Abort(ctx))
	}
	return errors.Join(err, t.close())
}

func (j *Job) writePlan(ctx context.Context, plan *fleet.Plan) error {
	return j.withFleet(ctx, func(f *fleet.Fleet) error {
		own, err := f.Agree(ctx, plan, uuid.NewString())
		if err == nil && !own {
			err = errAgreed
		}
		return err
	})
}

// agreeOnNothing writes down that there is nothing to score.
func (j *Job) agreeOnNothing(ctx context.Context, note *runs.Incremental) error {
	if note == nil || j.fleet.Plan != nil || j.host.rehearses {
		return nil
	}
	return j.writePlan(ctx, &fleet.Plan{Shards: j.set.shard.Count, Nothing: note})
}

// shardSettings are those of a Spec that the commit of its shards needs. The place of the
// output is not one: machines may have other names for it.
type shardSettings struct {
	Output  Output
	Rejects Rejects
	Gates   Gates
	Drift   Drift
	Watch   Watch
	Record  string
}

func settingsOf(s Spec) ([]byte, error) {
	w := shardSettings{s.Output, s.Rejects, s.Gates, s.Drift, s.Watch, s.Run.Record}
	w.Output.Path = ""
	if w.Rejects.Path != "" {
		w.Rejects.Path = place.Absolute(w.Rejects.Path)
	}
	for _, url := range []*string{&w.Watch.Pushgateway, &w.Watch.OpenLineage} {
		if clean.Hide(*url) != *url { // secrets are not written down: commit has flags for them
			*url = ""
		}
	}
	return json.Marshal(w)
}

// spec is the Spec of a commit.
func (w shardSettings) spec() Spec {
	return Spec{Output: w.Output, Rejects: w.Rejects, Gates: w.Gates, Drift: w.Drift, Watch: w.Watch, Run: Run{Record: w.Record}}
}

// otherSettings names the settings that differ.
func otherSettings(old, new []byte) (what []string) {
	var was, is shardSettings
	if err := errors.Join(json.Unmarshal(old, &was), json.Unmarshal(new, &is)); err != nil {
		return []string{"the settings of the plan are damaged: " + err.Error()}
	}
	a, b := was.spec(), is.spec()
	for _, k := range keys {
		if !reflect.DeepEqual(k.of(&a), k.of(&b)) && a.Text(k.Name) != b.Text(k.Name) {
			what = append(what, fmt.Sprintf("--%s was %q and is %q", k.Name, a.Text(k.Name), b.Text(k.Name)))
		}
	}
	return what
}

// runShard scores the rows of the shard and stages them. It ends well if that failed
// because another attempt was faster, and the commit has removed what this one wrote.
func (j *Job) runShard(ctx context.Context, o Observer) (*Result, error) {
	res, err := j.stageShard(ctx, o)
	if err == nil || ctx.Err() != nil {
		return res, err
	}
	before, readErr := j.set.past().Finished(ctx, j.id)
	if readErr != nil || before == nil {
		return res, err
	}
	j.host.warn("the run was published while another attempt at a shard of it went on, which ends here", "shard", j.set.shard.String(), "reason", err.Error())
	if places, closeAll, err := j.set.places(ctx); err == nil {
		j.discard(ctx, places)
		j.try("a store is not closed", closeAll)
	}
	return finishedBefore(before), nil
}

// stageShard scores the rows of the shard and stages them.
func (j *Job) stageShard(ctx context.Context, o Observer) (res *Result, err error) {
	s := j.set
	places, closeAll, err := s.places(ctx)
	if err != nil {
		return nil, err
	}
	defer j.try("a store is not closed", closeAll)
	f, err := fleet.Open(ctx, places[0].Store, places[0].Table, s.Run.ID)
	if err != nil {
		return nil, err
	}
	if f.Plan == nil {
		return nil, fmt.Errorf("%s: the plan of run %s is gone: it was discarded, or swept; run the shards again", s.Output.Path, s.Run.ID)
	}
	if done, err := f.Done(ctx, s.shard.Index); err != nil || done != nil {
		return stagedBefore(done), err
	}
	j.stage = &sinks.Stage{Shard: s.shard.Index, Attempt: uuid.NewString()[:8]}
	alive, err := f.Begin(ctx, s.shard.Index, j.stage.Attempt, places, s.Output.SweepAfter)
	if err != nil {
		return nil, err
	}
	defer j.try("the shard is still noted as running", func() error { return alive.End(context.WithoutCancel(ctx)) })
	done := &fleet.Done{Shard: s.shard.Index, Attempt: j.stage.Attempt}
	j.stage = fleet.Stage(s.shard.Index, j.stage.Attempt, &done.Rows)
	m, err := j.scoreShard(ctx, o, done, places)
	switch {
	case errors.Is(err, sinks.ErrRunDone):
		return doneInTable(ctx, s.Spec)
	case err != nil:
		return nil, err
	}
	return j.finishShard(ctx, f, done, places, m)
}

// scoreShard scores the rows, and notes in done what is known of them.
func (j *Job) scoreShard(ctx context.Context, o Observer, done *fleet.Done, places []fleet.Place) (*sinks.Manifest, error) {
	s, p := j.set, j.planned
	t, opt, err := j.createTables(ctx)
	if err != nil {
		return nil, err
	}
	defer j.try("a store is not closed", t.close)
	r := j.engineRun(t, opt, p.draft)
	r.Intent = nil
	r.Conclude = func(r *engine.Run) (*runs.Record, error) {
		j.concluded = time.Now()
		record := scoredRecord(p.draft, r.Findings(), p.drift.Summed())
		record.Summary = nil // the sum of all shards is made of what is saved
		return record, nil
	}
	j.watched.Begin(p.draft, r.Info.Seconds)
	ended := j.observe(o, &r.Progress)
	m, err := r.Do(ctx)
	ended()
	if _, err = j.afterRejects(ctx, r, opt, err); err != nil {
		return nil, memory.Explain(err, s.Limits.Memory)
	}
	for _, w := range m.Warnings {
		j.host.warn(w)
	}
	atPlace := s.Output.lake().IsLake()
	done.Rows.Take(places[0].Store, p.id, j.stage, atPlace, m)
	done.Record = r.Info.Record
	done.Record.Source.Files, done.Record.Plan = nil, nil
	if rejects := done.Record.Rejects; rejects != nil && len(places) > 1 {
		done.Rejects = &fleet.Files{}
		done.Rejects.Take(places[1].Store, p.id, j.stage, false, &sinks.Manifest{Files: rejects.Files})
	}
	j.try("the shard has no summary of columns", func() (err error) {
		done.Summary, err = p.drift.Collector().Save()
		return err
	})
	return m, nil
}

// finishShard notes that the shard is done, unless another attempt was faster.
func (j *Job) finishShard(ctx context.Context, f *fleet.Fleet, done *fleet.Done, places []fleet.Place, m *sinks.Manifest) (*Result, error) {
	err := f.Finish(ctx, done, places)
	if err == nil {
		return &Result{Outcome: Staged, Manifest: m, Record: done.Record, Shard: j.set.shard.String(), Seconds: time.Since(j.start).Seconds()}, nil
	}
	j.try("the files of this attempt are left", func() error { return done.Drop(context.WithoutCancel(ctx), places) })
	if !errors.Is(err, fleet.ErrDone) {
		return nil, err
	}
	other, err := f.Done(ctx, done.Shard)
	return stagedBefore(other), err
}

func stagedBefore(d *fleet.Done) *Result {
	if d == nil {
		return nil
	}
	return &Result{Outcome: StagedBefore, Record: d.Record, Manifest: manifestOf(d.Record), Shard: fmt.Sprintf("%d/%d", d.Shard, d.Shards)}
}

// places opens the tables that shards write to: that of the rows, and that of the rejects
// if there is one.
func (s Spec) places(ctx context.Context) (places []fleet.Place, closeAll func() error, err error) {
	closeAll = func() (err error) {
		for _, p := range places {
			err = errors.Join(err, p.Store.Close())
		}
		return err
	}
	tables := []string{s.Output.Path}
	if s.rejects() {
		tables = append(tables, s.Rejects.Path)
	}
	for _, where := range tables {
		st, name, err := store.OpenWith(ctx, where, s.stores())
		if err != nil {
			return nil, nil, errors.Join(fault.Usage(err), closeAll())
		}
		places = append(places, fleet.Place{Store: st, Table: strings.TrimSuffix(name, "/")})
	}
	return places, closeAll, nil
}
