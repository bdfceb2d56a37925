//go:build !noiceberg

package lake

import (
	"context"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/iceberg"
)

func (o Options) openIceberg(ctx context.Context, st *store.Store, name string, opt sinks.Options) (sinks.Table, error) {
	return iceberg.Create(ctx, st, name, opt, o.iceberg())
}

func (o Options) iceberg() iceberg.Options {
	return iceberg.Options{Catalog: o.Catalog, CatalogName: o.CatalogName, Table: o.CatalogTable}
}

func (o Options) icebergRuns(ctx context.Context, st *store.Store, name string) ([]string, bool, error) {
	return iceberg.Runs(ctx, st, name, o.iceberg())
}

func (o Options) icebergCommitted(ctx context.Context, st *store.Store, name, token string) (bool, error) {
	return iceberg.Committed(ctx, st, name, token, o.iceberg())
}

func (o Options) icebergFiles(ctx context.Context, st *store.Store, name string) ([]string, error) {
	return iceberg.Files(ctx, st, name, o.iceberg())
}
