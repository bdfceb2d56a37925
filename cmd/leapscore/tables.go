package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sources"
)

// create opens the output table and, if asked for, the rejects.
func (f *scoreFlags) create(ctx context.Context, out *output, r *engine.Run, opt sinks.Options) (err error) {
	if r.Plan.Job.HasRejects() && f.output != sinks.StreamName {
		if err := apart(ctx, f.output, f.rejects); err != nil {
			return usageError{err}
		}
	}
	f.together(r, &opt)
	opt.Schema = r.Plan.Schema
	if err := f.fits(ctx, opt.Schema); err != nil {
		return err
	}
	if opt.Mode == sinks.Overwrite && f.tableFormat == filesFormat && f.output != sinks.StreamName {
		if err := spares(ctx, f.output, r.Plan.Job.Source); err != nil {
			return err
		}
	}
	if err := f.outside(ctx, r); err != nil {
		return err
	}
	if f.tableFormat == filesFormat {
		if err := joins(ctx, f.output, opt); err != nil {
			return err
		}
		f.warnOfMount(ctx, out)
	}
	rejects := rejectsOptions(r, opt, f.rejects)
	if r.Plan.Job.HasRejects() {
		if err := joins(ctx, f.rejects, rejects); err != nil {
			return fmt.Errorf("rejects: %w", err)
		}
	}
	if r.Table, err = f.openOutput(ctx, out, opt); err != nil || !r.Plan.Job.HasRejects() {
		return err
	}
	if rejects.Redo, err = f.redoRejects(ctx); err != nil {
		return errors.Join(err, r.Table.Abort(context.WithoutCancel(ctx)))
	}
	if r.Rejects, err = openRejects(ctx, f.rejects, rejects); err != nil {
		return errors.Join(fmt.Errorf("rejects: %w", err), r.Table.Abort(context.WithoutCancel(ctx)))
	}
	return nil
}

// outside checks that what is written does not lie in a table of another format.
func (f *scoreFlags) outside(ctx context.Context, r *engine.Run) error {
	if f.catalog == "" {
		if err := notInside(ctx, "--output", f.output); err != nil {
			return err
		}
	}
	if !r.Plan.Job.HasRejects() {
		return nil
	}
	return notInside(ctx, "--rejects", f.rejects)
}

// warnOfMount says what a table that is a mount point cannot promise.
func (f *scoreFlags) warnOfMount(ctx context.Context, out *output) {
	if f.output == sinks.StreamName || isFile(f.output) {
		return
	}
	st, name, err := store.Open(ctx, f.output)
	if err != nil {
		return // which is said when it is opened to be written
	}
	defer st.Close()
	if st.IsMountPoint(name) {
		out.log.Warn("the output is a mount point, which cannot change in one step: if the run is killed while it publishes, readers find a part of the table, "+
			"without _SUCCESS, until the next run; a folder below it has not that weakness", "output", f.output)
	}
}

// rejectsOptions are those of the table of rejects of a run.
func rejectsOptions(r *engine.Run, opt sinks.Options, where string) sinks.Options {
	if opt.Mode == sinks.Ignore {
		opt.Mode = sinks.Error // rejects that are there are not those of this table
	}
	opt = unpartitioned(opt)
	opt.Pending = r.Intent != nil
	opt.Schema = r.Plan.Rejects
	rejectsFormat(where, &opt)
	opt.VectorUDT = false // what rows came as they are
	return opt
}

// apart checks that neither of two tables lies in the other: as one is
// published, the other would be replaced with it.
func apart(ctx context.Context, output, rejects string) error {
	same, err := overlap(ctx, output, rejects)
	if err == nil && same {
		err = fmt.Errorf("--output %s and --rejects %s must be apart: one lies in the other", output, rejects)
	}
	return err
}

// overlap reports whether one of two places is the other or lies in it.
func overlap(ctx context.Context, a, b string) (bool, error) {
	var folders []string
	for _, where := range []string{a, b} {
		place, err := placeOf(ctx, where)
		if err != nil {
			return false, err
		}
		folders = append(folders, place+"/")
	}
	return strings.HasPrefix(folders[0], folders[1]) || strings.HasPrefix(folders[1], folders[0]), nil
}

// placeOf returns the URL of a place, or its absolute path, with no slash at the end.
func placeOf(ctx context.Context, where string) (string, error) {
	st, name, err := store.Open(ctx, where)
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(st.URL(name), "/"), st.Close()
}

// spares checks that no file that is read lies where a table is replaced: the rows
// would be gone, with the columns that the new table does not have.
func spares(ctx context.Context, output string, src sources.Source) error {
	place, err := placeOf(ctx, output)
	if err != nil {
		return usageError{err}
	}
	for _, o := range sources.ReadBy(src) {
		in := absolute(o.Name)
		if target, err := filepath.EvalSymlinks(in); err == nil && !store.IsURL(in) {
			in = filepath.ToSlash(target)
		}
		if in == place || strings.HasPrefix(in, place+"/") {
			return usageError{fmt.Errorf("--mode overwrite would replace the input %s with --output %s: choose another place", o.Name, output)}
		}
	}
	return nil
}

// openTable opens a table at a place, or stdout.
func (o *output) openTable(ctx context.Context, where string, opt sinks.Options) (sinks.Table, error) {
	if where == sinks.StreamName {
		return o.openStream(opt)
	}
	return openTable(ctx, where, opt)
}

func openTable(ctx context.Context, where string, opt sinks.Options) (sinks.Table, error) {
	st, name, err := store.Open(ctx, where)
	if err != nil {
		return nil, usageError{err}
	}
	if isFile(where) {
		return sinks.CreateFile(ctx, st, name, opt)
	}
	return sinks.Create(ctx, st, name, opt)
}
