//go:build !nosql

package sql

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/store"
	"leapscore/internal/filetype"
	"leapscore/sources"
	"leapscore/sources/files"
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

// resolve makes the files of the query known to DuckDB.
func (s *source) resolve(ctx context.Context) error {
	tree, err := s.tree(ctx)
	if tree == nil || err != nil {
		return errors.Join(err, s.lock(nil))
	}
	t := &tables{threads: max(s.opt.Threads, 1), bytes: feedBytes, ctx: ctx}
	if s.opt.Memory > 0 {
		t.bytes = min(t.bytes, int(s.opt.Memory/4))
	}
	s.tables = t
	if err := t.register(s.con); err != nil {
		return err
	}
	r := &resolver{s: s, ctx: ctx, views: map[string][]*fileRef{}, taken: map[string]bool{}, columns: map[string]bool{}}
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
	if r.raw || s.unlocked() { // DuckDB opens files by itself
		if err := r.guard(tree); err != nil {
			return err
		}
	}
	if err := r.rewrite(); err != nil || r.raw {
		return err
	}
	return s.lock(r.opened)
}

// unlocked reports whether URLs are left to DuckDB, which says which extension it
// misses.
func (s *source) unlocked() bool { return strings.Contains(s.query, "://") && s.opt.Files == nil }

// lock keeps DuckDB from opening files other than these, which views and macros
// of a database may name, too.
func (s *source) lock(files []string) error {
	if s.unlocked() {
		return nil
	}
	var list []string
	for _, f := range files {
		list = append(list, sqlText(f))
	}
	return errors.Join(
		s.execute("SET allowed_paths = ["+strings.Join(list, ", ")+"]"),
		s.execute("SET enable_external_access = false"))
}

// lockedOut is what DuckDB says of files that lock keeps from it.
const lockedOut = "file system operations are disabled by configuration"

// explain adds to what DuckDB says how to mend it.
func explain(msg string) string {
	switch {
	case strings.Contains(msg, `column "filename" not found`), strings.Contains(msg, `column "file_row_number" not found`):
		return msg + "\nbeside a *, a query has it if it says read_parquet('...', filename = true, file_row_number = true)"
	case strings.Contains(msg, lockedOut):
		return msg + "; leapscore reads the files of a query itself: name them in a SELECT of --sql, as FROM 'x.parquet' or read_csv('x.csv'), not in another statement, a view or a macro"
	}
	return msg
}

