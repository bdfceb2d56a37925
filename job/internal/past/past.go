// Package past answers which runs have written a table, and what their records say.
package past

import (
	"context"
	"errors"

	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/job/internal/lake"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
)

// Table is a table, and where else runs into it are noted.
type Table struct {
	Path   string
	Lake   lake.Options
	Record string // the file of the record of the last run, or empty
	Stores store.Options
}

// Runs is what is known of the runs into a table.
type Runs struct {
	Exists bool           // there is a table
	All    []*runs.Record // that were committed into it, the last one first
	Last   string         // the run that was committed last into a table of files
}

// Runs reads the records of the runs into the table.
func (t Table) Runs(ctx context.Context) (Runs, error) {
	st, name, err := store.OpenWith(ctx, t.Path, t.Stores)
	if err != nil {
		return Runs{}, fault.Usage(err)
	}
	defer st.Close()
	if place.IsFile(t.Path) {
		return t.runsOfFile(ctx, st, name)
	}
	if t.Lake.IsLake() {
		return t.runsOfLake(ctx, st, name)
	}
	m, err := sinks.ReadManifest(ctx, st, name)
	if errors.Is(err, store.ErrNotExist) {
		exists, err := sinks.HasTable(ctx, st, name)
		return Runs{Exists: exists}, err
	}
	if err != nil {
		return Runs{Exists: true}, err
	}
	p := Runs{Exists: true, Last: m.RunID}
	p.All, _, err = runs.History(ctx, st, name, m.RunID)
	return p, err
}

// runsOfFile is Runs of one file: their records are beside it.
func (t Table) runsOfFile(ctx context.Context, st *store.Store, name string) (p Runs, err error) {
	if p.Exists, err = st.Exists(ctx, name); err != nil || !p.Exists {
		return p, err
	}
	if p.All, err = runs.FileHistory(ctx, st, name); err != nil || len(p.All) > 0 {
		return p, err
	}
	r, err := t.lastIntoFile(ctx, st, name)
	if r != nil {
		p.All = append(p.All, r)
	}
	return p, err
}

// runsOfLake is Runs of a Delta or Iceberg table: the table knows its runs, and
// their records stand in its folder. Runs before the last overwrite are left out.
func (t Table) runsOfLake(ctx context.Context, st *store.Store, name string) (p Runs, err error) {
	ids, exists, err := t.Lake.Runs(ctx, st, name)
	p = Runs{Exists: exists}
	if err != nil {
		return p, err
	}
	p.All, err = recordsOf(ctx, st, name, ids, func(r *runs.Record) bool { return r.Output.Mode == sinks.ModeOverwrite.String() })
	return p, err
}

// recordsOf reads the records that runs of a table have left, up to one that is the last.
func recordsOf(ctx context.Context, st *store.Store, name string, ids []string, isLast func(*runs.Record) bool) (all []*runs.Record, err error) {
	for _, id := range ids {
		r, err := runs.ReadTable(ctx, st, name, id)
		if errors.Is(err, store.ErrNotExist) {
			continue
		}
		if err != nil {
			return all, err
		}
		if all = append(all, r); isLast(r) {
			break
		}
	}
	return all, nil
}
