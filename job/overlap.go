package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/job/internal/fit"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sources"
)

// tables are what a run writes. rejects is nil unless rows are rejected.
type tables struct {
	rows, rejects sinks.Table
	stores        []*store.Store
}

func (t *tables) close() (err error) {
	for _, st := range t.stores {
		err = errors.Join(err, st.Close())
	}
	return err
}

// checkTables checks that a run may write where it is to: apart from what it reads, and
// to tables that its rows fit. rejects are the options of the table of rejects.
func checkTables(ctx context.Context, s Spec, plan *engine.Plan, opt, rejects sinks.Options) error {
	out, bad := s.Output.Path, s.Rejects.Path
	if plan.Job.HasRejects() && !place.IsStream(out) {
		if err := checkApart(ctx, out, bad, s.stores()); err != nil {
			return fault.Usage(err)
		}
	}
	if s.retries() && opt.Mode == sinks.ModeAppend {
		if err := fit.Columns(ctx, out, s.Input.AsFiles, plan.Schema, s.stores()); err != nil {
			return err
		}
	}
	if opt.Mode == sinks.ModeOverwrite && !s.Output.lake().IsLake() && !place.IsStream(out) {
		if err := checkSpares(ctx, out, plan.Job.Source, s.stores()); err != nil {
			return err
		}
	}
	if s.Output.Catalog == "" {
		if err := fit.NotInside(ctx, "--output", out, s.stores()); err != nil {
			return err
		}
	}
	if plan.Job.HasRejects() {
		if err := fit.NotInside(ctx, "--rejects", bad, s.stores()); err != nil {
			return err
		}
	}
	if !s.Output.lake().IsLake() {
		if err := fit.Rows(ctx, out, opt, s.stores()); err != nil {
			return err
		}
	}
	if plan.Job.HasRejects() {
		if err := fit.Rows(ctx, bad, rejects, s.stores()); err != nil {
			return fmt.Errorf("rejects: %w", err)
		}
	}
	return nil
}

// openTables opens the output table and, if rows are rejected, that of the rejects.
// before is the run when it was done before, or nil.
func openTables(ctx context.Context, s Spec, stdout io.Writer, before *runs.Record, hasRejects bool, opt, rejects sinks.Options) (t *tables, err error) {
	t = &tables{}
	defer func() {
		if err != nil {
			if t.rows != nil {
				err = errors.Join(err, t.rows.Abort(context.WithoutCancel(ctx)))
			}
			err = errors.Join(err, t.close())
		}
	}()
	if place.IsStream(s.Output.Path) {
		t.rows, err = sinks.CreateStream(stdout, opt)
	} else {
		t.rows, err = t.open(ctx, s.Output.Path, s.stores(), func(st *store.Store, name string) (sinks.Table, error) {
			if place.IsFile(s.Output.Path) {
				return sinks.CreateFile(ctx, st, name, opt)
			}
			return s.Output.lake().Open(ctx, st, name, opt)
		})
	}
	if err != nil || !hasRejects {
		return t, err
	}
	if rejects.Redo, err = rejectedBefore(ctx, s, before); err != nil {
		return t, err
	}
	t.rejects, err = t.open(ctx, s.Rejects.Path, s.stores(), func(st *store.Store, name string) (sinks.Table, error) {
		return createRejects(ctx, st, name, s.Rejects.Path, rejects)
	})
	if err != nil {
		err = fmt.Errorf("rejects: %w", err)
	}
	return t, err
}

// open opens the store of a place, which stays open until the tables are closed.
func (t *tables) open(ctx context.Context, where string, stores store.Options, create func(st *store.Store, name string) (sinks.Table, error)) (sinks.Table, error) {
	st, name, err := store.OpenWith(ctx, where, stores)
	if err != nil {
		return nil, fault.Usage(err)
	}
	t.stores = append(t.stores, st)
	return create(st, name)
}

// createRejects opens the table of rejects, or, if the run has committed it before it
// died, one that checks that they are the same.
func createRejects(ctx context.Context, st *store.Store, name, where string, opt sinks.Options) (sinks.Table, error) {
	if place.IsFile(where) {
		return sinks.CreateFile(ctx, st, name, opt)
	}
	table, err := sinks.Create(ctx, st, name, opt)
	if errors.Is(err, sinks.ErrRunDone) {
		return sinks.Published(ctx, st, name, opt.RunID)
	}
	return table, err
}

// rejectsOptions are those of the table of rejects, given those of the output: it is one
// table for all partitions, so those of other partitions must stay.
func rejectsOptions(opt sinks.Options, where string, plan *engine.Plan) sinks.Options {
	switch opt.Mode {
	case sinks.ModeIgnore:
		opt.Mode = sinks.ModeError // rejects that are there are not those of this table
	case sinks.ModeOverwritePartitions:
		opt.Mode = sinks.ModeAppend
	}
	opt.PartitionBy, opt.Partitions = nil, nil
	opt.Plan, opt.Resume, opt.After = nil, false, nil
	if opt.Pending = true; plan != nil { // else the caller knows the schema
		opt.Schema = plan.Rejects
	}
	place.RejectsFormat(where, &opt)
	opt.VectorUDT = false // rejected rows keep the source's types
	return opt
}

