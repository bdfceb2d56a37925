package past

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/job/internal/lake"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
)

// Query says where the records of runs are looked for.
type Query struct {
	Where  string       // the file of a record, or a table, whose _SUCCESS may be given too
	Lake   lake.Options // names the catalog of an Iceberg table; the kind is found out
	Stores store.Options
}

// State says what became of the rows of a run.
type State string

// The states.
const (
	StateOK       State = "ok"              // they are in the table
	StatePartly   State = "partly replaced" // other runs have replaced some of them
	StateReplaced State = "replaced"        // other runs have replaced them
	StateFailed   State = "failed"          // they were not published
)

// Listed is one of several runs.
type Listed struct {
	State  State
	Record *runs.Record
}

// Record returns the record of a run: of the last one, or of the one with an id.
func (q Query) Record(ctx context.Context, id string) (*runs.Record, error) {
	st, name, err := store.OpenWith(ctx, q.Where, q.Stores)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	list, err := q.list(ctx, st, name)
	if err != nil {
		return nil, err
	}
	for _, l := range list {
		if id == "" || l.Record.RunID == id {
			return l.Record, nil
		}
	}
	if id == "" {
		return nil, fmt.Errorf("%s: no run into it has left a record", q.Where)
	}
	var ids []string
	for _, l := range list[:min(len(list), 5)] {
		ids = append(ids, l.Record.RunID)
	}
	return nil, fmt.Errorf("%s: there is no record of a run %q; the last runs are %s", q.Where, id, strings.Join(ids, ", "))
}

// List returns the runs that have left a record, the last one first.
func (q Query) List(ctx context.Context) ([]Listed, error) {
	st, name, err := store.OpenWith(ctx, q.Where, q.Stores)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	return q.list(ctx, st, name)
}

// noRunsError is that of a place without runs. Its cause is an object that is not there.
type noRunsError struct {
	text  string
	cause error
}

func (e *noRunsError) Error() string { return e.text }
func (e *noRunsError) Unwrap() error { return e.cause }

func (q Query) list(ctx context.Context, st *store.Store, name string) ([]Listed, error) {
	name = strings.TrimSuffix(strings.TrimSuffix(name, "/"), "/"+sinks.SuccessName)
	if place.IsFile(name) {
		all, err := runs.FileHistory(ctx, st, name)
		if err != nil || len(all) > 0 {
			return since(all, 1), err
		}
	}
	if strings.HasSuffix(name, ".json") {
		return oneRecord(ctx, st, name)
	}
	if there, err := st.Exists(ctx, name); err != nil || there {
		return nil, errors.Join(err, fmt.Errorf("%s: no run has left a record beside it; want a run's record NAME.json, or a table with one", q.Where))
	}
	kind, err := lake.KindOf(ctx, st, name)
	if err != nil {
		return nil, err
	}
	if kind != lake.Files {
		return q.listLake(ctx, st, name, kind)
	}
	m, err := sinks.ReadManifest(ctx, st, name)
	if errors.Is(err, store.ErrNotExist) {
		return nil, &noRunsError{fmt.Sprintf("%s: there is no table with a record of a run; want a run's record NAME.json, or a table with one", q.Where), err}
	}
	if err != nil {
		return nil, err
	}
	all, _, err := runs.History(ctx, st, name, m.RunID)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s: run %s, the last one into it, has left no record", q.Where, m.RunID)
	}
	return statesOf(all, m), err
}

// oneRecord returns the run of a file that holds a record, and before it the last good
// one that it repeats.
func oneRecord(ctx context.Context, st *store.Store, name string) ([]Listed, error) {
	r, err := runs.Read(ctx, st, name)
	if err != nil {
		return nil, err
	}
	if r.Status == runs.OK {
		return []Listed{{StateOK, r}}, nil
	}
	list := []Listed{{StateFailed, r}}
	if r.LastOK != nil {
		list = append(list, Listed{StateOK, r.LastOK})
	}
	return list, nil
}

// listLake lists the runs of a Delta or Iceberg table.
func (q Query) listLake(ctx context.Context, st *store.Store, name, kind string) ([]Listed, error) {
	of := q.Lake
	of.Kind = kind
	ids, _, err := of.Runs(ctx, st, name)
	if err != nil {
		return nil, err
	}
	all, err := recordsOf(ctx, st, name, ids, func(*runs.Record) bool { return false })
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: no run into this %s table has left a record", q.Where, kind)
	}
	return since(all, len(runs.Present(all))), nil
}

// since lists runs of which only the first n have rows in the table.
func since(all []*runs.Record, n int) (list []Listed) {
	for i, r := range all {
		state := StateOK
		if i >= n {
			state = StateReplaced
		}
		list = append(list, Listed{state, r})
	}
	return list
}

// statesOf lists the runs of a table of files, whose manifest lists the files that it
// has. A run without files has no rows that could be replaced.
func statesOf(all []*runs.Record, m *sinks.Manifest) (list []Listed) {
	live := map[string]bool{}
	for _, f := range m.Live() {
		live[f.Name] = true
	}
	for _, l := range since(all, len(runs.Present(all))) {
		files := l.Record.Output.Files
		gone := len(slices.DeleteFunc(slices.Clone(files), func(f runs.Written) bool { return live[f.Name] }))
		switch {
		case l.State == StateReplaced || gone == 0:
		case gone == len(files):
			l.State = StateReplaced
		default:
			l.State = StatePartly
		}
		list = append(list, l)
	}
	return list
}
