//go:build !nosql

package sql

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/files"
)

// A query that only names columns of files needs no engine: the files
// are read directly, which is faster, keeps dictionaries, can be cut into
// splits, and knows how many rows there are. The rows, their order and their
// types are those of the query; where that is not certain, DuckDB runs it.

// parsed is what json_serialize_sql says of such a query. Decoding refuses
// fields that are not listed, so that nothing is overlooked.
type parsed struct {
	Error      bool `json:"error"`
	Statements []struct {
		Node   selectNode `json:"node"`
		Params []any      `json:"named_param_map"`
	} `json:"statements"`
}

type selectNode struct {
	Type      string     `json:"type"`
	Modifiers []any      `json:"modifiers"`
	CTEs      cteMap     `json:"cte_map"`
	List      []listItem `json:"select_list"`
	From      fromTable  `json:"from_table"`
	Where     any        `json:"where_clause"`
	GroupBy   []any      `json:"group_expressions"`
	GroupSets []any      `json:"group_sets"`
	Aggregate string     `json:"aggregate_handling"`
	Having    any        `json:"having"`
	Sample    any        `json:"sample"`
	Qualify   any        `json:"qualify"`
}

type cteMap struct {
	Map []any `json:"map"`
}

type listItem struct {
	Class    string   `json:"class"`
	Type     string   `json:"type"`
	Alias    string   `json:"alias"`
	At       int      `json:"query_location"`
	Relation string   `json:"relation_name"`
	Exclude  []any    `json:"exclude_list"`
	Replace  []any    `json:"replace_list"`
	Columns  bool     `json:"columns"`
	Expr     any      `json:"expr"`
	Exclude2 []any    `json:"qualified_exclude_list"`
	Rename   []any    `json:"rename_list"`
	Names    []string `json:"column_names"`
}

type fromTable struct {
	Type    string `json:"type"`
	Alias   string `json:"alias"`
	Sample  any    `json:"sample"`
	At      int    `json:"query_location"`
	Schema  string `json:"schema_name"`
	Table   string `json:"table_name"`
	Names   []any  `json:"column_name_alias"`
	Catalog string `json:"catalog_name"`
	AtTime  any    `json:"at_clause"`
}

// glob returns the pattern of the files, and ok if the query only names columns
// of them, with a WHERE or without.
func (n *selectNode) glob() (pattern string, ok bool) {
	f := n.From
	plain := n.Type == "SELECT_NODE" && n.Having == nil && n.Sample == nil && n.Qualify == nil &&
		len(n.Modifiers)+len(n.CTEs.Map)+len(n.GroupBy)+len(n.GroupSets)+len(f.Names) == 0 && n.Aggregate == "STANDARD_HANDLING" &&
		f.Type == "BASE_TABLE" && f.Schema == "" && f.Catalog == "" && f.Sample == nil && f.AtTime == nil
	for _, c := range n.List {
		star := c.Type == "STAR" && len(n.List) == 1 && c.Expr == nil && !c.Columns &&
			len(c.Exclude)+len(c.Replace)+len(c.Exclude2)+len(c.Rename) == 0
		column := c.Type == "COLUMN_REF" && len(c.Names) == 1
		plain = plain && (star || column)
	}
	return f.Table, plain
}

// direct returns the source that reads the query's files, or nil if DuckDB has
// to run the query.
func (s *source) direct(ctx context.Context) sources.Source {
	if s.opt.Database != "" {
		return nil
	}
	text, err := s.strings(ctx, "SELECT json_serialize_sql($q::VARCHAR)", map[string]string{"q": s.query})
	if err != nil || len(text) != 1 {
		return nil
	}
	var q parsed
	dec := json.NewDecoder(bytes.NewReader([]byte(text[0])))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if dec.Decode(&q) != nil || q.Error || len(q.Statements) != 1 {
		return nil
	}
	node := &q.Statements[0].Node
	pattern, ok := node.glob()
	if !ok {
		return nil
	}
	if t := s.tables.named(pattern); t != nil {
		return s.directTable(ctx, t, node)
	}
	return nil
}

