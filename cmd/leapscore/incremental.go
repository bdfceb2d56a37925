package main

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"leapscore/engine/pipeline"
	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sources"
)

// incrementalFlags leave out the inputs that are in the table already.
type incrementalFlags struct {
	on       bool
	skipCode int

	done  []runs.File // inputs whose rows are in the table
	after *string     // the run that was committed last: none if it is empty
	note  runs.Incremental
	last  *runs.Record
}

func (f *incrementalFlags) register(fs *pflag.FlagSet) {
	fs.BoolVar(&f.on, "incremental", false,
		"score only the files of --input that are new since the last run into the table, by name, size and etag, and append them")
	fs.IntVar(&f.skipCode, "skip-exit-code", 0, "exit code if --incremental finds nothing new, such as 99 for Airflow")
}

// incrementalError says why a table cannot be added to.
type incrementalError struct{ msg string }

func (e incrementalError) Error() string { return e.msg }

const scoreAll = "--mode overwrite scores everything again"

func (f *scoreFlags) checkIncremental() error {
	inc := &f.inc
	switch {
	case inc.skipCode < 0 || inc.skipCode > 255:
		return fmt.Errorf("skip-exit-code %d: want 0 to 255", inc.skipCode)
	case !inc.on && inc.skipCode != 0:
		return errors.New("--skip-exit-code goes with --incremental")
	case !inc.on:
		return nil
	case len(f.input) == 0 || slices.Contains(f.input, "-") || f.retry != nil:
		return errors.New("--incremental needs files as --input: of other sources nobody knows what is new")
	case f.output == sinks.StreamName || isFile(f.output) || f.tableFormat != filesFormat:
		return errors.New("--incremental needs a folder of files as --output, which it appends to")
	}
	if !f.runFlags.flags.Changed("mode") {
		f.mode = sinks.Append.String()
	}
	switch f.mode {
	case sinks.Append.String(), sinks.Overwrite.String(), sinks.OverwritePartitions.String():
		return nil
	}
	return fmt.Errorf("--incremental with --mode %s: want append (the default), overwrite or overwrite-partitions", f.mode)
}

// look reads what is in the table, and checks that rows of this run go with it.
func (f *scoreFlags) look(ctx context.Context, m *pipeline.Model) error {
	if !f.inc.on || f.mode == sinks.Overwrite.String() {
		return nil
	}
	st, name, err := store.Open(ctx, f.output)
	if err != nil {
		return usageError{err}
	}
	f.inc.after = new(string)
	manifest, err := sinks.ReadManifest(ctx, st, name)
	if errors.Is(err, store.ErrNotExist) {
		return f.pickFiles(ctx, st, name)
	}
	if err != nil {
		return err
	}
	*f.inc.after, f.inc.note.After = manifest.RunID, manifest.RunID
	history, whole, err := runs.History(ctx, st, name, manifest.RunID)
	if err != nil {
		return err
	}
	present := runs.Present(history)
	if !whole && len(present) == len(history) {
		return incrementalError{fmt.Sprintf("%s: there is no record of what some of its rows were made of, so nobody knows which inputs are new; %s",
			st.URL(name), scoreAll)}
	}
	now := &runs.Record{Models: f.models.describe(m), Options: shaping(f.runFlags.flags), Source: runs.Source{Kind: runs.Files}}
	present = slices.DeleteFunc(present, func(r *runs.Record) bool { return r.Retried })
	for _, r := range present {
		if what := runs.Changes(r, now); len(what) > 0 {
			return incrementalError{fmt.Sprintf("%s: rows of run %s are of another kind: %s; %s",
				st.URL(name), r.RunID, strings.Join(what, "; "), scoreAll)}
		}
	}
	f.inc.done = runs.Inputs(present)
	if len(present) > 0 {
		f.inc.last = present[0]
	}
	return f.pickFiles(ctx, st, name)
}

