package iceberg

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/apache/iceberg-go/table"

	"leapscore/engine/store"
)

// Runs returns the ids of the runs whose snapshots the table in the folder of st
// has, the last one first, and whether there is a table.
func Runs(ctx context.Context, st *store.Store, folder string, more Options) (ids []string, exists bool, err error) {
	root, err := rootOf(st)
	if err != nil {
		return nil, false, err
	}
	s := &snapshots{
		f: &files{ctx: ctx, st: st, root: root, made: &made{}}, folder: strings.TrimSuffix(folder, "/"),
		close: func() error { return nil }, ident: table.Identifier{"default", "table"},
	}
	if err := s.connect(ctx, more); err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	tbl, err := s.cat.LoadTable(ctx, s.ident)
	if errors.Is(err, errNoTable) {
		return nil, false, nil
	}
	if err != nil {
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
