package sinks

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/sinks/internal/delta"
)

const appPrefix = "leapscore:"

// DeltaRuns returns the ids of the runs that were committed into the Delta table
// at path, the last one first, and whether there is a table.
func DeltaRuns(ctx context.Context, st *store.Store, path string) (ids []string, exists bool, err error) {
	log := &delta.Log{Store: st, Table: strings.TrimSuffix(path, "/")}
	snap, err := log.Load(ctx)
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
