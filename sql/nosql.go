//go:build nosql

package sql

import (
	"context"
	"errors"
	"fmt"

	"leapscore/sources"
)

// ErrQuery is the class of errors of a query's text or parameters. Here it is
// that of all queries.
var ErrQuery = errors.New("query")

// ErrNoSQL is what Open returns in a build without DuckDB.
var ErrNoSQL = fmt.Errorf("%w: this binary was built without SQL (tag nosql); rebuild it without that tag, or use --input", ErrQuery)

// Version is empty: there is no DuckDB.
func Version() string { return "" }

// Open returns ErrNoSQL.
func Open(context.Context, string, Options) (sources.Source, error) { return nil, ErrNoSQL }
