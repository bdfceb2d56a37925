package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
)

// finishedRun returns the record of the run with the id that was given, if that was
// committed into the table before, or nil.
func finishedRun(ctx context.Context, s Spec) (*runs.Record, error) {
	id := s.Run.ID
	if id == "" || place.IsStream(s.Output.Path) {
		return nil, nil
	}
	st, name, err := store.Open(ctx, s.Output.Path)
	if err != nil {
		return nil, fault.Usage(err)
	}
	defer st.Close()
	if s.Output.lake().IsLake() {
		return finishedInLake(ctx, s, st, name)
	}
	if place.IsFile(name) {
		return finishedFile(ctx, s, st, name)
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

// finishedInLake is finishedRun for a Delta or Iceberg table, which knows its runs. Of
// one that has left no record, only the id is known.
func finishedInLake(ctx context.Context, s Spec, st *store.Store, name string) (*runs.Record, error) {
	ids, _, err := s.Output.lake().Runs(ctx, st, name)
	if err != nil || !slices.Contains(ids, s.Run.ID) {
		return nil, err
	}
	return recordOrID(ctx, st, name, s.Run.ID)
}

// recordOrID returns the record of a run, or one that holds nothing but its id.
func recordOrID(ctx context.Context, st *store.Store, name, id string) (*runs.Record, error) {
	r, err := runs.ReadTable(ctx, st, name, id)
	if errors.Is(err, store.ErrNotExist) {
		return &runs.Record{RunID: id}, nil
	}
	return r, err
}

// finishedFile is finishedRun for a table that is one file: its record is in the file
// that the run names, if anywhere.
func finishedFile(ctx context.Context, s Spec, st *store.Store, name string) (*runs.Record, error) {
	r, err := lastRecord(ctx, s.Run.Record)
	if r == nil || err != nil || r.RunID != s.Run.ID {
		return nil, err
	}
	if there, err := st.Exists(ctx, name); err != nil || !there {
		return nil, err
	}
	return r, nil
}

// lastRecord returns the last run that did not fail of the file of a record, or nil if
// there is none.
func lastRecord(ctx context.Context, where string) (*runs.Record, error) {
	if where == "" {
		return nil, nil
	}
	st, name, err := store.Open(ctx, where)
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

// otherJobError says that the run of an id has finished, and did something else.
type otherJobError struct {
	id   string
	what []string
	hint string
}

func (e *otherJobError) Error() string {
	return fmt.Sprintf("run %s has finished, and was another job: %s; %s", e.id, strings.Join(e.what, "; "), e.hint)
}

// checkSameJob checks that the run before, which has finished, was the job of the
// record now.
func checkSameJob(s Spec, before, now *runs.Record) error {
	what := runs.OtherJob(before, now, defaults())
	if s.Run.ScoredAt != "" && before.ScoredAt != now.ScoredAt {
		what = append(what, fmt.Sprintf("--scored-at was %s and is %s", before.ScoredAt, now.ScoredAt))
	}
	if len(what) > 0 {
		return &otherJobError{s.Run.ID, what, "give this job another --run-id, or --rerun, which replaces the rows of that run"}
	}
	return nil
}

// checkSameIncrement is checkSameJob of a run whose inputs were those that were new
// then.
func checkSameIncrement(s Spec, before *runs.Record, m *loaded) error {
	if what := runs.Changes(before, rowsOf(s, m)); len(what) > 0 {
		return &otherJobError{s.Run.ID, what, "give this job another --run-id"}
	}
	return nil
}

// checkUnknown refuses to do a run again that has left no record.
func checkUnknown(s Spec) error {
	if s.Run.Rerun {
		return &otherJobError{s.Run.ID, []string{"it has left no record of what it wrote"}, "give this job another --run-id"}
	}
	return nil
}

// rejectedBefore returns what the run before has rejected, if that is still there.
func rejectedBefore(ctx context.Context, s Spec, before *runs.Record) (*runs.Record, error) {
	where := s.Rejects.Path
	if before == nil || before.Rejects == nil || len(before.Rejects.Files) == 0 || before.Rejects.Path != where {
		return nil, nil
	}
	st, name, err := store.Open(ctx, where)
	if err != nil {
		return nil, fault.Usage(err)
	}
	defer st.Close()
	first := strings.TrimSuffix(name, "/") + "/" + before.Rejects.Files[0].Name
	if place.IsFile(where) {
		first = name
	}
	if there, err := st.Exists(ctx, first); err != nil || !there {
		return nil, err
	}
	return &runs.Record{RunID: s.Run.ID, Output: runs.Output{Files: before.Rejects.Files}}, nil
}
