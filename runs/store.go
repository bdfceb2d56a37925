package runs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"leapscore/engine/store"
	"leapscore/internal/clean"
)

// Folder is the name of the folder of records in the folder of a table.
const Folder = "_leapscore"

// Name returns the name of a run's record in the folder of its table.
func Name(runID string) string { return Folder + "/" + runID + ".json" }

// FailedFolder is the folder, in or beside a table of rejects, of rows that runs have
// rejected before they failed.
const FailedFolder = Folder + "/failed"

// Encode returns the record as a file. A summary that JSON has no form for is left
// out: all rows are scored by then, and must not be lost for it.
func (r *Record) Encode() ([]byte, error) {
	data, err := marshal(r)
	if err != nil && (r.Summary != nil || r.Drift != nil) {
		plain := *r
		plain.Summary, plain.Drift = nil, nil
		plain.LeftOut = "summary and drift: " + err.Error()
		data, err = marshal(&plain)
	}
	return data, err
}

func marshal(r *Record) (data []byte, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("internal error: %v", x)
		}
	}()
	data, err = json.MarshalIndent(r, "", "  ")
	return append(clean.JSON(data), '\n'), err
}

// Decode is the inverse of Encode. It refuses data that is not a record.
func Decode(data []byte) (*Record, error) {
	r := new(Record)
	if err := json.Unmarshal(data, r); err != nil {
		return nil, err
	}
	if r.Format != FormatV1 {
		return nil, fmt.Errorf("format %q, want %q: not the record of a run", r.Format, FormatV1)
	}
	return r, nil
}

// Read returns the record in the file name.
func Read(ctx context.Context, st *store.Store, name string) (*Record, error) {
	data, err := st.ReadFile(ctx, name)
	if err != nil {
		return nil, err
	}
	r, err := Decode(data)
	if err != nil {
		if _, ok := errors.AsType[*json.SyntaxError](err); ok {
			err = errors.New("is no record of a run: it is no JSON, or cut short")
		}
		return nil, fmt.Errorf("%s: %w", st.URL(name), err)
	}
	return r, nil
}

// ReadTable returns the record of a run in the table at path. The error is
// store.ErrNotExist if there is none.
func ReadTable(ctx context.Context, st *store.Store, path, runID string) (*Record, error) {
	return Read(ctx, st, store.Join(path, Name(runID)))
}

// History returns the records of the runs that were committed into the table at
// path, the last one first; one that was done again keeps the place of its first
// time. It ends early, and whole is false, where a run has left no record.
func History(ctx context.Context, st *store.Store, path, last string) (list []*Record, whole bool, err error) {
	later := map[string]*Record{} // that were done again after others, until their place comes
	seen := map[string]bool{}
	for id := last; id != ""; {
		if r := later[id]; r != nil {
			list = append(list, r)
			later[id], id = nil, r.Redone.Previous
			continue
		}
		r, err := ReadTable(ctx, st, path, id)
		if errors.Is(err, store.ErrNotExist) {
			return append(list, rest(later)...), false, nil
		}
		if err != nil {
			return nil, false, err
		}
		if seen[id] || r.RunID != id {
			return nil, false, fmt.Errorf("%s: the history of runs is broken at %s", st.URL(path), id)
		}
		seen[id] = true
		if r.Redone != nil && r.Redone.Previous != r.Previous {
			later[id] = r
		} else {
			list = append(list, r)
		}
		id = r.Previous
	}
	return append(list, rest(later)...), true, nil
}

// rest returns the records whose place has not come.
func rest(later map[string]*Record) (list []*Record) {
	for _, id := range slices.Sorted(maps.Keys(later)) {
		if later[id] != nil {
			list = append(list, later[id])
		}
	}
	return list
}
