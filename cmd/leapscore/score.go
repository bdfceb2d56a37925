package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sources"
)

// scoreFlags are the flags of the main command.
type scoreFlags struct {
	modelFlags
	sourceFlags
	columnFlags
	runFlags
	formatFlags
	fileErrorFlags
	lineageFlags
	driftFlags
	gateFlags
	lakeFlags
	partitionFlags
	pickFlags
	retry *retryFlags // nil unless it is rejects that are scored again
	watchFlags

	output      string
	mode        string
	compression string
	onError     string
	maxErrors   string
	rejects     string
	workers     int
	memory      string
	batch       int
	json        bool
	inc         incrementalFlags
}

func newScore(out *output) *cobra.Command {
	f := &scoreFlags{}
	cmd := &cobra.Command{
		Use:   "score --model BUNDLE (--sql QUERY | --input GLOB...) --output TABLE",
		Short: "Score the rows of a query or of files into a table",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.more(args); err != nil {
				return err
			}
			out.hide(f.params.m)
			return f.watched(cmd.Context(), out, f.output, func() error { return f.run(cmd.Context(), out) })
		},
	}
	f.sourceFlags.register(cmd.Flags())
	f.register(cmd)
	return cmd
}

// register adds the flags of score but for those of its source.
func (f *scoreFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	f.modelFlags.register(fs)
	f.columnFlags.register(fs)
	f.runFlags.register(fs)
	if f.retry == nil { // the table knows which rejects were retried
		f.inc.register(fs)
	}
	f.formatFlags.register(fs)
	f.fileErrorFlags.register(fs)
	f.lineageFlags.register(fs)
	f.driftFlags.register(fs)
	f.gateFlags.register(fs)
	f.lakeFlags.register(fs)
	f.partitionFlags.register(fs)
	f.pickFlags.register(fs)
	f.watchFlags.register(fs)
	fs.StringVar(&f.output, "output", "", "folder of the table, one file such as NAME.parquet or NAME.csv.gz, or - for stdout")
	fs.StringVar(&f.mode, "mode", "error", "if the output exists: error, overwrite, overwrite-partitions, append or ignore")
	fs.StringVar(&f.compression, "compression", "", "snappy (default for Parquet), none (default otherwise), gzip, zstd, lz4 or brotli")
	fs.StringVar(&f.onError, "on-error", "fail", "rows that the model refuses: fail or reject")
	fs.StringVar(&f.maxErrors, "max-errors", "", "with reject: how many rows, or what share (0.5%), may be rejected")
	fs.StringVar(&f.rejects, "rejects", "", "folder of the table of rejected rows, which has all columns of the source")
	fs.IntVar(&f.workers, "workers", runtime.NumCPU(), "goroutines that score")
	fs.StringVar(&f.memory, "memory", "2GiB", "ceiling for the memory of the process")
	fs.IntVar(&f.batch, "batch-rows", sources.DefaultBatchRows, "rows that go through the pipeline at once")
	fs.BoolVar(&f.json, "json", false, "print the run's manifest as the last line of stdout")
	completeScore(cmd)
}

// options are the flags of score, read.
type options struct {
	job    engine.Job
	sink   sinks.Options
	memory int64
}