// resolver makes views for the references to files in one query.
type resolver struct {
	s       *source
	ctx     context.Context
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
	return r.s.execute("CREATE TEMP VIEW " + quote(name) + " AS " + body)
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

// fileSet is the files of one reference.
type fileSet struct {
	opener  sources.Opener
	remote  bool
	format  sources.Format
	files   []store.Object
	none    bool // no file has a wanted row; the one in files gives the schema
	roots   map[string]string
	folders *sources.Folders // nil if there are none
	settled bool             // folders are known
	pattern string
	hive    sources.Hive
	copied  string // the folder with copies
	decided bool   // the names of the files tell all of the one WHERE
	extra   tableOptions
}

// isText reports whether the files have no types of their own.
func (f *fileSet) isText() bool { return f.format == sources.CSV || f.format == sources.JSON }

// find lists the files that patterns name.
func (r *resolver) find(patterns []string, format sources.Format) (*fileSet, error) {
	f := &fileSet{pattern: strings.Join(patterns, ", "), opener: files.Local(), remote: isURL(patterns[0])}
	if f.remote {
		f.opener = r.s.opt.Files
	}
	names := slices.Clone(patterns)
	for i, p := range patterns {
		if isURL(p) != f.remote {
			return nil, fmt.Errorf("%w: %s: either all files are URLs or none is; write local ones as file:///path", ErrQuery, f.pattern)
		}
		if !f.remote {
			names[i] = localName(p)
		}
	}
	found, err := files.FindAll(r.ctx, names, sources.Options{Opener: f.opener, Remote: f.remote, Format: format, Rules: r.s.opt.Rules})
	if err != nil {
		return nil, err
	}
	f.files, f.roots, f.format = found.Files, found.Roots, found.Format
	return f, nil
}

func isURL(name string) bool { return strings.Contains(name, "://") }

// listed is an opener that has found its files.
type listed struct {
	sources.Opener
	files []store.Object
}

func (l listed) Glob(context.Context, string) ([]store.Object, error) { return l.files, nil }

func (l listed) Unchanged(ctx context.Context, inputs []store.Object) error {
	return files.CheckUnchanged(ctx, l.Opener, inputs)
}

// table opens files through package sources, and returns the query for them.
func (r *resolver) table(name string, set *fileSet, refs []*fileRef) (string, error) {
	if err := r.prune(set, refs); err != nil {
		return "", err
	}
	opt := sources.Options{
		Opener: listed{set.opener, set.files}, Format: set.format, Remote: set.remote,
		Hive: sources.HiveOff, Folders: set.folders, BatchRows: r.s.opt.BatchRows, Fill: set.extra.fill,
	}
	src, texts, err := r.openTyped(set, opt)
	if err != nil {
		return "", err
	}
	t := &table{
		of: r.s.tables, name: name, src: src, rows: -1, readers: r.s.tables.threads,
		set: set, id: len(r.s.tables.list), index: map[string]int64{}, decided: set.decided && len(refs) == 1,
	}
	r.s.tables.list = append(r.s.tables.list, t)
	for i, f := range set.files {
		t.index[f.Name] = int64(i)
	}
	if set.remote {
		t.readers += 2 // some of them wait
	}
	if set.none {
		t.src, t.rows = emptySource{src}, 0
	}
	list, err := r.tableColumns(t, src, texts)
	if err != nil {
		return "", err
	}
	for _, own := range set.extra.columns() {
		if _, name, _ := strings.Cut(own, " AS "); slices.Contains(list, name) {
			continue // the files have it
		}
		list = append(list, own)
	}
	if len(list) == 0 {
		return "", &sources.FileError{Name: set.files[0].Name, Err: errors.New("neither it nor a file beside it has a column that a query could name")}
	}
	t.list = strings.Join(list, ", ")
	return fmt.Sprintf("SELECT %s FROM %s(%d)", t.list, tableFunction, t.id), nil
}

// tableColumns makes the columns of a table, and returns what selects them. texts
// are the types of columns that are read as text.
func (r *resolver) tableColumns(t *table, src sources.Source, texts map[string]arrow.DataType) ([]string, error) {
	var list []string
	spelled := map[string]string{}
	for _, f := range t.set.inOrder(slices.Clone(src.Schema().Fields())) {
		if same, ok := spelled[strings.ToLower(f.Name)]; ok {
			return nil, &sources.FileError{Name: t.set.files[0].Name, Err: fmt.Errorf(
				"columns %q and %q, here or in a file beside it, differ in case only, which a query cannot tell apart; use --input, or rename one", same, f.Name)}
		}
		spelled[strings.ToLower(f.Name)] = f.Name
		c := newTableColumn(f)
		if cast := castNames[f.Type.ID()]; t.set.key(f.Name) >= 0 && cast != "" {
			c = tableColumn{name: f.Name, key: t.set.key(f.Name), bad: t.set.unclear(r.ctx, src, f.Name)}
			list = append(list, fmt.Sprintf("CAST(%s AS %s) AS %[1]s", quote(f.Name), cast))
		} else if typ := texts[f.Name]; typ != nil {
			list = append(list, fmt.Sprintf("CAST(%s AS %s) AS %[1]s", quote(f.Name), castNames[typ.ID()]))
		} else if f.Type.ID() == arrow.BINARY && t.set.extra.binaryAsText {
			list = append(list, fmt.Sprintf("decode(%s) AS %[1]s", quote(f.Name)))
		} else {
			list = append(list, quote(f.Name))
		}
		t.columns = append(t.columns, c)
	}
	for _, own := range []string{fileColumn, rowColumn} {
		t.columns = append(t.columns, tableColumn{name: own, dt: arrow.PrimitiveTypes.Int64, own: true})
	}
	t.columns = append(t.columns, tableColumn{name: nameColumn, own: true})
	return list, nil
}

// castNames are DuckDB's names of types that text is cast to.
var castNames = map[arrow.Type]string{
	arrow.INT8: "TINYINT", arrow.INT16: "SMALLINT", arrow.INT32: "INTEGER", arrow.INT64: "BIGINT",
	arrow.UINT8: "UTINYINT", arrow.UINT16: "USMALLINT", arrow.UINT32: "UINTEGER", arrow.UINT64: "UBIGINT",
	arrow.STRING: "VARCHAR", arrow.FLOAT64: "DOUBLE", arrow.FLOAT32: "FLOAT",
	arrow.BOOL: "BOOLEAN", arrow.DATE32: "DATE", arrow.TIMESTAMP: "TIMESTAMP",
}

// key returns the number of the key of folders that a column is, or -1.
func (f *fileSet) key(column string) int {
	if f.folders == nil {
		return -1
	}
	return slices.Index(f.folders.Keys, column)
}

// inOrder puts the columns of folders behind the others, by the alphabet, as
// DuckDB does.
func (f *fileSet) inOrder(fields []arrow.Field) []arrow.Field {
	slices.SortStableFunc(fields, func(a, b arrow.Field) int {
		x, y := f.key(a.Name), f.key(b.Name)
		if x >= 0 && y >= 0 {
			return strings.Compare(a.Name, b.Name)
		}
		return cmp.Compare(min(x, 0), min(y, 0))
	})
	return fields
}

// unclear returns why a column of folders cannot be read, or nil.
func (f *fileSet) unclear(ctx context.Context, src sources.Source, column string) error {
	if f.folders.Clear(column) {
		return nil
	}
	scan, err := src.Scan(ctx, []string{column})
	if err != nil {
		return err
	}
	return scan.Close()
}

func newTableColumn(f arrow.Field) tableColumn {
	typ, err := duckType(f.Type)
	if err == nil {
		dropType(typ)
	}
	return tableColumn{name: f.Name, dt: f.Type, uuid: isUUID(f), bad: err}
}

// rewrite applies the edits to the text.
func (r *resolver) rewrite() error {
	slices.SortFunc(r.edits, func(a, b edit) int { return b.at - a.at })
	for i, e := range r.edits {
		if i > 0 && e.end > r.edits[i-1].at {
			return errors.New("query: two names of files at one place")
		}
		r.s.query = r.s.query[:e.at] + e.text + r.s.query[e.end:]
	}
	return nil
}

// emptySource has the columns of a source and no rows.
type emptySource struct{ sources.Source }

func (emptySource) Scan(context.Context, []string) (sources.Scan, error) { return noRows{}, nil }

type noRows struct{}

func (noRows) Next() (sources.Split, error) { return sources.Split{}, io.EOF }
func (noRows) Rows() int64                  { return 0 }
func (noRows) Close() error                 { return nil }
