//go:build !nosql

package sql

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"leapscore/internal/filetype"
	"leapscore/internal/reuse"
	"leapscore/sources"
)

// Files stand in a query as DuckDB's own do: FROM 'x/*.parquet',
// read_csv('gs://bucket/x.csv', delim = ';'), FROM 's3://bucket/x.avro'. DuckDB's
// parser says where, and package sources reads them, local ones and those of
// stores, so that a query has the values that any other way of reading has. They
// are put under the same name without a change to the rest of the text: a
// temporary view, or a macro in place of a function, selects from the table
// function over them.
//
// Text with options that package sources does not know, such as another
// delimiter, is left to DuckDB's reader, which gives its fields as they are: their
// types are found as those of other text, from all rows.
//
// Where conditions on folders named key=value alone tell that a file has no
// wanted row, the file is not opened. DuckDB itself opens no file but those that
// functions such as read_text name.

// edit replaces a part of the query.
type edit struct {
	at, end int
	text    string
}

// resolver makes the files of one query known to DuckDB.
type resolver struct {
	opt     Options
	query   string
	conn    *conn
	tables  *tables
	ctx     context.Context
	read    []filesRead           // besides those of tables
	views   map[string][]*fileRef // by the name that stands in the query
	taken   map[string]bool       // names of the query and of the database that are no files
	columns map[string]bool       // that the query names
	star    bool                  // it has a *
	edits   []edit
	temp    string // where text is copied to
	made    int

	raw    bool     // DuckDB has to open files by itself
	opened []string // files that DuckDB's readers of text may open
}

// resolved is a query whose files DuckDB knows.
type resolved struct {
	query  string
	params map[string]string
	read   []filesRead // besides those of tables
}

// resolve makes the files of a query known to DuckDB.
func resolve(ctx context.Context, c *conn, query string, opt Options) (resolved, error) {
	r := &resolver{opt: opt, query: query, conn: c, ctx: ctx, views: map[string][]*fileRef{}, taken: map[string]bool{}, columns: map[string]bool{}}
	err := r.resolve()
	return resolved{r.query, r.opt.Params, r.read}, err
}

func (r *resolver) resolve() error {
	tree, err := r.statements()
	if tree == nil || err != nil {
		return errors.Join(err, r.lock())
	}
	if err := r.register(); err != nil {
		return err
	}
	if err := r.names(tree); err != nil {
		return err
	}
	if err := r.references(tree); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(r.views)) {
		if err := r.view(name, r.views[name]); err != nil {
			return err
		}
	}
	if r.raw || r.unlocked() { // DuckDB opens files by itself
		if err := r.guard(tree); err != nil {
			return err
		}
	}
	if err := r.rewrite(); err != nil || r.raw {
		return err
	}
	return r.lock()
}

// register makes the table function known that reads files by package sources.
func (r *resolver) register() error {
	r.tables = &tables{threads: max(r.opt.Threads, 1), bytes: feedBytes, ctx: r.ctx}
	if r.opt.Memory > 0 {
		r.tables.bytes = min(r.tables.bytes, int(r.opt.Memory/4))
	}
	r.tables.mem = reuse.New(int64(r.tables.bytes) / 16)
	r.conn.tables = r.tables
	return r.tables.register(r.conn.con)
}

// unlocked reports whether URLs are left to DuckDB, which says which extension it
// misses.
func (r *resolver) unlocked() bool { return namesURL(r.query) && r.opt.Files == nil }

// namesURL reports whether a query may hold a URL, which Java writes as file:/x too.
func namesURL(query string) bool {
	return strings.Contains(query, "://") || strings.Contains(query, "file:/")
}

// lock keeps DuckDB from opening files other than those opened for it, which views
// and macros of a database may name, too.
func (r *resolver) lock() error {
	if r.unlocked() {
		return nil
	}
	var list []string
	for _, f := range r.opened {
		list = append(list, sqlText(f))
	}
	return errors.Join(
		r.conn.execute(r.ctx, "SET allowed_paths = ["+strings.Join(list, ", ")+"]"),
		r.conn.execute(r.ctx, "SET enable_external_access = false"))
}

// view makes the view that a name of files stands for.
func (r *resolver) view(name string, refs []*fileRef) error {
	format := sources.Format("")
	if isTabs(name) {
		format = sources.CSV
	}
	set, err := r.find([]string{name}, format)
	if err != nil {
		return err
	}
	var body string
	r.hidden(set)
	if isTabs(name) {
		body, err = r.foreign(set, "read_csv", foreignOptions{list: []string{"delim = '\t'"}}, refs)
	} else {
		body, err = r.table(name, set, refs)
	}
	if err != nil {
		return err
	}
	return r.conn.execute(r.ctx, "CREATE TEMP VIEW "+quote(name)+" AS "+body)
}

// hidden adds the columns that DuckDB's readers have without showing them, if the
// query names them: where it has a *, they would be among its columns.
func (r *resolver) hidden(set *fileSet) {
	if r.star || set.remote {
		return
	}
	if r.columns["filename"] {
		set.extra.filename = "filename"
	}
	set.extra.rowNumber = r.columns["file_row_number"] && !set.isText()
}

// isTabs reports whether a name is of text that tabs separate, which DuckDB
// knows and package sources does not.
func isTabs(name string) bool {
	t, _ := filetype.Of(name)
	return t.Name == filetype.TSV
}

// rewrite applies the edits to the text.
func (r *resolver) rewrite() error {
	slices.SortFunc(r.edits, func(a, b edit) int { return b.at - a.at })
	for i, e := range r.edits {
		if i > 0 && e.end > r.edits[i-1].at {
			return errors.New("query: two names of files at one place")
		}
		r.query = r.query[:e.at] + e.text + r.query[e.end:]
	}
	return nil
}
