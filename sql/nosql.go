//go:build nosql

package sql

import (
	"context"
	"errors"

	"leapscore/sources"
)

// ErrNoSQL is what Open returns in a build without DuckDB.
var ErrNoSQL = errors.New("this binary was built without SQL (tag nosql); rebuild it without that tag, or use --input")

// Open returns ErrNoSQL.
func Open(context.Context, string, Options) (sources.Source, error) { return nil, ErrNoSQL }