// read reads the flags. The first that is wrong is a usageError.
func (f *scoreFlags) read() (o options, err error) {
	fail := func(e error) {
		if e != nil && err == nil {
			err = usageError{e}
		}
	}
	var e error
	switch {
	case len(f.models.all) == 0:
		fail(errors.New("--model is required"))
	case f.output == "":
		fail(errors.New("--output is required"))
	}
	fail(f.sourceFlags.check())
	fail(f.runFlags.check())
	fail(f.checkIncremental())
	fail(f.pickFlags.check())
	fail(f.lineageFlags.check())
	fail(f.driftFlags.check())
	fail(f.checkGates())
	o.sink.Mode, e = sinks.ParseMode(f.mode)
	fail(e)
	o.sink.Compression, e = sinks.ParseCompression(f.compression)
	fail(e)
	fail(f.formatFlags.set(f.output, f.json, &o.sink))
	fail(writable("rejects", f.rejects))
	fail(f.lakeFlags.check(f.output, o.sink))
	o.job.MaxErrors, e = engine.ParseMaxErrors(f.maxErrors)
	fail(e)
	o.memory, e = parseBytes(f.memory)
	fail(e)
	o.job.Cast, e = f.castMode()
	fail(e)
	if o.memory < minQueryMemory && len(f.input) == 0 {
		fail(fmt.Errorf("memory %q: a query wants at least 256MiB", f.memory))
	}
	if f.workers < 1 || f.batch < 1 {
		fail(errors.New("--workers and --batch-rows must be at least 1"))
	}
	if o.sink.Mode == sinks.Append && isFile(f.output) {
		fail(errors.New("--mode append needs a folder as --output: rows cannot be appended to a file"))
	}
	fail(f.partitionFlags.set(&o.sink, f.output))
	fail(f.checkResume())
	o.sink.FileRows = f.fileRows
	fail(f.fileErrorFlags.set(&f.sourceFlags, f.rejects, &o.job))
	switch {
	case f.onError == "reject":
		o.job.Reject = true
		if f.rejects == "" {
			fail(errors.New("--on-error reject needs --rejects DIR, so that no row is lost"))
		}
	case f.onError != "fail":
		fail(fmt.Errorf("on-error %q: want fail or reject", f.onError))
	case !o.job.HasRejects() && (f.rejects != "" || f.maxErrors != ""):
		fail(errors.New("--rejects and --max-errors go with --on-error reject or --on-file-error reject"))
	}
	fail(f.columnFlags.set(&o.job))
	o.sink.VectorUDT = o.job.Vectors == engine.VectorUDT
	o.job.Map = f.maps.m
	o.job.Workers, o.job.BatchRows = f.workers, f.batch
	return o, err
}