// directTable is direct for the files of a table.
func (s *source) directTable(ctx context.Context, t *table, n *selectNode) sources.Source {
	d := &direct{files: t.src, schema: s.schema, column: map[string]string{}}
	switch {
	case !d.match(n):
	case n.Where == nil || t.decided:
		t.src = nil // which is closed by d
		return d
	case t.set.format == sources.Parquet:
		d.borrowed = true
		if f := s.filter(ctx, d, n, tableQuery(t)); f != nil {
			return f
		}
	}
	return nil
}

// strings runs a query of one column of text.
func (s *source) strings(ctx context.Context, query string, params map[string]string) (list []string, err error) {
	sub := &source{opt: Options{Params: params}, query: query, db: s.db, con: s.con}
	if err := sub.describe(); err != nil {
		return nil, err
	}
	err = sources.Each(ctx, sub, []string{sub.schema.Field(0).Name}, memory.NewGoAllocator(), func(b sources.Batch) error {
		for row := range int(b.NumRows()) {
			list = append(list, b.Column(0).ValueStr(row))
		}
		return nil
	})
	return list, err
}

// direct is a query whose files are read without DuckDB.
type direct struct {
	files  sources.Source
	schema *arrow.Schema
	column map[string]string // of the query -> of the files

	borrowed bool // the files are closed by another
}

// match finds the files' columns, and reports whether they are what DuckDB says
// that the query gives.
func (d *direct) match(n *selectNode) bool {
	have := d.files.Schema()
	for i, f := range d.schema.Fields() {
		want := f.Name
		if n.List[0].Type != "STAR" {
			want = n.List[i].Names[0]
		}
		found := 0
		for _, h := range have.Fields() {
			if strings.EqualFold(h.Name, want) && arrow.TypeEqual(h.Type, f.Type) {
				d.column[f.Name] = h.Name
				found++
			}
		}
		if found != 1 {
			return false
		}
	}
	return n.List[0].Type != "STAR" || len(have.Fields()) == len(d.schema.Fields())
}

// Schema returns the columns of the query.
func (d *direct) Schema() *arrow.Schema { return d.schema }

// Files are the files that are read.
func (d *direct) Files() []store.Object {
	files, _ := sources.FilesOf(d.files)
	return files
}

// Unchanged checks that the files are as they were found.
func (d *direct) Unchanged(ctx context.Context) error { return files.Unchanged(ctx, d.files) }

// Close closes the files.
func (d *direct) Close() error {
	if d.borrowed {
		return nil
	}
	return d.files.Close()
}

// Scan reads the columns cols from the files.
func (d *direct) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	var of []string
	for _, c := range cols {
		name, ok := d.column[c]
		if !ok {
			return nil, fmt.Errorf("%w: no column %q", ErrQuery, c)
		}
		of = append(of, name)
	}
	sc, err := d.files.Scan(ctx, of)
	if err != nil {
		return nil, err
	}
	return directScan{sc, d, cols}, nil
}

type directScan struct {
	sources.Scan
	src   *direct
	names []string
}

func (sc directScan) Next() (sources.Split, error) {
	split, err := sc.Scan.Next()
	open := split.Open
	split.Open = func(ctx context.Context, mem memory.Allocator) (sources.Reader, error) {
		r, err := open(ctx, mem)
		if err != nil {
			return nil, err
		}
		return directReader{r, sc}, nil
	}
	return split, err
}

type directReader struct {
	sources.Reader
	scan directScan
}

// Next gives the columns the names that they have in the query.
func (r directReader) Next() (sources.Batch, error) {
	b, err := r.Reader.Next()
	if err != nil {
		return b, err
	}
	fields := b.Schema().Fields()
	for i := range fields {
		fields[i].Name = r.scan.names[i]
	}
	rec := array.NewRecord(arrow.NewSchema(fields, nil), b.Columns(), b.NumRows())
	b.Release()
	b.Record = rec
	return b, nil
}
