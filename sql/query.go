//go:build !nosql

package sql

// #include "duckdb.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
	"leapscore/sql/internal/vector"
)

// query is a query whose columns are known, over a connection that another
// closes.
type query struct {
	conn    *conn
	text    string
	params  map[string]string
	batch   int  // rows of a batch
	chunks  bool // the result is read as it is, and no rows are collected
	columns []vector.Column
	schema  *arrow.Schema
}

// query finds out the columns of a query, which must be one statement.
// batchRows is about how many rows a batch has, 0 for 8192.
func (c *conn) query(text string, params map[string]string, batchRows int) (*query, error) {
	if batchRows <= 0 {
		batchRows = sources.DefaultBatchRows
	}
	q := &query{conn: c, text: text, params: params, batch: batchRows}
	return q, q.describe()
}

// describe finds out the columns of the query.
func (q *query) describe() error {
	if err := q.conn.single(q.text); err != nil {
		return err
	}
	stmt, err := q.conn.prepare(wrap("*", q.text), q.params)
	if err != nil {
		return err
	}
	defer C.duckdb_destroy_prepare(&stmt)
	bad, err := q.twice()
	if err != nil {
		return err
	}
	types, err := q.resultTypes(stmt)
	if err != nil {
		return err
	}
	var fields []arrow.Field
	for _, t := range types {
		c, err := vector.NewColumn(unsafe.Pointer(t.typ))
		if err != nil {
			bad = append(bad, fmt.Sprintf("column %q %v", t.name, err))
			continue
		}
		fields = append(fields, c.Field(t.name))
		q.columns = append(q.columns, c)
	}
	if bad != nil {
		return fmt.Errorf("%w: %s", ErrQuery, strings.Join(bad, "; "))
	}
	q.schema = arrow.NewSchema(fields, nil)
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
func (q *query) resultTypes(stmt C.duckdb_prepared_statement) ([]resultColumn, error) {
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
	limited, err := q.conn.prepare(wrap("*", q.text)+" LIMIT 0", q.params)
	if err != nil {
		return nil, err
	}
	defer C.duckdb_destroy_prepare(&limited)
	var result C.duckdb_result
	defer C.duckdb_destroy_result(&result)
	if C.duckdb_execute_prepared(limited, &result) != 0 {
		return nil, fmt.Errorf("%w: %s", ErrQuery, q.conn.explain(C.GoString(C.duckdb_result_error(&result))))
	}
	cols = cols[:0]
	for i := range C.duckdb_column_count(&result) {
		cols = append(cols, resultColumn{C.GoString(C.duckdb_column_name(&result, i)), C.duckdb_column_logical_type(&result, i)})
	}
	return cols, nil
}

// twice lists names that two columns of the query have. Within a larger query
// DuckDB would silently give one of them another name.
func (q *query) twice() ([]string, error) {
	stmt, err := q.conn.prepare(q.text, q.params)
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

// Scan runs the query for the columns cols.
func (q *query) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	sc := &scan{ctx: ctx, query: q, chunks: map[*block]bool{}}
	var names []string
	var fields []arrow.Field
	for _, c := range cols {
		at := q.schema.FieldIndices(c)
		if len(at) == 0 {
			return nil, fmt.Errorf("%w: no column %q", ErrQuery, c)
		}
		names = append(names, quote(c))
		fields = append(fields, q.schema.Field(at[0]))
		sc.columns = append(sc.columns, &q.columns[at[0]])
	}
	if len(names) == 0 {
		names = []string{"1"}
	}
	sc.schema = arrow.NewSchema(fields, nil)
	if q.conn.tables != nil {
		q.conn.tables.use(ctx)
	}
	sc.stop = q.conn.interruptAfter(ctx)
	text, err := sc.collect(wrap(strings.Join(names, ", "), q.text), names)
	if err := errors.Join(err, sc.start(text)); err != nil {
		return nil, errors.Join(err, sc.Close())
	}
	return sc, nil
}

// trim cuts what may not stand inside parentheses.
func trim(query string) string {
	return strings.TrimRight(strings.TrimSpace(query), "; \t\r\n")
}

// wrap selects from a query. The line break ends a comment that the query may
// end with.
func wrap(what, query string) string { return "SELECT " + what + " FROM (" + query + "\n)" }

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Schema returns the columns of the query.
func (q *query) Schema() *arrow.Schema { return q.schema }

// Close does nothing: the connection is another's.
func (q *query) Close() error { return nil }

// longList is how many values a list after IN may have to be compared one by
// one.
const longList = 100

var hasIn = regexp.MustCompile(`(?i)\bin\s*\(`)

// keepOrder keeps DuckDB from making joins of the lists after IN: a join gives
// the rows in the order in which its threads come by, and the query says no
// such thing. Of long lists it does, since comparing would take too long.
func (c *conn) keepOrder(ctx context.Context, query string) error {
	if !hasIn.MatchString(query) {
		return nil
	}
	tree, err := c.tree(ctx, query)
	if err != nil || longestIn(tree["statements"]) > longList {
		return err
	}
	return c.compareLists(ctx)
}

// compareLists keeps DuckDB from making joins of lists, those that it makes of
// a = 1 OR a = 2 OR ... too.
func (c *conn) compareLists(ctx context.Context) error {
	return c.execute(ctx, "SET disabled_optimizers = 'in_clause'")
}

// longestIn returns how many values the longest list after IN has.
func longestIn(v any) int {
	longest := 0
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			longest = max(longest, longestIn(e))
		}
	case node:
		if t := textOf(x, "type"); t == "COMPARE_IN" || t == "COMPARE_NOT_IN" {
			longest = len(listOf(x, "children")) - 1
		}
		for _, e := range x {
			longest = max(longest, longestIn(e))
		}
	}
	return longest
}
