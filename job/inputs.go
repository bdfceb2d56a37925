package job

import (
	"context"
	"errors"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/internal/memory"
	"leapscore/internal/rows"
	"leapscore/job/internal/intent"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sources"
)

// inputs says which of the inputs are scored.
type inputs struct {
	attempt attempt
	table   *tableInputs        // nil unless those that the table has are left out
	retries *earlierRetries     // nil unless rejects that were retried are left out
	pinned  []runs.File         // that the shards of the run agree on, or nil
	left    *engine.FileRejects // files that cannot be read, or nil if they fail the run
}

// chooseInputs reads what earlier runs have scored. before is the run, if it has
// finished.
func chooseInputs(ctx context.Context, s Spec, m *loaded, before *runs.Record) (*inputs, error) {
	in := &inputs{}
	if s.Rejects.OnFileError == "reject" {
		in.left = &engine.FileRejects{}
	}
	var err error
	if in.attempt, err = lastAttempt(ctx, s); err != nil {
		return nil, err
	}
	if in.table, err = readTableInputs(ctx, s, m); err != nil {
		return nil, err
	}
	if before == nil || s.Run.Rerun {
		in.retries, err = readRetries(ctx, s)
	}
	return in, err
}

// after is the run that must be the last one in the table, or nil.
func (in *inputs) after() *string {
	switch {
	case in.table != nil:
		return &in.table.after
	case in.retries != nil:
		return in.retries.after
	}
	return nil
}

// fresh is what is known of the inputs once they were found.
type fresh struct {
	increment *runs.Incremental // nil unless those that the table has were left out
	rejects   freshRejects
}

// choose returns the function that chooses files, and where its findings are once the
// source is open. The function is nil if all files are wanted.
func (in *inputs) choose(ctx context.Context, s Spec, m *loaded) (rows.Choose, *fresh) {
	found := &fresh{}
	switch {
	case in.table != nil:
		return func(_ sources.Opener, files []store.Object) ([]store.Object, error) {
			f, err := in.table.chooseFresh(s, in.attempt, files)
			found.increment = &f.note
			return f.files, err
		}, found
	case in.pinned != nil:
		return func(_ sources.Opener, files []store.Object) ([]store.Object, error) {
			return onlyPinned(files, in.pinned), nil
		}, found
	case in.retries != nil:
		return func(o sources.Opener, files []store.Object) (_ []store.Object, err error) {
			found.rejects, err = in.retries.chooseFresh(ctx, s, m, o, files)
			return found.rejects.files, err
		}, found
	}
	return nil, found
}

// opening says how the source is opened for a model.
func (s settings) opening(m *loaded, most int64, warn func(msg string)) rows.Options {
	duckdb, _ := memory.Shares(most, s.query())
	return rows.Options{
		Stores: s.stores(), Types: wantedTypes(m.Inputs, s.Columns.Map), Threads: s.Limits.Workers, Memory: duckdb,
		Warn: warn, BadRows: s.Rejects.OnError == "reject", Shard: s.shard,
		BadText: s.Columns.Cast == "mleap", // which makes numbers of text, and rejects other text
	}
}

// openInputs opens the source. It is nil if there is nothing to do.
func (j *Job) openInputs(ctx context.Context, in *inputs) (*rows.Opened, *fresh, error) {
	s, m := j.set, j.planned.model
	choose, found := in.choose(ctx, s.Spec, m)
	o := s.opening(m, s.memory, func(msg string) { j.host.warn(msg) })
	o.Choose, o.Doubt = choose, o.Warn
	if in.left != nil {
		o.Reject = in.left.Add
	}
	src, err := s.Rows().Open(ctx, o)
	switch {
	case errors.Is(err, errRetried):
		j.nothing = retriedBefore(found.rejects.last)
		return nil, found, nil
	case s.Run.Incremental && errors.Is(err, sources.ErrNoneLeft):
		j.nothing = nothingNew(in.table, found.increment)
		return nil, found, nil
	}
	if err == nil && s.shard != nil {
		err = checkCut(src)
	}
	if err != nil && src != nil {
		return nil, found, errors.Join(err, src.Close())
	}
	return src, found, err
}

// settleInputs settles the rejects that a retry reads.
func settleInputs(ctx context.Context, s Spec) error {
	for _, in := range s.Input.Retry {
		if in == "-" {
			continue
		}
		if err := intent.Settle(ctx, s.Output.Path, s.Output.SweepAfter, place.Folder(in), "", s.stores()); err != nil {
			return err
		}
	}
	return nil
}
