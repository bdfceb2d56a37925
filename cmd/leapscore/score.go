package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"leapscore/engine"
	"leapscore/engine/pipeline"
	"leapscore/engine/store"
	"leapscore/sinks"
)

// scoreFlags are the flags of the main command.
type scoreFlags struct {
	modelFlags
	sourceFlags

	output      string
	mode        string
	compression string
	outputs     []string
	keep        []string
	rename      map[string]string
	onError     string
	maxErrors   string
	rejects     string
	workers     int
	memory      string
	batch       int
	json        bool
}

func newScore(out *output) *cobra.Command {
	f := &scoreFlags{}
	cmd := &cobra.Command{
		Use:   "score --model BUNDLE (--sql QUERY | --input GLOB...) --output TABLE",
		Short: "Score the rows of a query or of files into a Parquet table",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "model", "output"); err != nil {
				return err
			}
			return f.run(cmd.Context(), out)
		},
	}
	fs := cmd.Flags()
	f.modelFlags.register(fs)
	f.sourceFlags.register(fs)
	fs.StringVar(&f.output, "output", "", "folder of the table, or one file NAME.parquet")
	fs.StringVar(&f.mode, "mode", "error", "if the output exists: error, overwrite, append or ignore")
	fs.StringVar(&f.compression, "compression", "snappy", "snappy, none, gzip, zstd, lz4 or brotli")
	fs.StringSliceVar(&f.outputs, "outputs", []string{"final"}, "final, all, or names of columns that the pipeline adds")
	fs.StringSliceVar(&f.keep, "keep", []string{"extra"}, "extra (source columns that the model does not read), all, none, or names")
	fs.StringToStringVar(&f.rename, "rename", nil, "from=to: another name for a column of the output table")
	fs.StringVar(&f.onError, "on-error", "fail", "rows that the model refuses: fail or reject")
	fs.StringVar(&f.maxErrors, "max-errors", "", "with reject: how many rows, or what share (0.5%), may be rejected")
	fs.StringVar(&f.rejects, "rejects", "", "folder of the table of rejected rows")
	fs.IntVar(&f.workers, "workers", runtime.NumCPU(), "goroutines that score")
	fs.StringVar(&f.memory, "memory", "2GiB", "ceiling for the memory of the process")
	fs.IntVar(&f.batch, "batch-rows", 8192, "rows that go through the pipeline at once")
	fs.BoolVar(&f.json, "json", false, "print the run's manifest as the last line of stdout")
	return cmd
}

// check reads the flags that are words of their own.
func (f *scoreFlags) check() (job engine.Job, opt sinks.Options, mem int64, err error) {
	fail := func(e error) {
		if e != nil && err == nil {
			err = usageError{e}
		}
	}
	var e error
	opt.Mode, e = sinks.ParseMode(f.mode)
	fail(e)
	opt.Compression, e = sinks.ParseCompression(f.compression)
	fail(e)
	job.MaxErrors, e = engine.ParseMaxErrors(f.maxErrors)
	fail(e)
	mem, e = parseBytes(f.memory)
	fail(e)
	job.Cast, e = f.castMode()
	fail(e)
	fail(f.sourceFlags.check())
	if f.workers < 1 || f.batch < 1 {
		fail(errors.New("--workers and --batch-rows must be at least 1"))
	}
	switch {
	case f.onError == "reject":
		job.Reject = true
		if f.rejects == "" {
			fail(errors.New("--on-error reject needs --rejects DIR, so that no row is lost"))
		}
	case f.onError != "fail":
		fail(fmt.Errorf("on-error %q: want fail or reject", f.onError))
	case f.rejects != "" || f.maxErrors != "":
		fail(errors.New("--rejects and --max-errors go with --on-error reject"))
	}
	job.Outputs, job.Keep, job.Map, job.Rename = f.outputs, f.keep, f.maps, f.rename
	job.Workers, job.BatchRows = f.workers, f.batch
	return job, opt, mem, err
}

