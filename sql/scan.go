//go:build !nosql

package sql

// #include "duckdb.h"
import "C"

import (
	"context"
	"fmt"
	"io"
	"sync"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/arrays"
	"leapscore/sources"
	"leapscore/sql/internal/vector"
)

// origin is what batches of a query give as the place they come from.
const origin = "query"

// Bounds of what chunks take in memory. A split lies in memory as a whole, so
// one of wide rows has fewer; and so has one of a query that finds few rows
// here and there, since a chunk of one row takes as much as one of 2048. Both
// depend on the rows only.
const (
	splitBytes = 64 << 20
	batchBytes = 8 << 20
)

// scan is one streaming result. Next takes whole chunks from it, in order,
// under the lock; they are decoded by whoever opens the split. If rows are collected,
// a chunk has their numbers alone.
type scan struct {
	ctx       context.Context
	query     *query
	columns   []*vector.Column
	schema    *arrow.Schema
	stop      func()            // ends the watch over ctx
	collector *vector.Collector // nil if rows are not collected

	mu     sync.Mutex
	stmt   C.duckdb_prepared_statement
	result C.duckdb_result
	open   bool
	ended  bool
	splits int
	row    int64
	chunks map[*block]bool // handed out and not destroyed yet
}

func (sc *scan) start(query string) error {
	stmt, err := sc.query.conn.prepare(query, sc.query.params)
	if err != nil {
		return err
	}
	sc.stmt = stmt
	if sc.collector != nil { // preparing has ended what the connection did before
		if err := sc.collector.Open(sc.columns); err != nil {
			return err
		}
	}
	var pending C.duckdb_pending_result
	defer C.duckdb_destroy_pending(&pending)
	if C.duckdb_pending_prepared_streaming(stmt, &pending) != 0 {
		return sc.query.conn.failed(sc.ctx, C.GoString(C.duckdb_pending_error(pending)))
	}
	if C.duckdb_execute_pending(pending, &sc.result) != 0 {
		msg := C.GoString(C.duckdb_result_error(&sc.result))
		C.duckdb_destroy_result(&sc.result)
		return sc.query.conn.failed(sc.ctx, msg)
	}
	sc.open = true
	return nil
}

// Rows returns -1: a query does not tell how many rows it has.
func (sc *scan) Rows() int64 { return -1 }

// Next takes the chunks of the next split from the result.
func (sc *scan) Next() (sources.Split, error) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	if sc.ended || !sc.open {
		return sources.Split{}, io.EOF
	}
	b := &block{scan: sc, row: sc.row}
	for size := 0; b.rows < sources.SplitRows && size < splitBytes; {
		if sc.ctx.Err() != nil {
			b.destroy()
			return sources.Split{}, context.Cause(sc.ctx)
		}
		chunk := C.duckdb_fetch_chunk(sc.result)
		if chunk == nil {
			if msg := C.GoString(C.duckdb_result_error(&sc.result)); msg != "" {
				b.destroy()
				return sources.Split{}, sc.query.conn.failed(sc.ctx, msg)
			}
			sc.ended = true
			break
		}
		size += b.add(chunk)
	}
	if b.rows == 0 {
		return sources.Split{}, io.EOF
	}
	sc.row += int64(b.rows)
	sc.chunks[b] = true
	split := sources.Split{Index: sc.splits, Name: fmt.Sprintf("%s rows %d-%d", origin, b.row, b.row+int64(b.rows)-1), Open: b.open}
	sc.splits++
	return split, nil
}

// Close ends the query. It frees chunks that were not read.
func (sc *scan) Close() error {
	sc.stop()
	sc.mu.Lock()
	for b := range sc.chunks {
		b.destroy()
	}
	clear(sc.chunks)
	sc.mu.Unlock()
	if sc.open {
		C.duckdb_destroy_result(&sc.result)
		sc.open = false
	}
	if sc.stmt != nil {
		C.duckdb_destroy_prepare(&sc.stmt)
	}
	if sc.collector != nil {
		sc.collector.Close()
	}
	return nil
}

// block is the rows of one split: chunks of the result, or ranges of collected rows.
type block struct {
	scan   *scan
	row    int64 // of the first row left
	rows   int
	chunks []C.duckdb_data_chunk
	ranges []vector.Range
}

// add appends the rows of a chunk, which becomes the block's, and returns about how many
// bytes they take.
func (b *block) add(chunk C.duckdb_data_chunk) int {
	n := int(C.duckdb_data_chunk_get_size(chunk))
	b.rows += n
	switch {
	case b.scan.collector != nil:
		return b.addRanges(chunk)
	case n == 0:
		C.duckdb_destroy_data_chunk(&chunk)
		return 0
	}
	b.chunks = append(b.chunks, chunk)
	return vector.Weigh(unsafe.Pointer(chunk), b.scan.columns)
}

func (b *block) destroy() {
	if b.scan.collector != nil {
		b.scan.collector.Release(b.ranges)
		b.ranges = nil
	}
	for i := range b.chunks {
		C.duckdb_destroy_data_chunk(&b.chunks[i])
	}
	b.chunks = nil
}

func (b *block) open(ctx context.Context, mem memory.Allocator) (sources.Reader, error) {
	sc := b.scan
	sc.mu.Lock()
	delete(sc.chunks, b)
	sc.mu.Unlock()
	if sc.collector != nil {
		return newCollectedReader(ctx, mem, b), nil
	}
	r := &reader{ctx: ctx, block: b, batch: sc.query.batch}
	for _, c := range sc.columns {
		r.cols = append(r.cols, vector.NewBuilder(mem, c))
	}
	return r, nil
}

// reader decodes the chunks of a block, a few to a batch.
type reader struct {
	ctx   context.Context
	block *block
	cols  []vector.Builder
	batch int
}

// Next decodes chunks until the batch is full.
func (r *reader) Next() (sources.Batch, error) {
	b := r.block
	if err := r.ctx.Err(); err != nil {
		return sources.Batch{}, err
	}
	if len(b.chunks) == 0 {
		return sources.Batch{}, io.EOF
	}
	rows, size := 0, 0
	for rows < r.batch && size < batchBytes && len(b.chunks) > 0 {
		chunk := b.chunks[0]
		size += vector.Weigh(unsafe.Pointer(chunk), b.scan.columns)
		n := int(C.duckdb_data_chunk_get_size(chunk))
		for i, a := range r.cols {
			a.Append(unsafe.Pointer(C.duckdb_data_chunk_get_vector(chunk, C.idx_t(i))), n)
		}
		C.duckdb_destroy_data_chunk(&b.chunks[0])
		b.chunks = b.chunks[1:]
		rows += n
	}
	cols := make([]arrow.Array, len(r.cols))
	for i, a := range r.cols {
		cols[i] = a.NewArray()
		defer cols[i].Release()
	}
	batch := sources.Batch{Record: array.NewRecord(arrays.SchemaOf(b.scan.schema, cols), cols, int64(rows)), Origin: origin, Row: b.row}
	b.row += int64(rows)
	return batch, nil
}

// Close frees the chunks that are left.
func (r *reader) Close() error {
	for _, a := range r.cols {
		a.Release()
	}
	r.block.destroy()
	return nil
}
