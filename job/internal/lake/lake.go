// Package lake opens the kinds of tables that a folder can be, and asks them about
// their runs.
package lake

import (
	"context"
	"fmt"
	"strings"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/delta"
)

// The kinds of tables.
const (
	Files   = "files"
	Delta   = "delta"
	Iceberg = "iceberg"
)

// Options say what kind of table a folder is.
type Options struct {
	Kind          string
	ReplaceSchema bool // of a Delta table, with its rows

	// Catalog knows an Iceberg table as CatalogTable, if there is a catalog.
	Catalog, CatalogName, CatalogTable string
}

// IsLake reports whether the table keeps a log of its own.
func (o Options) IsLake() bool { return o.Kind != Files }

// Open opens a table to be written.
func (o Options) Open(ctx context.Context, st *store.Store, name string, opt sinks.Options) (sinks.Table, error) {
	switch o.Kind {
	case Iceberg:
		return o.openIceberg(ctx, st, name, opt)
	case Delta:
		return delta.Create(ctx, st, name, opt, delta.Options{ReplaceSchema: o.ReplaceSchema})
	}
	return sinks.Create(ctx, st, name, opt)
}

// KindOf returns the kind of the table in a folder: Files if it is no other.
func KindOf(ctx context.Context, st *store.Store, folder string) (string, error) {
	kind := Files
	for _, sign := range []struct{ kind, folder, has string }{{Delta, "_delta_log", ".json"}, {Iceberg, "metadata", ".metadata.json"}} {
		err := st.List(ctx, store.Join(folder, sign.folder)+"/", false, func(o store.Object) error {
			if strings.Contains(o.Name[strings.LastIndexByte(o.Name, '/')+1:], sign.has) {
				kind = sign.kind
			}
			return nil
		})
		if err != nil || kind != Files {
			return kind, err
		}
	}
	return kind, nil
}

// Runs returns the ids of the runs into a Delta or Iceberg table, the last one first,
// and whether there is one.
func (o Options) Runs(ctx context.Context, st *store.Store, name string) ([]string, bool, error) {
	if o.Kind == Iceberg {
		return o.icebergRuns(ctx, st, name)
	}
	return delta.Runs(ctx, st, name)
}

// Committed reports whether the commit of a run has taken place.
func (o Options) Committed(ctx context.Context, st *store.Store, name, runID, token string) (bool, error) {
	switch o.Kind {
	case Files:
		return sinks.CommittedFiles(ctx, st, name, runID, token)
	case Delta:
		return delta.Committed(ctx, st, name, token)
	case Iceberg:
		return o.icebergCommitted(ctx, st, name, token)
	}
	return false, fmt.Errorf("%s: a table of the unknown kind %q", st.URL(name), o.Kind)
}
