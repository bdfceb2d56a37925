//go:build !nosql

package benchmarks

import (
	"context"
	"fmt"

	"leapscore/sources"
	"leapscore/sql"
)

type query = struct {
	name string
	open func(context.Context) (sources.Source, error)
}

// queries read a table of listings through DuckDB: one that only names columns,
// one that filters without losing a row, one that computes.
func queries(glob string) []query {
	var all []query
	for _, q := range []struct{ name, text string }{
		{"sql", "SELECT * FROM '%s'"},
		{"sql-where", "SELECT * FROM '%s' WHERE bedrooms >= 0"},
		{"sql-computed", "SELECT * REPLACE (square_feet * 2 AS square_feet) FROM '%s'"},
	} {
		text := fmt.Sprintf(q.text, glob)
		all = append(all, query{q.name, func(ctx context.Context) (sources.Source, error) {
			return sql.Open(ctx, text, sql.Options{Threads: 2})
		}})
	}
	return all
}
