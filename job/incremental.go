package job

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/internal/hive"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
)

// incrementalError says why a table cannot be added to.
type incrementalError struct{ msg string }

func (e *incrementalError) Error() string { return e.msg }

func cannotAdd(format string, args ...any) error {
	return &incrementalError{fmt.Sprintf(format, args...)}
}

const scoreAll = "--mode overwrite scores everything again"

// tableInputs is what a table was made of.
type tableInputs struct {
	last  *runs.Record // the run that its rows must have the columns of, or nil
	after string       // the run that was committed last: empty if the table is
	done  []runs.File  // inputs whose rows are in the table
}

// adds reports whether the run leaves out inputs whose rows are in the table.
func (s Spec) adds() bool { return s.Run.Incremental && s.Output.Mode != sinks.ModeOverwrite.String() }

// readTableInputs reads what is in the table, and checks that rows of this run go with
// it. It is nil unless the run is to leave those inputs out.
func readTableInputs(ctx context.Context, s Spec, m *loaded) (*tableInputs, error) {
	if !s.adds() {
		return nil, nil
	}
	st, name, err := store.OpenWith(ctx, s.Output.Path, s.stores())
	if err != nil {
		return nil, fault.Usage(err)
	}
	defer st.Close()
	manifest, err := sinks.ReadManifest(ctx, st, name)
	if errors.Is(err, store.ErrNotExist) {
		return &tableInputs{}, nil
	}
	if err != nil {
		return nil, err
	}
	t := &tableInputs{after: manifest.RunID}
	history, whole, err := runs.History(ctx, st, name, manifest.RunID)
	if err != nil {
		return nil, err
	}
	present := runs.Present(history)
	if !whole && len(present) == len(history) {
		return nil, cannotAdd("%s: there is no record of what some of its rows were made of, so nobody knows which inputs are new; %s", st.URL(name), scoreAll)
	}
	present = slices.DeleteFunc(present, func(r *runs.Record) bool { return r.Retried })
	for _, r := range present {
		if what := runs.Changes(r, rowsOf(s, m)); len(what) > 0 {
			return nil, cannotAdd("%s: rows of run %s are of another kind: %s; %s", st.URL(name), r.RunID, strings.Join(what, "; "), scoreAll)
		}
	}
	t.done = runs.Inputs(present)
	if len(present) > 0 {
		t.last = present[0]
	}
	return t, nil
}

// rowsOf is a record that holds what the values of rows of files depend on.
func rowsOf(s Spec, m *loaded) *runs.Record {
	return &runs.Record{Models: m.members, Options: s.options(), Source: runs.Source{Kind: runs.Files}}
}

// checkColumns checks that the rows of a run have the columns of those in the table.
func (t *tableInputs) checkColumns(r *runs.Record) error {
	if t == nil || t.last == nil {
		return nil
	}
	if was, is := runs.Columns(t.last), runs.Columns(r); was != is {
		return cannotAdd("the columns of the table are %s, and would be %s; %s", was, is, scoreAll)
	}
	return nil
}

// freshFiles are the inputs that an incremental run scores.
type freshFiles struct {
	files []store.Object
	note  runs.Incremental // for the record
}

// chooseFresh returns those of the files whose rows are not in the table. An
// interrupted attempt goes on with the files that it started with.
func (t *tableInputs) chooseFresh(s Spec, old attempt, files []store.Object) (fresh freshFiles, err error) {
	if plan := old.plan; plan != nil && plan.Incremental != nil {
		return freshFiles{note: *plan.Incremental, files: onlyPinned(files, plan.Source.Files)}, nil
	}
	all := recorded(files)
	c := runs.CompareFiles(t.done, all)
	fresh.note = runs.Incremental{After: t.after, New: len(c.New), Changed: len(c.Changed)}
	wanted := map[string]bool{}
	for _, n := range append(c.New, c.Changed...) {
		wanted[n.Name] = true
	}
	if s.Output.Mode == sinks.ModeOverwritePartitions.String() {
		if err := addWholePartitions(s.Output.PartitionBy, all, wanted); err != nil {
			return fresh, err
		}
	} else if len(c.Changed) > 0 {
		return fresh, cannotAdd("input %s changed since its rows were added to the table, and would be in it twice; "+
			"%s, and --mode overwrite-partitions the partitions of such files", runs.Named(c.Changed), scoreAll)
	}
	for i, o := range files {
		if wanted[all[i].Name] {
			fresh.files = append(fresh.files, o)
		}
	}
	fresh.note.Known = len(files) - len(fresh.files)
	return fresh, nil
}

// recorded are files as records name them.
func recorded(files []store.Object) (list []runs.File) {
	for _, o := range files {
		list = append(list, runs.File{Name: place.Absolute(o.Name), Size: o.Size, ETag: o.ETag})
	}
	return list
}

// addWholePartitions adds the files that are in one folder with those wanted: their
// partition is replaced, and must be scored whole.
func addWholePartitions(partitionBy []string, all []runs.File, wanted map[string]bool) error {
	folders := map[string]bool{}
	for name := range wanted {
		folder := path.Dir(name)
		var keys []string
		for _, p := range hive.Of(name) {
			keys = append(keys, p.Key)
		}
		if !slices.Equal(keys, partitionBy) {
			return fault.Usagef("--incremental with --mode overwrite-partitions needs inputs in folders of the columns that --partition-by names, "+
				"so that it is known which are of a partition: %s has %q, want %q", name, keys, partitionBy)
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
