package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sources"
)

// checkResume refuses --resume where no part of a run can be told from another.
func (f *scoreFlags) checkResume() error {
	if !f.resume {
		return nil
	}
	switch {
	case f.id == "":
		return usageError{errors.New("--resume needs --run-id: it goes on with the run of that id")}
	case f.output == sinks.StreamName || isFile(f.output):
		return usageError{fmt.Errorf("--resume needs a folder as --output: %s is written in one piece", f.output)}
	case f.tableFormat != filesFormat:
		return usageError{fmt.Errorf("--resume goes with --table-format files: a run into a %s table starts over", f.tableFormat)}
	}
	return nil
}

// scoredAtOf is the time that the run gives as that of its scores. A run that is
// resumed gives that of its first attempt.
func (f *scoreFlags) scoredAtOf(ctx context.Context, now time.Time) (time.Time, error) {
	at := f.at(now)
	if !f.resume || f.scoredAt != "" {
		return at, nil
	}
	st, name, err := store.Open(ctx, f.output)
	if err != nil {
		return at, usageError{err}
	}
	old, err := sinks.Interrupted(ctx, st, name, f.id)
	if old == nil || err != nil {
		return at, err
	}
	return time.Parse(time.RFC3339Nano, old.ScoredAt)
}

// planResume has the output table note how far the run is, if the run has an id
// by which a later attempt can find it, and go on with earlier ones.
func (f *scoreFlags) planResume(out *output, r *engine.Run, opt *sinks.Options) error {
	opt.After = f.inc.after
	if f.before != nil { // and is done again from the start
		opt.Redo = f.before
		return nil
	}
	if f.id == "" || isFile(f.output) || f.output == sinks.StreamName || f.tableFormat != filesFormat {
		return nil
	}
	opt.Once = true
	if _, ok := sources.FilesOf(r.Plan.Job.Source); !ok {
		if f.resume {
			return usageError{errors.New("--resume needs an input whose rows come in the same order each time, which is not known of this one: " +
				"give files with --input, or a query that only names columns of Parquet files")}
		}
		return nil
	}
	if why := f.startsOver(r, *opt); why != "" {
		if f.resume {
			out.log.Warn("--resume has nothing to go on with", "why", why)
		}
		return nil
	}
	plan := *r.Info.Record
	opt.Plan, opt.Resume = &plan, f.resume
	r.Suspend = f.resume
	return nil
}

// startsOver says why no part of a run is finished before the whole is, if so.
func (f *scoreFlags) startsOver(r *engine.Run, opt sinks.Options) string {
	switch {
	case len(opt.PartitionBy) > 0:
		return "the files of a table with --partition-by are written at the end"
	case f.limit > 0:
		return "where --limit ends is known at the end"
	case opt.Format != sinks.Parquet && r.Summary != nil:
		return "columns cannot be summed up from " + opt.Format.String() + " files; --summary none leaves that out"
	}
	return ""
}

// openRejects opens the table of rejects, or, if the run has committed it before
// it died, one that checks that they are the same.
func openRejects(ctx context.Context, where string, opt sinks.Options) (sinks.Table, error) {
	opt.Plan, opt.Resume, opt.After = nil, false, nil
	table, err := openTable(ctx, where, opt)
	if !errors.Is(err, sinks.ErrRunDone) {
		return table, err
	}
	st, name, err := store.Open(ctx, where)
	if err != nil {
		return nil, err
	}
	return sinks.Published(ctx, st, name, opt.RunID)
}

// reportResumed says what was taken over.
func reportResumed(out *output, r *runs.Record) {
	if r.Resumed != nil {
		out.log.Info("went on with an earlier attempt", "run_id", r.RunID, "files", r.Resumed.Files, "rows", r.Resumed.Rows)
	}
}
