package main

import (
	"context"
	"errors"
	"fmt"

	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sinks/delta"
)

// past is what is known of the runs into the output.
type past struct {
	exists bool           // there is a table
	runs   []*runs.Record // that were committed into it, the last one first
	whole  bool           // each of them has a record
	last   string         // the run that was committed last into a table of files
}

// lookBack finds the run that --min-rows is a share of.
func (f *scoreFlags) lookBack(ctx context.Context, out *output) error {
	if !f.isShare {
		return nil
	}
	p, err := f.past(ctx)
	if err != nil {
		return &gateError{fmt.Sprintf("--min-rows %s: the record of the last run cannot be read: %v", f.minRows, err)}
	}
	for _, r := range p.runs {
		if !r.Retried { // which are a few rows of another run
			f.lastRun, f.lastRows = r.RunID, r.Counts.Out
			return nil
		}
	}
	if p.exists {
		return &gateError{fmt.Sprintf("--min-rows %s: %s has no record of a run, so that the share is of nothing; give a number of rows for this run",
			f.minRows, f.output)}
	}
	out.log.Warn("--min-rows: there is no table yet, nothing is compared", "output", f.output)
	return nil
}

// past reads the records of the runs into the output.
func (f *scoreFlags) past(ctx context.Context) (past, error) {
	st, name, err := store.Open(ctx, f.output)
	if err != nil {
		return past{}, usageError{err}
	}
	defer st.Close()
	if isFile(f.output) {
		return f.pastOfFile(ctx, st, name)
	}
	if f.tableFormat != filesFormat {
		return f.pastOfLake(ctx, st, name)
	}
	m, err := sinks.ReadManifest(ctx, st, name)
	if errors.Is(err, store.ErrNotExist) {
		empty, err := nothingAt(ctx, f.output)
		return past{exists: !empty, whole: empty}, err
	}
	if err != nil {
		return past{exists: true}, err
	}
	p := past{exists: true, last: m.RunID}
	p.runs, p.whole, err = runs.History(ctx, st, name, m.RunID)
	return p, err
}

// pastOfFile is past of one file: its last run is where --record says.
func (f *scoreFlags) pastOfFile(ctx context.Context, st *store.Store, name string) (p past, err error) {
	if p.exists, err = st.Exists(ctx, name); err != nil || !p.exists || f.record == "" {
		return p, err
	}
	in, at, err := store.Open(ctx, f.record)
	if err != nil {
		return p, usageError{err}
	}
	defer in.Close()
	r, err := runs.Read(ctx, in, at)
	if errors.Is(err, store.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	if r = r.Good(); r != nil {
		p.runs = append(p.runs, r)
	}
	return p, nil
}

// pastOfLake is past of a Delta or Iceberg table: the table knows its runs, and
// their records stand in its folder. Runs before the last overwrite are left out.
func (f *scoreFlags) pastOfLake(ctx context.Context, st *store.Store, name string) (p past, err error) {
	ids, exists, err := f.lakeRuns(ctx, st, name)
	p = past{exists: exists, whole: true}
	if err != nil {
		return p, err
	}
	for _, id := range ids {
		r, err := runs.ReadTable(ctx, st, name, id)
		if errors.Is(err, store.ErrNotExist) {
			p.whole = false
			continue
		}
		if err != nil {
			return p, err
		}
		if p.runs = append(p.runs, r); r.Output.Mode == sinks.Overwrite.String() {
			break
		}
	}
	return p, nil
}

// lakeRuns returns the ids of the runs into a Delta or Iceberg table, the last one
// first, and whether there is one.
func (f *scoreFlags) lakeRuns(ctx context.Context, st *store.Store, name string) ([]string, bool, error) {
	if f.tableFormat == icebergFormat {
		return f.icebergRuns(ctx, st, name)
	}
	return delta.Runs(ctx, st, name)
}