func (f *scoreFlags) run(ctx context.Context, out *output) error {
	start := time.Now()
	job, opt, mem, err := f.check()
	if err != nil {
		return err
	}
	limitMemory(mem)
	m, err := loadModel(f.path)
	if err != nil {
		return err
	}
	loaded := time.Since(start)
	src, err := f.sourceFlags.open(ctx, m, f.maps, f.workers, mem/4)
	if err != nil {
		return err
	}
	defer src.Close()
	job.Model, job.Source = m, src
	plan, err := job.Plan()
	if err != nil {
		return err
	}
	info := sinks.Run{ID: newRunID(start), Model: identity(m), Started: start.UTC().Format(time.RFC3339Nano), Version: versionString(),
		Seconds: map[string]float64{"load": loaded.Seconds(), "plan": (time.Since(start) - loaded).Seconds()}}
	r := &engine.Run{Plan: plan, Info: info}
	opt.RunID, opt.Version, opt.Metadata, opt.Buffer = info.ID, info.Version, metadata(info), mem/16
	if err := f.create(ctx, r, opt); err != nil {
		if errors.Is(err, sinks.ErrIgnored) {
			out.log.Info("output exists, nothing done", "output", f.output)
			return nil
		}
		return err
	}
	stop := out.watch(&r.Progress)
	manifest, err := r.Do(ctx)
	stop()
	if err != nil {
		return err
	}
	return f.report(out, manifest, time.Since(start))
}

// create opens the output table and, if asked for, the rejects.
func (f *scoreFlags) create(ctx context.Context, r *engine.Run, opt sinks.Options) (err error) {
	opt.Schema = r.Plan.Schema
	if r.Table, err = openTable(ctx, f.output, opt); err != nil {
		return err
	}
	if !r.Plan.Job.Reject {
		return nil
	}
	opt.Schema = r.Plan.Rejects
	if r.Rejects, err = openTable(ctx, f.rejects, opt); err != nil {
		return errors.Join(fmt.Errorf("rejects: %w", err), r.Table.Abort(context.WithoutCancel(ctx)))
	}
	return nil
}

func openTable(ctx context.Context, where string, opt sinks.Options) (sinks.Table, error) {
	st, name, err := store.Open(ctx, where)
	if err != nil {
		return nil, usageError{err}
	}
	if strings.HasSuffix(name, ".parquet") || strings.HasSuffix(name, ".parq") {
		return sinks.CreateFile(ctx, st, name, opt)
	}
	return sinks.Create(ctx, st, name, opt)
}

func (f *scoreFlags) report(out *output, m *sinks.Manifest, took time.Duration) error {
	out.log.Info("done", "rows_in", m.RowsIn, "rows_out", m.RowsOut, "skipped", m.Skipped, "rejected", m.Rejected,
		"files", len(m.Files), "seconds", fmt.Sprintf("%.2f", took.Seconds()), "output", f.output)
	if f.json {
		return out.json(m)
	}
	return nil
}

func identity(m *pipeline.Model) sinks.Model {
	b := m.Bundle
	return sinks.Model{Name: b.Name, Version: b.Version, UID: b.UID, SHA256: b.SHA256}
}

func metadata(r sinks.Run) map[string]string {
	return map[string]string{
		"leapscore.model.name":    r.Model.Name,
		"leapscore.model.version": r.Model.Version,
		"leapscore.model.uid":     r.Model.UID,
		"leapscore.model.sha256":  r.Model.SHA256,
	}
}

// newRunID returns an id that sorts by time.
func newRunID(t time.Time) string {
	var b [5]byte
	_, _ = rand.Read(b[:])
	return t.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(b[:])
}

// limitMemory makes the Go runtime collect early enough that its heap, beside
// DuckDB's quarter of the ceiling and what is not on the heap, stays below it.
func limitMemory(mem int64) { debug.SetMemoryLimit(mem / 2) }

// parseBytes reads sizes such as 512MiB or 2GB.
func parseBytes(s string) (int64, error) {
	var n float64
	var unit string
	if _, err := fmt.Sscanf(s, "%g%s", &n, &unit); err != nil && unit != "" {
		return 0, fmt.Errorf("memory %q: want a size such as 2GiB", s)
	}
	scale := map[string]float64{"": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30}[strings.ToUpper(unit)]
	if bytes := n * scale; bytes >= 64<<20 {
		return int64(bytes), nil
	}
	return 0, fmt.Errorf("memory %q: want a size of at least 64MiB, such as 2GiB", s)
}
