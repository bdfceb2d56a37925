package lake

import (
	"context"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/sinks/delta"
)

// LiveFiles returns the files that have the rows of the Delta or Iceberg table where, by
// path or URL, and whether there is such a table.
func (o Options) LiveFiles(ctx context.Context, where string, stores store.Options) (files []string, is bool, err error) {
	if strings.ContainsAny(where, "*[{") {
		return nil, false, nil
	}
	st, name, err := store.OpenWith(ctx, where, stores)
	if err != nil {
		return nil, false, err
	}
	defer st.Close() // it is only read from: nothing can be lost
	kind := Iceberg
	if o.Catalog == "" {
		if kind, err = KindOf(ctx, st, name); err != nil || kind == Files {
			return nil, false, err
		}
	}
	if kind == Delta {
		files, err = delta.Files(ctx, st, name)
	} else {
		files, err = o.icebergFiles(ctx, st, name)
	}
	slices.Sort(files)
	_, params := store.CutParameters(where)
	for i, f := range files {
		if files[i] = st.URL(f); params != "" {
			files[i] += "?" + params
		}
	}
	return files, true, err
}
