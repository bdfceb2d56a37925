package past

import (
	"context"
	"errors"
	"slices"

	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
)

// Finished returns the record of a run, if that was committed into the table before, or
// nil.
func (t Table) Finished(ctx context.Context, id string) (*runs.Record, error) {
	if id == "" || place.IsStream(t.Path) {
		return nil, nil
	}
	st, name, err := store.OpenWith(ctx, t.Path, t.Stores)
	if err != nil {
		return nil, fault.Usage(err)
	}
	defer st.Close()
	if t.Lake.IsLake() {
		return t.finishedInLake(ctx, st, name, id)
	}
	if place.IsFile(name) {
		return t.finishedFile(ctx, st, name, id)
	}
	if _, err := runs.ReadTable(ctx, st, name, id); errors.Is(err, store.ErrNotExist) {
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
		if r.RunID == id {
			return r, nil
		}
	}
	return nil, err
}

// finishedInLake is Finished for a Delta or Iceberg table, which knows its runs. Of
// one that has left no record, only the id is known.
func (t Table) finishedInLake(ctx context.Context, st *store.Store, name, id string) (*runs.Record, error) {
	ids, _, err := t.Lake.Runs(ctx, st, name)
	if err != nil || !slices.Contains(ids, id) {
		return nil, err
	}
	return RecordOrID(ctx, st, name, id)
}

// RecordOrID returns the record of a run, or one that holds nothing but its id.
func RecordOrID(ctx context.Context, st *store.Store, name, id string) (*runs.Record, error) {
	r, err := runs.ReadTable(ctx, st, name, id)
	if errors.Is(err, store.ErrNotExist) {
		return &runs.Record{RunID: id}, nil
	}
	return r, err
}

// finishedFile is Finished for a table that is one file: its record is beside it, or in
// the file that the run names. A file of another size is not the one that the run wrote.
func (t Table) finishedFile(ctx context.Context, st *store.Store, name, id string) (*runs.Record, error) {
	r, err := t.lastIntoFile(ctx, st, name)
	if r == nil || err != nil || r.RunID != id {
		return nil, err
	}
	o, err := st.Stat(ctx, name)
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	}
	if err != nil || len(r.Output.Files) == 1 && r.Output.Files[0].Bytes != o.Size {
		return nil, err
	}
	return r, nil
}

// lastIntoFile returns the record of the last run into a table that is one file, or nil.
func (t Table) lastIntoFile(ctx context.Context, st *store.Store, name string) (*runs.Record, error) {
	r, err := runs.ReadFile(ctx, st, name)
	if errors.Is(err, store.ErrNotExist) { // written by an earlier version
		return LastGood(ctx, t.Record, t.Stores)
	}
	return r, err
}

// LastGood returns the last run that did not fail of the file of a record, or nil if
// there is none.
func LastGood(ctx context.Context, where string, stores store.Options) (*runs.Record, error) {
	if where == "" {
		return nil, nil
	}
	st, name, err := store.OpenWith(ctx, where, stores)
	if err != nil {
		return nil, fault.Usage(err)
	}
	defer st.Close()
	r, err := runs.Read(ctx, st, name)
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r.Good(), nil
}
