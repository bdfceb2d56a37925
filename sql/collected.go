//go:build !nosql

package sql

// #include "duckdb.h"
import "C"

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/arrays"
	"leapscore/sources"
	"leapscore/sql/internal/vector"
)

// How much DuckDB may have ready of a query whose rows are collected. It counts the
// numbers of rows alone, so that its limit is one of chunks.
const (
	aheadBytes  = 4 << 20
	fewestAhead = 2
	mostAhead   = 16
	chunkKiB    = vector.Rows * 8 >> 10 // of the numbers of a chunk
)

// rowFunction is the function by which a connection collects rows.
type rowFunction struct {
	name      string
	collector *vector.Collector
	ahead     int // chunks that DuckDB may have ready
}

// rowFunction returns the function, which it makes if there is none. No query of a user
// can know its name.
func (c *conn) rowFunction() (*rowFunction, error) {
	if c.rows != nil {
		return c.rows, nil
	}
	name := "leapscore_rows_" + strings.ToLower(rand.Text())
	collector, err := vector.NewCollector(unsafe.Pointer(c.con), name)
	if err != nil {
		return nil, err
	}
	c.rows = &rowFunction{name: name, collector: collector}
	return c.rows, nil
}

// collect returns the query that collects the columns of the given names, or the one
// given if they cannot be collected.
func (sc *scan) collect(query string, names []string) (string, error) {
	c := sc.query.conn
	if sc.query.chunks || !vector.Collects(sc.columns) {
		return query, nil
	}
	f, err := c.rowFunction()
	if err != nil {
		return query, err
	}
	ahead := min(max(aheadBytes/(vector.Rows*vector.Width(sc.columns)), fewestAhead), mostAhead)
	if ahead != f.ahead {
		if err := c.execute(sc.ctx, fmt.Sprintf("SET streaming_buffer_size = '%dKiB'", ahead*chunkKiB)); err != nil {
			return query, err
		}
		f.ahead = ahead
	}
	sc.collector = f.collector
	return wrap(f.name+"("+strings.Join(names, ", ")+")", sc.query.text), nil
}

// addRanges appends the rows that a chunk has the numbers of, and returns about how many
// bytes they take.
func (b *block) addRanges(chunk C.duckdb_data_chunk) int {
	defer C.duckdb_destroy_data_chunk(&chunk)
	before, bytes := len(b.ranges), 0
	b.ranges = b.scan.collector.Ranges(unsafe.Pointer(chunk), b.ranges)
	for i := range b.ranges[before:] {
		bytes += b.ranges[before+i].Bytes()
	}
	return bytes
}

// collectedReader assembles the rows of a block, some ranges to a batch.
type collectedReader struct {
	ctx   context.Context
	block *block
	cols  []*vector.Assembler
}

func newCollectedReader(ctx context.Context, mem memory.Allocator, b *block) *collectedReader {
	r := &collectedReader{ctx: ctx, block: b}
	for i, c := range b.scan.columns {
		r.cols = append(r.cols, vector.NewAssembler(mem, c, i))
	}
	return r
}

// Next assembles ranges until the batch is full.
func (r *collectedReader) Next() (sources.Batch, error) {
	b := r.block
	if err := r.ctx.Err(); err != nil {
		return sources.Batch{}, err
	}
	if len(b.ranges) == 0 {
		return sources.Batch{}, io.EOF
	}
	rows, size, n := 0, 0, 0
	for ; rows < b.scan.query.batch && size < batchBytes && n < len(b.ranges); n++ {
		rows += b.ranges[n].Rows()
		size += b.ranges[n].Bytes()
	}
	cols := make([]arrow.Array, len(r.cols))
	for i, a := range r.cols {
		cols[i] = a.Array(b.ranges[:n], rows)
		defer cols[i].Release()
	}
	b.scan.collector.Release(b.ranges[:n])
	b.ranges = b.ranges[n:]
	batch := sources.Batch{Record: array.NewRecord(arrays.SchemaOf(b.scan.schema, cols), cols, int64(rows)), Origin: origin, Row: b.row}
	b.row += int64(rows)
	return batch, nil
}

// Close frees the rows that are left.
func (r *collectedReader) Close() error {
	for _, a := range r.cols {
		a.Release()
	}
	r.block.destroy()
	return nil
}
