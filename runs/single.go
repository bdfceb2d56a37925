package runs

import (
	"context"
	"errors"
	"strings"

	"leapscore/engine/store"
)

// A table that is one file, dir/x.parquet, has its records in a folder beside it:
// dir/_leapscore/x.parquet.json is that of the last run, and
// dir/_leapscore/x.parquet/RUN-ID.json are those of the runs that it replaced.

// FileName returns the name of the record of the last run into a table that is one file.
func FileName(file string) string { return beside(file) + ".json" }

func oldFileName(file, runID string) string { return beside(file) + "/" + runID + ".json" }

func beside(file string) string {
	at := strings.LastIndexByte(file, '/') + 1
	return file[:at] + Folder + "/" + file[at:]
}

// ReadFile returns the record of the last run into a table that is one file. The error
// is store.ErrNotExist if there is none.
func ReadFile(ctx context.Context, st *store.Store, file string) (*Record, error) {
	return Read(ctx, st, FileName(file))
}

// SaveFile writes the record of a run that has written a table that is one file, and
// keeps that of the run before, which it links to. A file that is no record is written
// over.
func SaveFile(ctx context.Context, st *store.Store, file string, r *Record) error {
	last, err := ReadFile(ctx, st, file)
	if err == nil && last.RunID == r.RunID {
		r.Previous = last.Previous
	} else if err == nil {
		r.Previous = last.RunID
		if err := write(ctx, st, oldFileName(file, last.RunID), last); err != nil {
			return err
		}
	}
	return write(ctx, st, FileName(file), r)
}

func write(ctx context.Context, st *store.Store, name string, r *Record) error {
	data, err := r.Encode()
	if err != nil {
		return err
	}
	return st.WriteFile(ctx, name, data)
}

// FileHistory returns the records of the runs into a table that is one file, the last
// one first. It ends where a record is missing.
func FileHistory(ctx context.Context, st *store.Store, file string) (list []*Record, err error) {
	r, err := ReadFile(ctx, st, file)
	seen := map[string]bool{}
	for err == nil && !seen[r.RunID] {
		seen[r.RunID] = true
		if list = append(list, r); r.Previous == "" {
			return list, nil
		}
		r, err = Read(ctx, st, oldFileName(file, r.Previous))
	}
	if errors.Is(err, store.ErrNotExist) {
		err = nil
	}
	return list, err
}
