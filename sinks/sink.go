// Package sinks writes rows as tables that appear whole or not at all. It
// moves columns and knows no models.
//
// A table is made by Create, as a folder of files, or by CreateFile, as one file.
// The rows come in parts, one for each split of the input:
//
//	table, err := sinks.Create(ctx, st, path, sinks.Options{Schema: schema, RunID: id})
//	...                                     in each worker, for split n:
//	part, err := table.Part(ctx, n)
//	err = part.Write(rec)                   for each batch
//	err = part.Commit(ctx)
//	...                                     at the end:
//	manifest, err := table.Commit(ctx, run) or, after any error, table.Abort(ctx)
//
// Two tables of one run are committed by CommitTogether (together.go draws how).
//
// The way of a row: a part (internal/order) copies it into the block of its worker; a
// full block is encoded there, in the worker's goroutine, as a row group
// (internal/format); the order takes row groups in the order of the parts, and puts
// the small blocks that are left at the end of parts together; the table (table.go)
// gives each its place in a file (internal/output), and several files are written and
// hashed at once. In a partitioned table (internal/partition), parts scatter
// their rows, the order collects those of each folder, and row groups are put aside
// (internal/shelf) until the folder's file is written (partitions.go). The publisher
// makes the files visible (commit.go draws how; publish_*.go, single.go; sinks/delta
// and sinks/iceberg for their tables), and a later run deletes the files of a run that
// died (sweep.go). The names and the bytes of the files depend on the rows, the
// options and the run id, not on workers or time.
//
// It does not choose columns, count rejects or decide what a run is: its caller
// does.
package sinks

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/runs"
)

// Table is one attempt to write a table. Exactly one of Commit and Abort ends
// it. A reader of the destination sees the old table before Commit and the new
// one after it, and after a crash one of the two. On object stores, which
// cannot rename, this holds for readers that honour the manifest.
type Table interface {
	// Part opens the writer of the rows of split n. Parts are written
	// concurrently; in the table their rows stand in the order of n, which
	// starts at 0, leaves no number out and repeats none. How parts are put
	// together into files depends on their rows only. A part may wait for those
	// with lower numbers: whoever hands out splits must do so in the order of n.
	// ctx ends the waiting of the part's Write.
	Part(ctx context.Context, n int) (Part, error)

	// Commit publishes the committed parts and returns the manifest that it
	// wrote. After an error the caller calls Abort.
	Commit(ctx context.Context, run Run) (*Manifest, error)

	// Abort removes everything this attempt wrote. It may be called twice, and
	// after Commit, when it does nothing. Its context must outlive the one
	// whose cancellation caused it.
	Abort(ctx context.Context) error
}

// Part takes the rows of one split. It is used by one goroutine.
type Part interface {
	// Write borrows rec: it does not keep it. Its columns are those of
	// Options.Schema, in that order; where the schema says string, a column
	// may be a string, large string or dictionary of strings. Like Commit, it
	// may wait until earlier parts are there, so that what is buffered stays
	// bounded.
	Write(rec arrow.Record) error

	// Commit hands the rows to the table. Either it or Abort ends the part;
	// Abort after either does nothing. A table with an aborted part cannot
	// be committed.
	Commit(ctx context.Context) error
	Abort()
}

// Manifest is the content of _SUCCESS. Files are those that the run wrote: after
// an append, not those that were there before.
type Manifest struct {
	RunID    string `json:"run_id"`
	RowsIn   int64  `json:"rows_in"`
	RowsOut  int64  `json:"rows_out"`
	Skipped  int64  `json:"rows_skipped"`
	Rejected int64  `json:"rows_rejected"`

	// FilesRejected is how many files were left out; their rows are not in RowsIn.
	FilesRejected int64 `json:"files_rejected,omitempty"`

	Files    []File             `json:"files"`
	Model    Model              `json:"model"`
	Models   []runs.Model       `json:"models,omitempty"` // of a run with several; Model then stands for all of them
	Seconds  map[string]float64 `json:"seconds"`
	Started  string             `json:"started"`
	Finished string             `json:"finished"`
	Version  string             `json:"leapscore_version"`

	// All counts the files, where only some of them are listed: never in a table.
	All *Size `json:"all_files,omitempty"`

	// On object stores: the number of the manifest, which process wrote it, the
	// files of earlier runs that the table still has, and those that are to be
	// removed. See chain.go.
	Commit  int64    `json:"commit,omitempty"`
	Attempt string   `json:"attempt,omitempty"`
	Token   string   `json:"token,omitempty"` // Options.Token
	Kept    []File   `json:"kept,omitempty"`
	Removed []string `json:"removed,omitempty"`

	// Warnings are what went wrong after the table was published.
	Warnings []string `json:"-"`

	// Record is the record that was written with it, if there was one.
	Record *runs.Record `json:"-"`
}

// Size is how large files are together.
type Size struct {
	Files int   `json:"count"`
	Bytes int64 `json:"bytes"`
}

// File describes a finished data file in the manifest.
type File = runs.Written

// Model identifies the model that made the rows.
type Model = runs.Identity

// Run is what the caller knows of a run when it commits it.
type Run struct {
	ID            string
	Model         Model
	Models        []runs.Model // of a run with several
	RowsIn        int64
	Skipped       int64
	Rejected      int64
	FilesRejected int64
	Seconds       map[string]float64
	Started       string
	Version       string

	// Record is written into a table that is a folder, with the commit, after
	// its files and what is in the manifest were filled in. It may be nil.
	Record *runs.Record
}
