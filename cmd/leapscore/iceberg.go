//go:build !noiceberg

package main

import (
	"context"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/iceberg"
)

func (f *lakeFlags) openIceberg(ctx context.Context, st *store.Store, name string, opt sinks.Options) (sinks.Table, error) {
	return iceberg.Create(ctx, st, name, opt, f.icebergOptions())
}

func (f *lakeFlags) icebergOptions() iceberg.Options {
	return iceberg.Options{Catalog: f.catalog, CatalogName: f.catalogName, Table: f.catalogTable}
}

func (f *lakeFlags) icebergRuns(ctx context.Context, st *store.Store, name string) ([]string, bool, error) {
	return iceberg.Runs(ctx, st, name, f.icebergOptions())
}

func (f *lakeFlags) icebergCommitted(ctx context.Context, st *store.Store, name, attempt string) (bool, error) {
	return iceberg.Committed(ctx, st, name, attempt, f.icebergOptions())
}
