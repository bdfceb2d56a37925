//go:build !nosql

package sql

// #include "duckdb_api.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	_ "github.com/marcboeker/go-duckdb/v2" // links DuckDB

	"leapscore/engine/store"
	"leapscore/sources"
)

// ErrQuery is the class of errors that DuckDB reports of a query's text or
// parameters, as opposed to failures while it runs.
var ErrQuery = errors.New("query")

// source is a query over an open database.
type source struct {
	opt     Options
	query   string
	db      C.duckdb_database
	con     C.duckdb_connection
	spill   *store.Spill
	temp    string // in it
	copies  string // removed on Close
	tables  *tables
	read    []filesRead // besides those of tables
	columns []column
	schema  *arrow.Schema
}

// Open opens the database and prepares the query, which must be a single
// statement that returns rows. Nothing is read before Scan.
func Open(ctx context.Context, query string, opt Options) (sources.Source, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &source{opt: opt, query: trim(query)}
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := errors.Join(s.resolve(ctx), s.keepOrder(ctx)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.describe(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	switch d := s.direct(ctx).(type) {
	case nil:
		return s, nil
	case *filtered: // which needs the database
		return d, nil
	default:
		return d, s.Close()
	}
}

// trim cuts what may not stand inside parentheses.
func trim(query string) string {
	return strings.TrimRight(strings.TrimSpace(query), "; \t\r\n")
}

func (s *source) open() error {
	var cfg C.duckdb_config
	if C.duckdb_create_config(&cfg) != 0 {
		return errors.New("duckdb: no configuration")
	}
	defer C.duckdb_destroy_config(&cfg)
	s.openSpill()
	for _, kv := range s.settings() {
		if err := setConfig(cfg, kv[0], kv[1]); err != nil {
			return err
		}
	}
	path := C.CString(s.opt.Database)
	defer C.free(unsafe.Pointer(path))
	if s.opt.Database != "" {
		if _, err := os.Stat(s.opt.Database); err != nil {
			return fmt.Errorf("database: %w", err)
		}
	}
	var msg *C.char
	if C.duckdb_open_ext(path, &s.db, cfg, &msg) != 0 {
		defer C.duckdb_free(unsafe.Pointer(msg))
		return fmt.Errorf("duckdb: open %q: %s", s.opt.Database, C.GoString(msg))
	}
	if C.duckdb_connect(s.db, &s.con) != 0 {
		return errors.New("duckdb: no connection")
	}
	return nil
}

// openSpill settles where DuckDB spills to. Most queries never do: one that has no
// place for it fails only if its memory does not suffice.
func (s *source) openSpill() {
	spill, err := store.NewSpill(context.Background(), s.opt.TempDir)
	if err == nil {
		s.spill, s.temp = spill, filepath.Join(spill.Path, "duckdb")
	}
}

func (s *source) settings() [][2]string {
	set := [][2]string{
		{"autoinstall_known_extensions", "false"},
		{"autoload_known_extensions", "false"},
		{"preserve_insertion_order", "true"},
		{"temp_directory", s.temp},
	}
	if s.opt.Database != "" {
		set = append(set, [2]string{"access_mode", "READ_ONLY"})
	}
	if s.opt.Threads > 0 {
		set = append(set, [2]string{"threads", strconv.Itoa(s.opt.Threads)})
	}
	if s.opt.Memory > 0 {
		set = append(set, [2]string{"memory_limit", strconv.FormatInt(s.opt.Memory>>20, 10) + "MiB"})
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
func (s *source) prepare(query string) (C.duckdb_prepared_statement, error) {
	q := C.CString(query)
	defer C.free(unsafe.Pointer(q))
	var stmt C.duckdb_prepared_statement
	if C.duckdb_prepare(s.con, q, &stmt) != 0 {
		err := fmt.Errorf("%w: %s", ErrQuery, explain(C.GoString(C.duckdb_prepare_error(stmt))))
		C.duckdb_destroy_prepare(&stmt)
		return nil, err
	}
	if err := bind(stmt, s.opt.Params); err != nil {
		C.duckdb_destroy_prepare(&stmt)
		return nil, err
	}
	return stmt, nil
}

// describe finds out the columns of the query.
func (s *source) describe() error {
	if err := s.single(); err != nil {
		return err
	}
	stmt, err := s.prepare(wrap("*", s.query))
	if err != nil {
		return err
	}
	defer C.duckdb_destroy_prepare(&stmt)
	bad, err := s.twice()
	if err != nil {
		return err
	}
	types, err := s.resultTypes(stmt)
	if err != nil {
		return err
	}
	var fields []arrow.Field
	for _, t := range types {
		c, err := newColumn(t.typ)
		if err != nil {
			bad = append(bad, fmt.Sprintf("column %q %v", t.name, err))
			continue
		}
		f := arrow.Field{Name: t.name, Type: c.dt, Nullable: true}
		if c.id == typeUUID {
			f.Metadata = uuidMeta
		}
		fields = append(fields, f)
		s.columns = append(s.columns, c)
	}
	if bad != nil {
		return fmt.Errorf("%w: %s", ErrQuery, strings.Join(bad, "; "))
	}
	s.schema = arrow.NewSchema(fields, nil)
	return nil
}

// resultColumn is a column of a result. Its type is to be destroyed.
type resultColumn struct {
	name string
	typ  C.duckdb_logical_type
}

// resultTypes returns the columns of a prepared statement. Where they depend on
// parameters, as those of read_parquet($file) do, they are known only once it
// runs: it does so without a row.
func (s *source) resultTypes(stmt C.duckdb_prepared_statement) ([]resultColumn, error) {
	var cols []resultColumn
	known := true
	for i := range C.duckdb_prepared_statement_column_count(stmt) {
		p := C.duckdb_prepared_statement_column_name(stmt, i)
		t := C.duckdb_prepared_statement_column_logical_type(stmt, i)
		known = known && C.duckdb_get_type_id(t) != 0
		cols = append(cols, resultColumn{C.GoString(p), t})
		C.duckdb_free(unsafe.Pointer(p))
	}
	if known {
		return cols, nil
	}
	for i := range cols {
		C.duckdb_destroy_logical_type(&cols[i].typ)
	}
	limited, err := s.prepare(wrap("*", s.query) + " LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer C.duckdb_destroy_prepare(&limited)
	var result C.duckdb_result
	defer C.duckdb_destroy_result(&result)
	if C.duckdb_execute_prepared(limited, &result) != 0 {
		return nil, fmt.Errorf("%w: %s", ErrQuery, explain(C.GoString(C.duckdb_result_error(&result))))
	}
	cols = cols[:0]
	for i := range C.duckdb_column_count(&result) {
		cols = append(cols, resultColumn{C.GoString(C.duckdb_column_name(&result, i)), C.duckdb_column_logical_type(&result, i)})
	}
	return cols, nil
}

// twice lists names that two columns of the query have. Within a larger query
// DuckDB would silently give one of them another name.
func (s *source) twice() ([]string, error) {
	stmt, err := s.prepare(s.query)
	if err != nil {
		return nil, err
	}
	defer C.duckdb_destroy_prepare(&stmt)
	var bad []string
	seen := map[string]bool{}
	for i := range C.duckdb_prepared_statement_column_count(stmt) {
		p := C.duckdb_prepared_statement_column_name(stmt, i)
		name := C.GoString(p)
		C.duckdb_free(unsafe.Pointer(p))
		if seen[name] {
			bad = append(bad, fmt.Sprintf("two columns are named %q; name one with AS", name))
		}
		seen[name] = true
	}
	return bad, nil
}

// single checks that the query is one statement, so that what is wrapped into
// a larger one cannot be several.
func (s *source) single() error {
	q := C.CString(s.query)
	defer C.free(unsafe.Pointer(q))
	var ex C.duckdb_extracted_statements
	n := C.duckdb_extract_statements(s.con, q, &ex)
	defer C.duckdb_destroy_extracted(&ex)
	switch {
	case n == 0:
		msg := C.GoString(C.duckdb_extract_statements_error(ex))
		if msg == "" {
			msg = "there is no statement in it"
		}
		return fmt.Errorf("%w: %s", ErrQuery, msg)
	case n > 1:
		return fmt.Errorf("%w: %d statements, want one", ErrQuery, uint64(n))
	}
	return nil
}

// wrap selects from a query. The line break ends a comment that the query may
// end with.
func wrap(what, query string) string { return "SELECT " + what + " FROM (" + query + "\n)" }

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Schema returns the columns of the query.
func (s *source) Schema() *arrow.Schema { return s.schema }

// Close closes the database and removes what it spilled.
func (s *source) Close() error {
	if s.con != nil {
		C.duckdb_disconnect(&s.con)
	}
	if s.db != nil {
		C.duckdb_close(&s.db)
	}
	var err error
	if s.tables != nil {
		err = s.tables.close()
	}
	if s.copies != "" {
		err = errors.Join(err, os.RemoveAll(s.copies))
	}
	return errors.Join(err, s.spill.Close())
}

// execute runs a statement that gives no rows and has no parameters.
func (s *source) execute(statement string) error {
	plain := &source{con: s.con, tables: s.tables}
	stmt, err := plain.prepare(statement)
	if err != nil {
		return err
	}
	defer C.duckdb_destroy_prepare(&stmt)
	sc := &scan{ctx: context.Background(), src: plain}
	var result C.duckdb_result
	defer C.duckdb_destroy_result(&result)
	if C.duckdb_execute_prepared(stmt, &result) != 0 {
		return sc.failed(C.GoString(C.duckdb_result_error(&result)))
	}
	return nil
}