func (f *scoreFlags) run(ctx context.Context, out *output) error {
	start := time.Now()
	opt, err := f.read()
	if err != nil {
		return err
	}
	if err := f.settleAll(ctx, opt.job.HasRejects()); err != nil {
		return err
	}
	if f.before, err = f.finished(ctx); err != nil {
		return err
	}
	if f.before != nil && len(f.before.Models) == 0 {
		return f.unknown(out)
	}
	duckdb, heap := memoryShares(opt.memory, len(f.input) == 0)
	debug.SetMemoryLimit(heap) // above it, what is garbage is collected early
	m, err := f.models.load(ctx)
	if err != nil {
		return err
	}
	loaded := time.Since(start)
	if f.before != nil && f.inc.on {
		return f.sameIncrement(out, m)
	}
	if err := f.look(ctx, m); err != nil {
		return err
	}
	f.sourceFlags.warn = func(msg string) { out.log.Warn(msg) }
	if err := f.lookAtRetries(ctx, m); err != nil {
		return err
	}
	src, err := f.open(ctx, m, f.maps, f.workers, duckdb)
	if errors.Is(err, errRetried) {
		return f.allRetried(out)
	}
	if f.isNothing(err) {
		return f.nothingNew(out)
	}
	if err != nil {
		return err
	}
	defer src.Close()
	if src, err = f.narrow(src); err != nil {
		return err
	}
	opt.job.Model, opt.job.Source = m, src
	id := f.runID(start)
	if f.retry != nil && f.id == "" && f.retry.id != "" {
		id = f.retry.id
	}
	at, err := f.scoredAtOf(ctx, start)
	if err != nil {
		return err
	}
	f.lineageFlags.set(&opt.job, identity(m), id, at)
	opt.job.MaxColumns = mostColumns(opt.memory)
	plan, err := opt.job.Plan()
	if err != nil {
		return err
	}
	if n := affordable(opt.memory, len(f.input) == 0, len(plan.Read), f.workers); n < plan.Job.Workers {
		out.log.Warn("--memory has room for fewer workers", "workers", n, "wanted", f.workers)
		plan.Job.Workers = n
	}
	if about, is := cramped(opt.memory, len(plan.Read)); is {
		out.log.Warn("--memory may not be held: each column of a file takes its pages", "columns", len(plan.Read), "memory", f.memory, "about", fmt.Sprintf("%dMiB", about>>20))
	}
	for _, o := range plan.WideLists(warnWidth) {
		out.log.Warn("wide vectors are written as lists of all their values, zeros included; --vectors sparse or udt is smaller, and reads faster", "column", o.Name, "values", o.Width)
	}
	info := sinks.Run{
		ID: id, Model: identity(m), Models: f.models.several(m), Started: start.UTC().Format(time.RFC3339Nano), Version: versionString(),
		Seconds: map[string]float64{"load": loaded.Seconds(), "plan": (time.Since(start) - loaded).Seconds()},
	}
	info.Record = f.newRecord(plan, info, at, f.models.describe(m)...)
	if f.before != nil && !f.rerun {
		return f.sameJob(out, info.Record)
	}
	if err := f.sameColumns(info.Record); err != nil {
		return err
	}
	r := &engine.Run{Plan: plan, Info: info, Reuse: opt.memory / 16, BatchBytes: batchBytes(opt.memory, plan.Job.Workers)}
	if err := f.driftFlags.attach(ctx, r, out); err != nil {
		return err
	}
	if err := f.attachGates(ctx, out, r); err != nil {
		return err
	}
	opt.sink.RunID, opt.sink.Version, opt.sink.Metadata, opt.sink.Buffer = info.ID, info.Version, f.metadata(info), opt.memory/16
	if err := f.planResume(out, r, &opt.sink); err != nil {
		return err
	}
	if err := f.create(ctx, out, r, opt.sink); err != nil {
		if errors.Is(err, sinks.ErrRunDone) {
			return f.done(ctx, out)
		}
		if errors.Is(err, sinks.ErrIgnored) {
			return f.ignored(ctx, out)
		}
		return err
	}
	f.warnOldRejects(out)
	f.watchFlags.planned(r)
	stop := out.watch(&r.Progress)
	manifest, err := r.Do(ctx)
	stop()
	f.fileErrorFlags.warn(out)
	if f.saveRecord(ctx, out, info.Record, err); err != nil {
		return moreMemory(err, f.memory)
	}
	reportResumed(out, info.Record)
	return f.report(out, manifest, time.Since(start))
}

// warnWidth is how many values a vector has that had better be no list.
const warnWidth = 10_000

func (f *scoreFlags) report(out *output, m *sinks.Manifest, took time.Duration) error {
	for _, w := range m.Warnings {
		out.log.Warn(w)
	}
	out.log.Info("done", "rows_in", m.RowsIn, "rows_out", m.RowsOut, "skipped", m.Skipped, "rejected", m.Rejected,
		"files", len(m.Files), "seconds", fmt.Sprintf("%.2f", took.Seconds()), "output", f.output)
	if f.json { // the rows are published, whether it can be told or not
		out.try("the manifest is not printed", func() error { return out.json(m) })
	}
	return nil
}

// ignored reports that there is a table already. With --json, what is known of
// it is printed, with a mark.
func (f *scoreFlags) ignored(ctx context.Context, out *output) error {
	out.log.Info("output exists, nothing done", "output", f.output)
	if !f.json {
		return nil
	}
	shown := struct {
		Ignored bool `json:"ignored"`
		*sinks.Manifest
	}{Ignored: true}
	st, name, err := store.Open(ctx, f.output)
	if err != nil {
		return err
	}
	if m, err := sinks.ReadManifest(ctx, st, name); err == nil && !isFile(f.output) {
		shown.Manifest = m
	}
	return out.json(shown)
}
