//go:build !nosql

package sql

// #include "table.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime/cgo"
	"sync"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/hive"
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
	return &tablePass{t, columns, feed.New(ctx, sc, memory.NewGoAllocator(), t.readers, t.of.bytes)}, nil
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

// guard calls fn and gives its error, or its panic, to set.
func guard(t *tables, fn func() error, set func(*C.char)) {
	var err error
	func() {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("%s: panic: %v", tableFunction, p)
			}
		}()
		err = fn()
	}()
	if err != nil {
		t.fail(err)
		msg := C.CString(err.Error())
		defer C.free(unsafe.Pointer(msg))
		set(msg)
	}
}

//export leapTableBind
func leapTableBind(info C.duckdb_bind_info) {
	t := cgo.Handle(C.leap_bind_owner(info)).Value().(*tables)
	guard(t, func() error {
		p := C.duckdb_bind_get_parameter(info, 0)
		id := int64(C.duckdb_get_int64(p))
		C.duckdb_destroy_value(&p)
		t.mu.Lock()
		known := id >= 0 && id < int64(len(t.list))
		t.mu.Unlock()
		if !known {
			return fmt.Errorf("%w: %s is not for queries; name the files with FROM 'files'", ErrQuery, tableFunction)
		}
		tab := t.list[id]
		for _, c := range tab.columns {
			typ := C.duckdb_create_logical_type(vector.TypeVarchar)
			if c.dt != nil && c.bad == nil {
				C.duckdb_destroy_logical_type(&typ)
				own, _ := vector.NewType(c.dt) // c.bad says that there is one
				typ = C.duckdb_logical_type(own)
			}
			if c.uuid {
				C.duckdb_destroy_logical_type(&typ)
				typ = C.duckdb_create_logical_type(vector.TypeUUID)
			}
			name := C.CString(c.name)
			C.duckdb_bind_add_result_column(info, name, typ)
			C.free(unsafe.Pointer(name))
			C.duckdb_destroy_logical_type(&typ)
		}
		if tab.rows >= 0 {
			C.duckdb_bind_set_cardinality(info, C.idx_t(tab.rows), true)
		}
		C.leap_bind_keep(info, C.uintptr_t(cgo.NewHandle(tab)))
		return nil
	}, func(msg *C.char) { C.duckdb_bind_set_error(info, msg) })
}

//export leapTableInit
func leapTableInit(info C.duckdb_init_info) {
	t := cgo.Handle(C.leap_init_owner(info)).Value().(*tables)
	guard(t, func() error {
		tab := cgo.Handle(C.leap_init_bound(info)).Value().(*table)
		var columns []int
		for i := range C.duckdb_init_get_column_count(info) {
			at := C.duckdb_init_get_column_index(info, i)
			if at >= C.idx_t(len(tab.columns)) {
				at = math.MaxUint64 // a number of rows, as count(*) wants it
			}
			columns = append(columns, int(int64(at)))
		}
		p, err := tab.begin(columns)
		if err != nil {
			return err
		}
		C.leap_init_keep(info, C.uintptr_t(cgo.NewHandle(p)))
		C.duckdb_init_set_max_threads(info, C.idx_t(t.threads))
		return nil
	}, func(msg *C.char) { C.duckdb_init_set_error(info, msg) })
}

//export leapTableLocal
func leapTableLocal(info C.duckdb_init_info) {
	C.leap_init_keep(info, C.uintptr_t(cgo.NewHandle(&tableCursor{})))
}

//export leapTableCall
func leapTableCall(info C.duckdb_function_info, out C.duckdb_data_chunk) {
	p := cgo.Handle(C.leap_call_global(info)).Value().(*tablePass)
	c := cgo.Handle(C.leap_call_local(info)).Value().(*tableCursor)
	guard(p.table.of, func() error { return p.next(c, out) }, func(msg *C.char) { C.duckdb_function_set_error(info, msg) })
}

// leapTableDrop ends what a handle stands for.
//
//export leapTableDrop
func leapTableDrop(handle C.uintptr_t) {
	h := cgo.Handle(handle)
	switch x := h.Value().(type) {
	case *tablePass:
		_ = x.feed.Close() // errors of reading have been reported
	case *tableCursor:
		x.release()
	}
	h.Delete()
}
