// Package sql is a sources.Source over a SQL query, run by DuckDB inside this
// process. It is the only package that uses cgo; a build with the tag nosql
// leaves it out.
//
// The query's result streams: DuckDB's threads read and filter while the
// workers decode rows into Arrow and score. DuckDB's threads collect the rows
// themselves, in a function around the columns of the query, and the result is
// one ordered stream of their numbers, cut into splits of sources.SplitRows rows. The package decides nothing about
// models, and never lets DuckDB download an extension.
package sql

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
)

// Options says how to run a query.
type Options struct {
	// Database is a DuckDB file, opened read-only. Empty: in memory.
	Database string
	// Params are bound to the $name parameters of the query.
	Params map[string]string
	// Threads is the number of DuckDB's threads, 0 for all cores.
	Threads int
	// Memory bounds DuckDB's own memory in bytes, 0 for DuckDB's default.
	Memory int64
	// Timezone is that of current_date, and of times without a zone; empty for the one
	// that DuckDB finds.
	Timezone string
	// TempDir is the folder below which DuckDB gets a folder of its own to spill
	// to, empty for the system's.
	TempDir string
	// Files opens the URLs of a query. Without it they are left to DuckDB,
	// which refuses those that it has no extension for.
	Files sources.Opener
	// Types are the types wanted of columns of files that have none: of text and
	// of folders. A column of which some value is not of the wanted type has the
	// type that all of its values have.
	Types map[string]arrow.DataType
	// BadRows has rows of text that cannot be read handed over as Batch.Bad, where the
	// files are read directly. Where DuckDB runs the query, they end it.
	BadRows bool
	// BadCells takes, where the files are read directly, columns as their wanted types
	// although they have other values: the rows of those are bad.
	BadCells bool
	// Rules say which files are rows, URLs and local ones.
	Rules sources.Rules
	// Shard, if not nil, is the shard of the files that a query reads which is read
	// directly. A query that DuckDB runs gives all of its rows.
	Shard *sources.Shard
	// BatchRows is about how many rows a batch has, 0 for sources.DefaultBatchRows.
	BatchRows int
}
