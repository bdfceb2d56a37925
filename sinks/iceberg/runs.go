package iceberg

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/iceberg-go/table"

	"leapscore/engine/store"
)

// Committed reports whether the table has the snapshot with a token.
func Committed(ctx context.Context, st *store.Store, folder, token string, more Options) (bool, error) {
	tbl, err := load(ctx, st, folder, more)
	if tbl == nil || err != nil {
		return false, err
	}
	return slices.ContainsFunc(tbl.Metadata().Snapshots(), func(snap table.Snapshot) bool {
		return snap.Summary != nil && snap.Summary.Properties[tokenKey] == token
	}), nil
}

// Runs returns the ids of the runs whose snapshots the table in the folder of st
// has, the last one first, and whether there is a table.
func Runs(ctx context.Context, st *store.Store, folder string, more Options) (ids []string, exists bool, err error) {
	tbl, err := load(ctx, st, folder, more)
	if tbl == nil || err != nil {
		return nil, false, err
	}
	for _, snap := range tbl.Metadata().Snapshots() {
		if snap.Summary != nil && snap.Summary.Properties[RunIDKey] != "" {
			ids = append(ids, snap.Summary.Properties[RunIDKey])
		}
	}
	slices.Reverse(ids)
	return ids, true, nil
}

// load returns the table, or nil if there is none.
func load(ctx context.Context, st *store.Store, folder string, more Options) (*table.Table, error) {
	f, err := filesOf(ctx, st)
	if err != nil {
		return nil, err
	}
	s := &snapshots{
		f: f, folder: strings.TrimSuffix(folder, "/"),
		close: func() error { return nil }, ident: table.Identifier{"default", "table"},
	}
	if err := s.openPointer(ctx, more); err != nil {
		return nil, err
	}
	tbl, err := s.cat.LoadTable(ctx, s.ident)
	if errors.Is(err, errNoTable) {
		err = nil
	}
	return tbl, errors.Join(err, s.close())
}

// Files returns the names in st of the files that have the rows of the table in the
// folder.
func Files(ctx context.Context, st *store.Store, folder string, more Options) (names []string, err error) {
	tbl, err := load(ctx, st, folder, more)
	if tbl == nil || err != nil || tbl.CurrentSnapshot() == nil {
		return nil, err
	}
	f, err := filesOf(ctx, st)
	if err != nil {
		return nil, err
	}
	tasks, err := tbl.Scan().PlanFiles(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks { // a file can have several
		if len(t.DeleteFiles)+len(t.EqualityDeleteFiles)+len(t.DeletionVectorFiles) > 0 {
			return nil, fmt.Errorf("%s has removed rows, which are not read here", t.File.FilePath())
		}
		name, err := f.name(t.File.FilePath())
		if err != nil {
			return nil, err
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}
