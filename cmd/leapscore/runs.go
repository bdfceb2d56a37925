package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks"
)

// runFlags say which run this is, and what is kept of it.
type runFlags struct {
	flags  *pflag.FlagSet
	id     string
	record string
	resume bool
	rerun  bool

	before *runs.Record // the run of the id, if it has finished

	fileRows int64
}

func (f *runFlags) register(fs *pflag.FlagSet) {
	f.flags = fs
	fs.StringVar(&f.id, "run-id", "", "the run's id, such as a scheduler's: if that run has finished, nothing is done, and another job of that id is an error (default: made of the time)")
	fs.Int64Var(&f.fileRows, "file-rows", sinks.DefaultFileRows, "about how many rows go into one file of a table that is a folder; what --resume goes on with is whole files")
	fs.BoolVar(&f.resume, "resume", false, "go on where an attempt of the run --run-id ended that died or failed, or start; a failure keeps what was finished")
	fs.BoolVar(&f.rerun, "rerun", false, "do the run --run-id again if it has finished, in place: its rows are replaced, those of other runs stay")
	fs.StringVar(&f.record, "record", "", "JSON file for the record of the run, failed or not; a table that is a folder has it also as _leapscore/RUN-ID.json")
}

func (f *runFlags) check() error {
	if f.fileRows < 1 {
		return usageError{errors.New("--file-rows must be at least 1")}
	}
	if f.rerun && f.id == "" {
		return usageError{errors.New("--rerun needs --run-id: it does the run of that id again")}
	}
	if f.flags.Changed("run-id") {
		if err := runs.CheckID(f.id); err != nil {
			return usageError{fmt.Errorf("run-id: %w", err)}
		}
	}
	return nil
}

// runID is the id of a run that starts now.
func (f *runFlags) runID(now time.Time) string {
	if f.id != "" {
		return f.id
	}
	return runs.NewID(now)
}

// finished returns the record of the run with the id that was given, if that
// was committed into the table before, or nil.
func (f *scoreFlags) finished(ctx context.Context) (*runs.Record, error) {
	if f.id == "" || f.output == sinks.StreamName {
		return nil, nil
	}
	st, name, err := store.Open(ctx, f.output)
	if err != nil {
		return nil, usageError{err}
	}
	defer st.Close()
	if f.tableFormat != filesFormat {
		return f.finishedInLake(ctx, st, name)
	}
	if isFile(name) {
		return f.finishedFile(ctx, st, name)
	}
	if _, err := runs.ReadTable(ctx, st, name, f.id); errors.Is(err, store.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	// A run that died while it published may have left its record.
	m, err := sinks.ReadManifest(ctx, st, name)
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	past, _, err := runs.History(ctx, st, name, m.RunID)
	for _, r := range past {
		if r.RunID == f.id {
			return r, nil
		}
	}
	return nil, err
}

// finishedInLake is finished for a Delta or Iceberg table, which knows its runs. Of
// one that has left no record, only the id is known.
func (f *scoreFlags) finishedInLake(ctx context.Context, st *store.Store, name string) (*runs.Record, error) {
	ids, _, err := f.lakeRuns(ctx, st, name)
	if err != nil || !slices.Contains(ids, f.id) {
		return nil, err
	}
	r, err := runs.ReadTable(ctx, st, name, f.id)
	if errors.Is(err, store.ErrNotExist) {
		return &runs.Record{RunID: f.id}, nil
	}
	return r, err
}

// finishedFile is finished for a table that is one file: its record is where
// --record says, if anywhere.
func (f *runFlags) finishedFile(ctx context.Context, st *store.Store, name string) (*runs.Record, error) {
	if f.record == "" {
		return nil, nil
	}
	in, at, err := store.Open(ctx, f.record)
	if err != nil {
		return nil, usageError{err}
	}
	r, err := runs.Read(ctx, in, at)
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if r = r.Good(); r == nil || r.RunID != f.id {
		return nil, nil
	}
	if there, err := st.Exists(ctx, name); err != nil || !there {
		return nil, err
	}
	return r, nil
}

// skipped is what --json prints of a run that had finished before.
type skipped struct {
	Skipped bool `json:"skipped"`
	*sinks.Manifest
}

// skip reports that the run of the record r has finished before.
func (f *scoreFlags) skip(out *output, r *runs.Record) error {
	out.log.Info("the run has finished before, nothing done", "run_id", r.RunID, "finished", r.Finished, "output", f.output)
	if !f.json {
		return nil
	}
	return out.json(skipped{true, manifestOf(r)})
}

// manifestOf returns the manifest that was written with a record.
func manifestOf(r *runs.Record) *sinks.Manifest {
	m := &sinks.Manifest{
		RunID: r.RunID, RowsIn: r.Counts.In, RowsOut: r.Counts.Out, Skipped: r.Counts.Skipped, Rejected: r.Counts.Rejected,
		Files: r.Output.Files, Seconds: r.Seconds, Started: r.Started, Finished: r.Finished, Version: r.Version,
	}
	switch len(r.Models) {
	case 0:
	case 1:
		m.Model = r.Models[0].Identity
	default:
		m.Model, m.Models = combined(r.Models), r.Models
	}
	return m
}
