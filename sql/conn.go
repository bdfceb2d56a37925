//go:build !nosql

package sql

// #include "duckdb.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow/memory"
	_ "github.com/marcboeker/go-duckdb/v2" // links DuckDB

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sql/internal/words"
)

// ErrQuery is the class of errors that DuckDB reports of a query's text or
// parameters, as opposed to failures while it runs.
var ErrQuery = errors.New("query")

// Version is the version of DuckDB that is linked.
func Version() string { return C.GoString(C.duckdb_library_version()) }

// conn is an open database, and the one connection to it.
type conn struct {
	db       C.duckdb_database
	con      C.duckdb_connection
	spill    *store.Spill // nil if there is no place for it
	database bool         // whether it is a file
	tables   *tables      // files that queries read through package sources, nil if there are none
	rows     *rowFunction // nil as long as no rows were collected
}

// openConn opens the database that the options name.
func openConn(opt Options) (*conn, error) {
	c := &conn{database: opt.Database != ""}
	// Most queries never spill: one that has no place for it fails only if its
	// memory does not suffice.
	if spill, err := store.NewSpill(context.Background(), opt.TempDir); err == nil {
		c.spill = spill
	}
	if err := c.open(opt); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

func (c *conn) open(opt Options) error {
	var cfg C.duckdb_config
	if C.duckdb_create_config(&cfg) != 0 {
		return errors.New("duckdb: no configuration")
	}
	defer C.duckdb_destroy_config(&cfg)
	for _, kv := range settings(opt, c.temp()) {
		if err := setConfig(cfg, kv[0], kv[1]); err != nil {
			return err
		}
	}
	path := C.CString(opt.Database)
	defer C.free(unsafe.Pointer(path))
	if opt.Database != "" {
		if _, err := os.Stat(opt.Database); err != nil {
			return fmt.Errorf("database: %w", err)
		}
	}
	var msg *C.char
	if C.duckdb_open_ext(path, &c.db, cfg, &msg) != 0 {
		defer C.duckdb_free(unsafe.Pointer(msg))
		return openError(opt.Database, C.GoString(msg))
	}
	if C.duckdb_connect(c.db, &c.con) != 0 {
		return errors.New("duckdb: no connection")
	}
	if opt.Timezone == "" {
		return nil
	}
	return c.execute(context.Background(), "SET TimeZone = '"+strings.ReplaceAll(opt.Timezone, "'", "''")+"'")
}

// openError explains why a database cannot be opened. A lock may be gone the next time;
// all else is the fault of the file.
func openError(path, msg string) error {
	text := words.Open(path, msg, Version())
	if strings.Contains(msg, "Conflicting lock") {
		return fmt.Errorf("db: %s", text)
	}
	return fmt.Errorf("%w: %s", ErrQuery, text)
}

// temp is the folder that DuckDB spills to, empty if there is none.
func (c *conn) temp() string {
	if c.spill == nil {
		return ""
	}
	return filepath.Join(c.spill.Path, "duckdb")
}

func settings(opt Options, temp string) [][2]string {
	set := [][2]string{
		{"autoinstall_known_extensions", "false"},
		{"autoload_known_extensions", "false"},
		{"preserve_insertion_order", "true"},
		{"temp_directory", temp},
	}
	if opt.Database != "" {
		set = append(set, [2]string{"access_mode", "READ_ONLY"})
	}
	if opt.Threads > 0 {
		set = append(set, [2]string{"threads", strconv.Itoa(opt.Threads)})
	}
	if opt.Memory > 0 {
		set = append(set, [2]string{"memory_limit", strconv.FormatInt(opt.Memory>>20, 10) + "MiB"})
	}
	return set
}

func setConfig(cfg C.duckdb_config, name, value string) error {
	n, v := C.CString(name), C.CString(value)
	defer C.free(unsafe.Pointer(n))
	defer C.free(unsafe.Pointer(v))
	if C.duckdb_set_config(cfg, n, v) != 0 {
		return fmt.Errorf("duckdb: setting %s = %s is refused", name, value)
	}
	return nil
}

// prepare prepares a single statement and binds the parameters.
func (c *conn) prepare(query string, params map[string]string) (C.duckdb_prepared_statement, error) {
	q := C.CString(query)
	defer C.free(unsafe.Pointer(q))
	var stmt C.duckdb_prepared_statement
	if C.duckdb_prepare(c.con, q, &stmt) != 0 {
		err := fmt.Errorf("%w: %s", ErrQuery, c.explain(C.GoString(C.duckdb_prepare_error(stmt))))
		C.duckdb_destroy_prepare(&stmt)
		return nil, err
	}
	if err := bind(stmt, params); err != nil {
		C.duckdb_destroy_prepare(&stmt)
		return nil, err
	}
	return stmt, nil
}

// single checks that the query is one statement, so that what is wrapped into
// a larger one cannot be several.
func (c *conn) single(query string) error {
	q := C.CString(query)
	defer C.free(unsafe.Pointer(q))
	var ex C.duckdb_extracted_statements
	n := C.duckdb_extract_statements(c.con, q, &ex)
	defer C.duckdb_destroy_extracted(&ex)
	switch {
	case n == 0:
		msg := C.GoString(C.duckdb_extract_statements_error(ex))
		if msg == "" {
			msg = "there is no statement in it"
		} else if len(strings.Fields(query)) == 1 {
			msg = "want one SELECT; a file that holds a query is --sql-file FILE, and rows of a file are --input FILE, or FROM 'FILE' in a query\n" + msg
		}
		return fmt.Errorf("%w: %s", ErrQuery, msg)
	case n > 1:
		return fmt.Errorf("%w: %d statements, want one SELECT. %s", ErrQuery, uint64(n), words.Instead)
	}
	return nil
}

// execute runs a statement that gives no rows and has no parameters.
func (c *conn) execute(ctx context.Context, statement string) error {
	stmt, err := c.prepare(statement, nil)
	if err != nil {
		return err
	}
	defer C.duckdb_destroy_prepare(&stmt)
	var result C.duckdb_result
	defer C.duckdb_destroy_result(&result)
	if C.duckdb_execute_prepared(stmt, &result) != 0 {
		return c.failed(ctx, C.GoString(C.duckdb_result_error(&result)))
	}
	return nil
}

// strings runs a query of one column and returns its values as text.
func (c *conn) strings(ctx context.Context, query string, params map[string]string) (list []string, err error) {
	q, err := c.query(query, params, 0)
	if err != nil {
		return nil, err
	}
	q.chunks = true
	err = sources.Each(ctx, q, []string{q.schema.Field(0).Name}, memory.NewGoAllocator(), func(b sources.Batch) error {
		for row := range int(b.NumRows()) {
			list = append(list, b.Column(0).ValueStr(row))
		}
		return nil
	})
	return list, err
}

// failed returns the error of a statement that DuckDB ended with a message.
func (c *conn) failed(ctx context.Context, msg string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := c.tables.failure(); err != nil {
		return err
	}
	return fmt.Errorf("query: %s", c.explain(msg))
}

// lockedOut is what DuckDB says of files that lock keeps from it.
const lockedOut = "file system operations are disabled by configuration"

// explain adds to what DuckDB says how to mend it.
func (c *conn) explain(msg string) string {
	msg = words.Query(msg, c.database)
	switch {
	case strings.Contains(msg, `column "filename" not found`), strings.Contains(msg, `column "file_row_number" not found`):
		return msg + "\nbeside a *, a query has it if it says read_parquet('...', filename = true, file_row_number = true)"
	case strings.Contains(msg, lockedOut):
		return msg + "; leapscore reads the files of a query itself: name them within single quotes in a SELECT of --sql, as FROM 'x.parquet' or read_csv('x.csv'), not in another statement, a view or a macro"
	}
	return msg
}

// interruptAfter interrupts what the connection does once ctx is done, until
// the function that it returns has been called.
func (c *conn) interruptAfter(ctx context.Context) func() {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		C.duckdb_interrupt(c.con)
	})
	return sync.OnceFunc(func() {
		if !stop() {
			<-done // the connection must outlive it
		}
	})
}

// close closes the database and removes what it spilled.
func (c *conn) close() error {
	if c.con != nil {
		C.duckdb_disconnect(&c.con)
	}
	if c.db != nil {
		C.duckdb_close(&c.db)
	}
	if c.rows != nil {
		c.rows.collector.Free()
	}
	var err error
	if c.tables != nil {
		err = c.tables.close()
	}
	return errors.Join(err, c.spill.Close())
}