// pickFiles settles which files the source is to have.
func (f *scoreFlags) pickFiles(ctx context.Context, st *store.Store, name string) error {
	if f.resume {
		// The run goes on with those that it has started with.
		old, err := sinks.Interrupted(ctx, st, name, f.id)
		if err != nil {
			return err
		}
		if old != nil && old.Incremental != nil {
			f.inc.note = *old.Incremental
			f.sourceFlags.only = func(files []store.Object) ([]store.Object, error) {
				return slices.DeleteFunc(files, func(o store.Object) bool {
					return !slices.ContainsFunc(old.Source.Files, func(r runs.File) bool { return r.Name == absolute(o.Name) })
				}), nil
			}
			return nil
		}
	}
	f.sourceFlags.only = f.fresh
	return nil
}

// fresh returns those of the files whose rows are not in the table.
func (f *scoreFlags) fresh(files []store.Object) ([]store.Object, error) {
	var all []runs.File
	for _, o := range files {
		all = append(all, runs.File{Name: absolute(o.Name), Size: o.Size, ETag: o.ETag})
	}
	c := runs.CompareFiles(f.inc.done, all)
	f.inc.note.New, f.inc.note.Changed = len(c.New), len(c.Changed)
	wanted := map[string]bool{}
	for _, n := range append(c.New, c.Changed...) {
		wanted[n.Name] = true
	}
	if f.mode == sinks.OverwritePartitions.String() {
		if err := f.wholePartitions(all, wanted); err != nil {
			return nil, err
		}
	} else if len(c.Changed) > 0 {
		return nil, incrementalError{fmt.Sprintf("input %s changed since its rows were added to the table, and would be in it twice; "+
			"%s, and --mode overwrite-partitions the partitions of such files", runs.Named(c.Changed), scoreAll)}
	}
	var kept []store.Object
	for i, o := range files {
		if wanted[all[i].Name] {
			kept = append(kept, o)
		}
	}
	f.inc.note.Known = len(files) - len(kept)
	return kept, nil
}

// wholePartitions adds the files that are in one folder with those wanted: their
// partition is replaced, and must be scored whole.
func (f *scoreFlags) wholePartitions(all []runs.File, wanted map[string]bool) error {
	folders := map[string]bool{}
	for name := range wanted {
		folder := path.Dir(name)
		var keys []string
		for part := range strings.SplitSeq(folder, "/") {
			if key, _, ok := strings.Cut(part, "="); ok {
				keys = append(keys, sources.UnescapeFolder(key))
			}
		}
		if !slices.Equal(keys, f.partitionBy) {
			return usageError{fmt.Errorf("--incremental with --mode overwrite-partitions needs inputs in folders of the columns that --partition-by names, "+
				"so that it is known which are of a partition: %s has %q, want %q", name, keys, f.partitionBy)}
		}
		folders[folder] = true
	}
	for _, a := range all {
		if folders[path.Dir(a.Name)] {
			wanted[a.Name] = true
		}
	}
	return nil
}

// sameColumns checks that the rows have the columns of those in the table.
func (f *scoreFlags) sameColumns(r *runs.Record) error {
	if f.inc.on && f.inc.after != nil {
		r.Incremental = &f.inc.note
	}
	if f.inc.last == nil {
		return nil
	}
	if was, is := runs.Columns(f.inc.last), runs.Columns(r); was != is {
		return incrementalError{fmt.Sprintf("the columns of the table are %s, and would be %s; %s", was, is, scoreAll)}
	}
	return nil
}

// nothingNew reports that all inputs are in the table.
func (f *scoreFlags) nothingNew(out *output) error {
	out.log.Info("no new input, nothing done", "known", f.inc.note.Known, "output", f.output)
	out.exit = f.inc.skipCode
	if !f.json {
		return nil
	}
	shown := skipped{Skipped: true}
	if f.inc.last != nil {
		shown.Manifest = manifestOf(f.inc.last)
	}
	return out.json(shown)
}

// isNothing reports whether the source has no file that is wanted.
func (f *scoreFlags) isNothing(err error) bool {
	return f.inc.on && errors.Is(err, sources.ErrNoneLeft)
}
