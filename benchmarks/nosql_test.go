//go:build nosql

package benchmarks

import (
	"context"

	"leapscore/sources"
)

type query = struct {
	name string
	open func(context.Context) (sources.Source, error)
}

// queries are none in a build without DuckDB.
func queries(string) []query { return nil }
