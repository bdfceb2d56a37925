//go:build !nosql

package sql

import (
	"context"
	"fmt"
	"maps"
	"slices"
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

// direct returns the source that reads the query's files, or why DuckDB has to run
// the query.
func (s *source) direct(ctx context.Context, opt Options) (sources.Source, reason) {
	if opt.Database != "" {
		return nil, "there is a database (--db), whose tables and views a query may name"
	}
	text, err := s.conn.serialize(ctx, s.text)
	if err != nil {
		return nil, reason(fmt.Sprintf("DuckDB does not say how it understands the query: %v", err))
	}
	n, why := parsePlain(text)
	if why != "" {
		return nil, why
	}
	t := s.conn.tables.named(n.From.Table)
	switch {
	case t != nil:
		return s.directTable(ctx, t, n, opt)
	case isTabs(n.From.Table):
		return nil, "DuckDB cuts text that tabs separate into fields"
	}
	return nil, reason(fmt.Sprintf("%s is not a name of files", quote(n.From.Table)))
}

// directTable is direct for the files of a table.
func (s *source) directTable(ctx context.Context, t *table, n *selectNode, opt Options) (sources.Source, reason) {
	d := &direct{files: t.src, schema: s.schema, column: map[string]string{}}
	if why := d.match(n); why != "" {
		return nil, why
	}
	switch {
	case n.Where == nil || t.decided:
		if opt.BadCells && t.set.isText() && !t.set.extra.allText {
			if err := d.takeWanted(ctx, t, opt.Types); err != nil {
				return nil, reason(err.Error())
			}
		}
		if opt.Shard != nil {
			if err := d.takeShard(ctx, t, opt.Shard); err != nil {
				return nil, reason(err.Error())
			}
		}
		t.src = nil // which is closed by d
		return d, ""
	case t.set.format != sources.Parquet:
		return nil, "the query has a WHERE, and its files are not Parquet"
	case opt.Shard != nil:
		return nil, "the query has a WHERE, and which rows meet it shows only when all files are read"
	}
	d.borrowed = true
	return s.filter(ctx, d, n, t)
}

// direct is a query whose files are read without DuckDB.
type direct struct {
	files  sources.Source
	schema *arrow.Schema
	column map[string]string // of the query -> of the files

	borrowed bool // the files are closed by another
}

// match finds the files' columns, and returns why they are not what DuckDB says that
// the query gives.
func (d *direct) match(n *selectNode) reason {
	have := d.files.Schema().Fields()
	star := n.List[0].Type == "STAR"
	for i, f := range d.schema.Fields() {
		name := f.Name
		if !star {
			name = n.List[i].Names[0]
		}
		of, why := columnOf(have, name, f.Type)
		if why != "" {
			return why
		}
		d.column[f.Name] = of
	}
	if star && len(have) != d.schema.NumFields() {
		return reason(fmt.Sprintf("the files have %d columns, of which the query shows %d", len(have), d.schema.NumFields()))
	}
	return ""
}

// takeWanted opens the files again if columns are text, because of some of their values,
// and wanted as another type.
func (d *direct) takeWanted(ctx context.Context, t *table, wanted map[string]arrow.DataType) error {
	fields := slices.Clone(d.schema.Fields())
	types := maps.Clone(t.opt.Types)
	if types == nil {
		types = map[string]arrow.DataType{}
	}
	found := false
	for i, f := range fields {
		w := wanted[f.Name]
		if of := d.column[f.Name]; w != nil && f.Type.ID() == arrow.STRING && w.ID() != arrow.STRING && t.set.key(of) < 0 {
			types[of], fields[i].Type, found = w, w, true
		}
	}
	if !found {
		return nil
	}
	t.opt.Types = types
	d.schema = arrow.NewSchema(fields, nil)
	return d.reopen(ctx, t)
}

// takeShard opens the files again, for the rows of a shard.
func (d *direct) takeShard(ctx context.Context, t *table, shard *sources.Shard) error {
	t.opt.Shard = shard
	return d.reopen(ctx, t)
}

// reopen opens the files with other options.
func (d *direct) reopen(ctx context.Context, t *table) error {
	src, err := files.Open(ctx, []string{t.set.files[0].Name}, t.opt)
	if err != nil {
		return err
	}
	was := d.files
	if d.files = src; t.set.none {
		d.files = emptySource{src}
	}
	return was.Close()
}

// columnOf returns the one column of a name, whose case does not matter, and a type,
// or why there is no such column.
func columnOf(have []arrow.Field, name string, typ arrow.DataType) (of string, why reason) {
	found := 0
	why = reason(fmt.Sprintf("column %q is none of the files", name))
	for _, h := range have {
		switch {
		case !strings.EqualFold(h.Name, name):
		case arrow.TypeEqual(h.Type, typ):
			of = h.Name
			found++
		default:
			why = reason(fmt.Sprintf("column %q is %s in the files and %s in the query", name, h.Type, typ))
		}
	}
	switch found {
	case 0:
		return "", why
	case 1:
		return of, ""
	}
	return "", reason(fmt.Sprintf("the files have %d columns that may be %q", found, name))
}

// reading says that the files are read without DuckDB.
func (d *direct) reading() Reading { return Reading{Direct: true} }

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
	return sources.Wrap(sc, func(r sources.Reader, _ memory.Allocator) sources.Reader {
		return directReader{r, cols}
	}), nil
}

// directReader gives the columns of the files the names that they have in the query.
type directReader struct {
	sources.Reader
	names []string
}

// Next returns the next batch of the files, renamed.
func (r directReader) Next() (sources.Batch, error) {
	b, err := r.Reader.Next()
	if err != nil {
		return b, err
	}
	fields := b.Schema().Fields()
	for i := range fields {
		fields[i].Name = r.names[i]
	}
	rec := array.NewRecord(arrow.NewSchema(fields, nil), b.Columns(), b.NumRows())
	b.Release()
	b.Record = rec
	return b, nil
}
