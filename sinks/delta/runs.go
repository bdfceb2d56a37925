package delta

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/sinks/delta/internal/log"
)

const appPrefix = "leapscore:"

// Runs returns the ids of the runs that were committed into the Delta table
// in the folder of st, the last one first, and whether there is a table.
func Runs(ctx context.Context, st *store.Store, folder string) (ids []string, exists bool, err error) {
	changes := &log.Log{Store: st, Table: strings.TrimSuffix(folder, "/")}
	snap, err := changes.Load(ctx)
	if err != nil {
		return nil, false, err
	}
	at := map[string]int64{}
	for app, txn := range snap.Txns {
		id, ours := strings.CutPrefix(app, appPrefix)
		if !ours {
			continue
		}
		if txn.LastUpdated != nil {
			at[id] = *txn.LastUpdated
		}
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(at[b], at[a]), cmp.Compare(b, a)) })
	return ids, snap.Version >= 0, nil
}

const commitPrefix = "leapscore-commit:"

// Committed reports whether the run was committed into the table in the folder of
// st, in the attempt with the token.
func Committed(ctx context.Context, st *store.Store, folder, token string) (bool, error) {
	snap, err := (&log.Log{Store: st, Table: strings.TrimSuffix(folder, "/")}).Load(ctx)
	if err != nil {
		return false, err
	}
	_, done := snap.Txns[commitPrefix+token]
	return done, nil
}

// Files returns the names in st of the files that have the rows of the table in the
// folder.
func Files(ctx context.Context, st *store.Store, folder string) (names []string, err error) {
	folder = strings.TrimSuffix(folder, "/")
	snap, err := (&log.Log{Store: st, Table: folder}).Load(ctx)
	if err != nil {
		return nil, err
	}
	if err := snap.Readable(); err != nil {
		return nil, fmt.Errorf("%s: %w", st.URL(folder), err)
	}
	for at := range snap.Files {
		name, err := url.PathUnescape(at)
		if err != nil || strings.Contains(name, "://") || strings.HasPrefix(name, "/") {
			return nil, fmt.Errorf("%s: the file %s of the table lies elsewhere", st.URL(folder), at)
		}
		names = append(names, store.Join(folder, name))
	}
	return names, nil
}
