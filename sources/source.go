// Package sources reads rows as Arrow batches from files. It moves columns and
// knows no models. Package sql is the source over a query.
package sources

import (
	"context"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Source is a set of rows with a known schema.
type Source interface {
	// Schema is the schema of all rows, known before any row is read. Names
	// are distinct.
	Schema() *arrow.Schema

	// Scan starts one pass over the rows that yields only the columns cols, in
	// that order. No cols is allowed: batches then have a length and no columns.
	Scan(ctx context.Context, cols []string) (Scan, error)

	Close() error
}

// Scan is one pass over a Source, cut into splits that together hold each row
// once. The splits and their order depend on the data only, never on the
// machine or on who asks.
type Scan interface {
	// Next returns the next split, or io.EOF. It may be called by several
	// goroutines at once; each split is handed out once, in order.
	Next() (Split, error)

	// Rows is the number of rows of the whole pass, or -1 if it is not known.
	Rows() int64

	// Close ends the pass; splits must not be opened after it.
	Close() error
}

// Split is one part of a Source of about SplitRows rows: a row group, a few
// small files, a block of a query's result.
type Split struct {
	// Index counts the splits of a scan from 0.
	Index int

	// Name identifies the part in errors and logs, for example
	// "day=1/a.parquet#rg3".
	Name string

	// Rows is how many rows the split has if that is known before it is read,
	// else 0.
	Rows int64

	// Spans are the rows of the split, in order, if they are known without
	// reading it: of Parquet.
	Spans []Span

	// Open starts reading. Splits may be read concurrently. The reader stops
	// promptly when ctx is done.
	Open func(ctx context.Context, mem memory.Allocator) (Reader, error)
}

// Span is the rows [From, To) of one file.
type Span struct {
	Origin   string // as of its batches
	From, To int64
}

// SplitRows is about how many rows a source puts into one split. It is the
// unit of parallel work and of the row groups written.
const SplitRows = 122_880

// Reader yields the batches of one Split, in order. It is used by one
// goroutine.
type Reader interface {
	// Next returns the next batch, or io.EOF.
	Next() (Batch, error)

	Close() error
}

// Batch is some consecutive rows and where they come from.
type Batch struct {
	// Record holds the rows. The receiver owns and releases it. It may be of
	// any length; string columns may be dictionaries.
	arrow.Record

	// Origin names the file or query, and Row is the number of the first row
	// in it, counted from 0.
	Origin string
	Row    int64

	// Place, if not nil, says of each row where it comes from: the rows do not
	// follow each other there.
	Place func(i int) (origin string, row int64)

	// Bad are the rows that could not be read, in their order. Only Options.BadRows
	// admits them.
	Bad []BadRow
}

// BadRow is a row that could not be read. It is in its batch, with nulls where it has
// no value, and is to be rejected.
type BadRow struct {
	Row     int    // of the batch
	Column  string // whose value could not be read, or empty if it is the row
	Why     string // with the line of the file
	NotUTF8 bool   // the value is text in another encoding
}

// BadIn returns the bad rows among those from from up to to, with numbers that count
// from there.
func (b *Batch) BadIn(from, to int) []BadRow {
	var in []BadRow
	for _, x := range b.Bad {
		if x.Row >= from && x.Row < to {
			x.Row -= from
			in = append(in, x)
		}
	}
	return in
}

// BadOf returns the bad rows among those with the given numbers, which ascend, with
// numbers that are places in rows.
func (b *Batch) BadOf(rows []int) []BadRow {
	var in []BadRow
	for _, x := range b.Bad {
		if at, ok := slices.BinarySearch(rows, x.Row); ok {
			x.Row = at
			in = append(in, x)
		}
	}
	return in
}

// At returns where row i of the batch comes from.
func (b *Batch) At(i int) (origin string, row int64) {
	if b.Place != nil {
		return b.Place(i)
	}
	return b.Origin, b.Row + int64(i)
}