// keepRejects writes some of the rows that a failed run has rejected to a file of its
// own, with the reasons, where readers of the table of rejects do not look.
func (j *Job) keepRejects(ctx context.Context, r *engine.Run, opt sinks.Options) (*runs.Kept, error) {
	st, file, opt, err := j.keptFile(ctx, opt)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	t, err := sinks.CreateFile(ctx, st, file, opt)
	if err != nil {
		return nil, err
	}
	rows, err := r.WriteKept(ctx, t)
	if err == nil {
		_, err = t.Commit(ctx, sinks.Run{ID: r.Info.ID, Started: r.Info.Started, Version: r.Info.Version})
	}
	if err != nil {
		return nil, errors.Join(err, t.Abort(context.WithoutCancel(ctx)))
	}
	return &runs.Kept{Path: st.URL(file), Rows: rows}, nil
}

// keptFile is the file of rejects of the run if it fails, with its store and options.
func (j *Job) keptFile(ctx context.Context, opt sinks.Options) (*store.Store, string, sinks.Options, error) {
	where := j.set.Rejects.Path
	opt = rejectsOptions(opt, where, j.planned.plan)
	opt.Mode, opt.Pending, opt.Redo, opt.Token = sinks.ModeOverwrite, false, nil, ""
	ext, err := opt.Extension()
	if err != nil {
		return nil, "", opt, err
	}
	st, name, err := store.OpenWith(ctx, where, j.set.stores())
	if err != nil {
		return nil, "", opt, err
	}
	if place.IsFile(where) {
		name = name[:strings.LastIndexByte(name, '/')+1]
	}
	return st, store.Join(name, runs.FailedFolder+"/"+j.planned.id+ext), opt, nil
}

// forgetKept removes what the run has kept when it failed before.
func (j *Job) forgetKept(ctx context.Context, opt sinks.Options) error {
	if j.set.Run.ID == "" || !j.planned.plan.Job.HasRejects() {
		return nil
	}
	st, file, _, err := j.keptFile(ctx, opt)
	if err != nil {
		return err
	}
	defer st.Close()
	if err := st.Delete(ctx, file); !errors.Is(err, store.ErrNotExist) {
		return err
	}
	return nil
}

// checkApart checks that neither of two tables lies in the other: as one is published,
// the other would be replaced with it.
func checkApart(ctx context.Context, output, rejects string, stores store.Options) error {
	same, err := place.Overlap(ctx, output, rejects, stores)
	if err == nil && same {
		err = fmt.Errorf("--output %s and --rejects %s must be apart: one lies in the other", output, rejects)
	}
	return err
}

// checkSpares checks that no file that is read lies where a table is replaced: the rows
// would be gone, with the columns that the new table does not have.
func checkSpares(ctx context.Context, output string, src sources.Source, stores store.Options) error {
	out, err := place.Full(ctx, output, stores)
	if err != nil {
		return fault.Usage(err)
	}
	for _, o := range sources.ReadBy(src) {
		in := place.Absolute(o.Name)
		if target, err := filepath.EvalSymlinks(in); err == nil && !store.IsURL(in) {
			in = filepath.ToSlash(target)
		}
		if in == out || strings.HasPrefix(in, out+"/") {
			return fault.Usagef("--mode overwrite would replace the input %s with --output %s: choose another place", o.Name, output)
		}
	}
	return nil
}

// warnOfMount says what a table that is a mount point cannot promise.
func warnOfMount(ctx context.Context, output string, stores store.Options, warn warner) {
	if !place.IsFolder(output) {
		return
	}
	st, name, err := store.OpenWith(ctx, output, stores)
	if err != nil {
		return // which is an error when it is opened to be written
	}
	defer st.Close()
	if st.IsMountPoint(name) {
		warn("the output is a mount point, which cannot change in one step: if the run is killed while it publishes, readers find a part of the table, "+
			"without _SUCCESS, until the next run; a folder below it has not that weakness", "output", output)
	}
}

// rejectedBefore returns what the run before has rejected, if that is still there.
func rejectedBefore(ctx context.Context, s Spec, before *runs.Record) (*runs.Record, error) {
	where := s.Rejects.Path
	if before == nil || before.Rejects == nil || len(before.Rejects.Files) == 0 || before.Rejects.Path != where {
		return nil, nil
	}
	st, name, err := store.OpenWith(ctx, where, s.stores())
	if err != nil {
		return nil, fault.Usage(err)
	}
	defer st.Close()
	first := store.Join(name, before.Rejects.Files[0].Name)
	if place.IsFile(where) {
		first = name
	}
	if there, err := st.Exists(ctx, first); err != nil || !there {
		return nil, err
	}
	return &runs.Record{RunID: s.Run.ID, Output: runs.Output{Files: before.Rejects.Files}}, nil
}
