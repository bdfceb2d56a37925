package job

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
)

// past is what is known of the runs into the output.
type past struct {
	exists bool           // there is a table
	runs   []*runs.Record // that were committed into it, the last one first
	whole  bool           // each of them has a record
	last   string         // the run that was committed last into a table of files
}

// pastRuns reads the records of the runs into the output.
func pastRuns(ctx context.Context, s Spec) (past, error) {
	st, name, err := store.Open(ctx, s.Output.Path)
	if err != nil {
		return past{}, fault.Usage(err)
	}
	defer st.Close()
	if place.IsFile(s.Output.Path) {
		return pastOfFile(ctx, s, st, name)
	}
	if s.Output.lake().IsLake() {
		return pastOfLake(ctx, s, st, name)
	}
	m, err := sinks.ReadManifest(ctx, st, name)
	if errors.Is(err, store.ErrNotExist) {
		empty, err := place.IsEmpty(ctx, s.Output.Path)
		return past{exists: !empty, whole: empty}, err
	}
	if err != nil {
		return past{exists: true}, err
	}
	p := past{exists: true, last: m.RunID}
	p.runs, p.whole, err = runs.History(ctx, st, name, m.RunID)
	return p, err
}

// pastOfFile is pastRuns of one file: its last run is in the file of the record.
func pastOfFile(ctx context.Context, s Spec, st *store.Store, name string) (p past, err error) {
	if p.exists, err = st.Exists(ctx, name); err != nil || !p.exists {
		return p, err
	}
	r, err := lastRecord(ctx, s.Run.Record)
	if r != nil {
		p.runs = append(p.runs, r)
	}
	return p, err
}

// pastOfLake is pastRuns of a Delta or Iceberg table: the table knows its runs, and
// their records stand in its folder. Runs before the last overwrite are left out.
func pastOfLake(ctx context.Context, s Spec, st *store.Store, name string) (p past, err error) {
	ids, exists, err := s.Output.lake().Runs(ctx, st, name)
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

// shareOf finds the run that a share of rows is one of. It is nil if no share is asked
// for, or if there is no table yet.
func shareOf(ctx context.Context, s settings, warn warner) (*runs.Record, error) {
	if !s.least.isShare {
		return nil, nil
	}
	p, err := pastRuns(ctx, s.Spec)
	if err != nil {
		return nil, &gateError{fmt.Sprintf("--min-rows %s: the record of the last run cannot be read: %v", s.Gates.MinRows, err)}
	}
	for _, r := range p.runs {
		if !r.Retried { // which are a few rows of another run
			return r, nil
		}
	}
	if p.exists {
		return nil, &gateError{fmt.Sprintf("--min-rows %s: %s has no record of a run, so that the share is of nothing; give a number of rows for this run",
			s.Gates.MinRows, s.Output.Path)}
	}
	warn("--min-rows: there is no table yet, nothing is compared", "output", s.Output.Path)
	return nil, nil
}

// ReadRecord returns the record in the file where, or of the last run into the table
// where, whose _SUCCESS may be given too.
func ReadRecord(ctx context.Context, where string) (*runs.Record, error) {
	st, name, err := store.Open(ctx, where)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	if strings.HasSuffix(name, ".json") {
		return runs.Read(ctx, st, name)
	}
	table := strings.TrimSuffix(strings.TrimSuffix(name, "/"), "/"+sinks.SuccessName)
	m, err := sinks.ReadManifest(ctx, st, table)
	if errors.Is(err, store.ErrNotExist) {
		return nil, fmt.Errorf("%s: want a run's record NAME.json, or a table with one: %w", where, err)
	}
	if err != nil {
		return nil, err
	}
	r, err := runs.ReadTable(ctx, st, table, m.RunID)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	return r, nil
}
