//go:build !nosql

package sql

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
)

// A query that names columns of Parquet files, local or of a store, and has a
// WHERE is two: DuckDB finds the numbers of the rows, for which it reads the columns of the
// condition alone, and the files are read directly, of which those rows are
// kept. The condition is DuckDB's, and so is the order. Row groups without a
// wanted row are not read.

// filter returns the source for a query with a WHERE, or why DuckDB has to run it as
// a whole. The files of d are those of t, in order.
func (s *source) filter(ctx context.Context, d *direct, n *selectNode, t *table) (sources.Source, reason) {
	where, ok := n.Where.(node)
	if !ok {
		return nil, unknownPart
	}
	if why := notPerRow(where); why != "" {
		return nil, why
	}
	if longestIn(where) > longList {
		return nil, reason(fmt.Sprintf("the WHERE has an IN of more than %d values", longList))
	}
	cond, ok := s.conn.expression(ctx, where)
	if !ok {
		return nil, "DuckDB does not write the WHERE back as it is"
	}
	if err := s.conn.compareLists(ctx); err != nil {
		return nil, reason(fmt.Sprintf("DuckDB may not give the rows in their order: %v", err))
	}
	rows, err := s.numbers(t, n.From.Alias, cond)
	if err != nil {
		return nil, reason(fmt.Sprintf("DuckDB cannot number the rows of the files: %v", err))
	}
	return &filtered{source: s, files: d, rows: rows, index: t.index}, ""
}

// numbers returns the query of the numbers of the rows that meet a condition: of
// their files, and in them. A table without an alias is called by its name.
func (s *source) numbers(t *table, alias, cond string) (*query, error) {
	if alias == "" {
		alias = t.name
	}
	q, err := s.conn.query(fmt.Sprintf("SELECT %s::BIGINT AS file, %s AS row FROM (SELECT %s, %[1]s, %[2]s FROM %[4]s(%[5]d)) AS %[6]s WHERE %[7]s",
		fileColumn, rowColumn, t.list, tableFunction, t.id, quote(alias), cond), s.params, 0)
	if err != nil {
		return nil, err
	}
	q.chunks = true
	for _, f := range q.schema.Fields() {
		if f.Type.ID() != arrow.INT64 {
			return nil, fmt.Errorf("%s is %s", f.Name, f.Type)
		}
	}
	return q, nil
}

// notPerRowNames are what people call the classes of expressions that are not of one
// row, or may not be.
var notPerRowNames = map[string]string{"SUBQUERY": "a subquery", "LAMBDA": "a lambda", "STAR": "a COLUMNS(...)", "COLLATE": "a COLLATE"}

// notPerRow returns what in a condition looks at more than one row.
func notPerRow(v any) reason {
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			if why := notPerRow(e); why != "" {
				return why
			}
		}
	case node:
		switch class := textOf(x, "class"); class {
		case "", "COLUMN_REF", "PARAMETER", "FUNCTION", "CONSTANT", "COMPARISON", "CONJUNCTION", "OPERATOR", "BETWEEN", "CAST", "CASE":
		default:
			return reason("the WHERE has " + cmp.Or(notPerRowNames[class], "a "+strings.ToLower(class)))
		}
		for _, key := range slices.Sorted(maps.Keys(x)) {
			if why := notPerRow(x[key]); why != "" {
				return why
			}
		}
	}
	return ""
}
