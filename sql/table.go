//go:build !nosql

package sql

// #include "table.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/cgo"
	"sync"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/internal/hive"
	"leapscore/internal/reuse"
	"leapscore/sources"
	"leapscore/sql/internal/feed"
	"leapscore/sql/internal/vector"
)

// tableFunction is the name of the table function that reads files by package
// sources. Its parameter is the number of a table.
const tableFunction = "leapscore_files"

// feedBytes bounds the batches that lie ready for DuckDB, all splits together.
const feedBytes = 128 << 20

// tables are the files that a query reads through package sources.
type tables struct {
	handle  cgo.Handle // of this
	threads int
	bytes   int // of batches that a pass may have ready
	mem     *reuse.Pool

	mu   sync.Mutex
	list []*table
	ctx  context.Context // of the scan that runs
	err  error           // the first error of a reader, which DuckDB knows as text only
}

// table is one set of files.
type table struct {
	of      *tables
	name    string // in the query, empty for that of a function
	src     sources.Source
	opt     sources.Options // that src was opened with
	columns []tableColumn
	rows    int64 // -1 if not known
	readers int

	set     *fileSet
	list    string           // of columns, as SQL
	id      int              // parameter of the table function
	index   map[string]int64 // of each file
	decided bool             // the files are those that the query's WHERE wants, all rows of them
}

// Columns of the table function that the views do not show: which file a row is
// of, its number there, and the name of the file.
const (
	fileColumn = "leapscore_file"
	rowColumn  = "leapscore_row"
	nameColumn = "leapscore_name"
)

// tableColumn is a column that DuckDB sees.
type tableColumn struct {
	name string
	dt   arrow.DataType // nil for one that folders tell, which is text
	key  int            // of the folders
	own  bool           // fileColumn, rowColumn or nameColumn
	uuid bool           // of 16 bytes
	bad  error          // why it cannot be read
}

// register makes the table function known to the connection.
func (t *tables) register(con C.duckdb_connection) error {
	t.handle = cgo.NewHandle(t)
	name := C.CString(tableFunction)
	defer C.free(unsafe.Pointer(name))
	f := C.leap_table_create(name, C.uintptr_t(t.handle))
	defer C.duckdb_destroy_table_function(&f)
	if C.duckdb_register_table_function(con, f) != 0 {
		return fmt.Errorf("duckdb: table function %s is refused", tableFunction)
	}
	return nil
}

// named returns the table that a query calls by a name, or nil.
func (t *tables) named(name string) *table {
	if t == nil {
		return nil
	}
	for _, tab := range t.list {
		if tab.name == name {
			return tab
		}
	}
	return nil
}

// use says under which context readers work from now on.
func (t *tables) use(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ctx, t.err = ctx, nil
}

// failure returns the error of a reader, nil if none failed.
func (t *tables) failure() error {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

func (t *tables) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		t.err = err
	}
}

// close closes the files. The connection must be closed before.
func (t *tables) close() (err error) {
	for _, tab := range t.list {
		if tab.src != nil {
			err = errors.Join(err, tab.src.Close())
		}
	}
	if t.handle != 0 {
		t.handle.Delete()
	}
	return err
}

// tablePass is one pass of DuckDB over a table: the columns that it wants, and
// the batches that have them.
type tablePass struct {
	table   *table
	columns []int // of table.columns, -1 for one of which only the number of rows counts
	feed    *feed.Feed
}

// begin starts a pass.
func (t *table) begin(columns []int) (*tablePass, error) {
	t.of.mu.Lock()
	ctx := t.of.ctx
	t.of.mu.Unlock()
	var names []string
	for _, c := range columns {
		if c < 0 || t.columns[c].own {
			continue
		}
		if err := t.columns[c].bad; err != nil && t.columns[c].dt == nil {
			return nil, err
		} else if err != nil {
			return nil, fmt.Errorf("%w: column %q %w", ErrQuery, t.columns[c].name, err)
		}
		if t.columns[c].dt == nil {
			continue
		}
		names = append(names, t.columns[c].name)
	}
	sc, err := t.src.Scan(ctx, names)
	if err != nil {
		return nil, err
	}
	return &tablePass{t, columns, feed.New(ctx, sc, t.of.mem, t.readers, t.of.bytes)}, nil
}

// tableCursor is where one thread of DuckDB is in its batch.
type tableCursor struct {
	batch sources.Batch
	at    int
}

func (c *tableCursor) release() {
	if c.batch.Record != nil {
		c.batch.Release()
		c.batch.Record = nil
	}
}

// next fills a chunk, with no rows at the end.
func (p *tablePass) next(c *tableCursor, out C.duckdb_data_chunk) error {
	for c.batch.Record == nil || c.at == int(c.batch.NumRows()) {
		c.release()
		b, err := p.feed.Take()
		if err == io.EOF {
			C.duckdb_data_chunk_set_size(out, 0)
			return nil
		}
		if err != nil {
			return err
		}
		c.batch, c.at = b, 0
	}
	n := min(int(c.batch.NumRows())-c.at, vector.Rows)
	k := 0
	for i, at := range p.columns {
		v := unsafe.Pointer(C.duckdb_data_chunk_get_vector(out, C.idx_t(i)))
		switch {
		case at < 0:
			clear(vector.Values[int64](v, n))
		case p.table.columns[at].name == fileColumn:
			p.fileIndex(c, vector.Values[int64](v, n))
		case p.table.columns[at].name == rowColumn:
			for k, out := 0, vector.Values[int64](v, n); k < n; k++ {
				out[k] = c.batch.Row + int64(c.at+k)
			}
		case p.table.columns[at].own:
			put(C.duckdb_vector(v), hive.Value{Text: c.batch.Origin})
		case p.table.columns[at].dt == nil:
			put(C.duckdb_vector(v), p.table.set.folders.Value(c.batch.Origin, p.table.columns[at].key))
		case p.table.columns[at].uuid:
			vector.FillUUIDs(v, c.batch.Column(k).(*array.FixedSizeBinary), c.at, n)
			k++
		default:
			if err := vector.Fill(v, c.batch.Column(k), c.at, n); err != nil {
				return &sources.FileError{Name: c.batch.Origin, Err: fmt.Errorf("column %q: %w", p.table.columns[at].name, err)}
			}
			k++
		}
	}
	C.duckdb_data_chunk_set_size(out, C.idx_t(n))
	c.at += n
	return nil
}

func (p *tablePass) fileIndex(c *tableCursor, out []int64) {
	is := p.table.index[c.batch.Origin]
	for k := range out {
		out[k] = is
	}
}

// put makes a vector the value in all rows.
func put(v C.duckdb_vector, f hive.Value) {
	val := C.duckdb_create_null_value()
	if !f.Null {
		C.duckdb_destroy_value(&val)
		p := C.CString(f.Text)
		defer C.free(unsafe.Pointer(p))
		val = C.duckdb_create_varchar_length(p, C.idx_t(len(f.Text)))
	}
	C.duckdb_vector_reference_value(v, val)
	C.duckdb_destroy_value(&val)
}
