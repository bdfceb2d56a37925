//go:build !nosql

package sql

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/store"
	"leapscore/sources"
)

// Files that DuckDB cannot open by itself stand in a query as its own files do:
// FROM 's3://bucket/x/*.parquet', read_csv('gs://bucket/x.csv', delim = ';'),
// FROM 'x.avro'. DuckDB's parser says where, and they are put under the same
// name without a change to the rest of the text:
//
//   - files of Parquet, Arrow, Avro and leap frames are read by package
//     sources; a temporary view, or a macro in place of a function, selects
//     from the table function over it;
//   - text, of which all bytes are needed anyway, is copied to the temporary
//     folder, where DuckDB's readers find its types as they do in any file.
//
// Folders named key=value are columns of the type that DuckDB would give them,
// and where conditions on them alone tell that a file has no wanted row, the
// file is not opened.

// edit replaces a part of the query.
type edit struct {
	at, end int
	text    string
}

// resolve makes the files of the query known to DuckDB.
func (s *source) resolve(ctx context.Context) error {
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	r := &resolver{s: s, ctx: ctx, views: map[string][]*fileRef{}}
	if err := r.guard(tree); err != nil {
		return err
	}
	if tree == nil || !s.hasFiles() {
		return nil
	}
	t := &tables{threads: max(s.opt.Threads, 1), bytes: feedBytes, ctx: ctx}
	if s.opt.Memory > 0 {
		t.bytes = min(t.bytes, int(s.opt.Memory/4))
	}
	s.tables = t
	if err := t.register(s.con); err != nil {
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
	return r.rewrite()
}

// hasFiles is a quick look for what resolve has to do with.
func (s *source) hasFiles() bool {
	if strings.Contains(s.query, "://") {
		return true
	}
	for _, v := range s.opt.Params {
		if strings.Contains(v, "://") {
			return true
		}
	}
	lower := strings.ToLower(s.query)
	return slices.ContainsFunc(ownExtensions, func(ext string) bool { return strings.Contains(lower, ext) })
}

// ownExtensions are those of the formats that package sources reads and this
// DuckDB does not.
var ownExtensions = []string{".avro", ".arrow", ".feather", ".ipc", ".leap.json"}

// resolver makes views for the references to files in one query.
type resolver struct {
	s     *source
	ctx   context.Context
	views map[string][]*fileRef // by the name that stands in the query
	edits []edit
	temp  string // where text is copied to
	made  int
}

// view makes the view that a name of files stands for.
func (r *resolver) view(name string, refs []*fileRef) error {
	set, err := r.find([]string{name}, "")
	if err != nil {
		return err
	}
	if set == nil {
		return nil // DuckDB says what it misses
	}
	if set.isText() {
		if err := r.prune(set, refs); err != nil {
			return err
		}
		list, err := r.copies(set)
		if err != nil {
			return err
		}
		reader := map[sources.Format]string{sources.CSV: "read_csv", sources.JSON: "read_json"}[set.format]
		return r.s.execute("CREATE TEMP VIEW " + quote(name) + " AS SELECT * FROM " + reader + "([" + strings.Join(list, ", ") + "])")
	}
	body, err := r.table(name, set, refs)
	if err != nil {
		return err
	}
	return r.s.execute("CREATE TEMP VIEW " + quote(name) + " AS " + body)
}

// fileSet is the files of one reference.
type fileSet struct {
	opener  sources.Opener
	remote  bool
	format  sources.Format
	files   []store.Object
	none    bool // no file has a wanted row; the one in files gives the schema
	keys    []string
	types   []string // of keys, as DuckDB calls them
	values  map[string][]folderValue
	pattern string
	hive    sources.Hive
	copied  string // the folder with copies
	decided bool   // the names of the files tell all of the one WHERE
}

// isText reports whether DuckDB reads the files, as copies.
func (f *fileSet) isText() bool { return f.format == sources.CSV || f.format == sources.JSON }

// find lists the files that patterns name, or returns nil if a local pattern
// names none.
func (r *resolver) find(patterns []string, format sources.Format) (*fileSet, error) {
	f := &fileSet{format: format, pattern: strings.Join(patterns, ", "), opener: sources.Local(), remote: isURL(patterns[0])}
	if f.remote {
		f.opener = r.s.opt.Files
	}
	for _, p := range patterns {
		if isURL(p) != f.remote {
			return nil, fmt.Errorf("%w: %s: either all files are URLs or none is; write local ones as file:///path", ErrQuery, f.pattern)
		}
		found, err := sources.Find(r.ctx, f.opener, p, r.s.opt.Rules)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			if !f.remote {
				return nil, nil
			}
			return nil, fmt.Errorf("%w: %s", sources.ErrNoFiles, p)
		}
		f.files = append(f.files, found...)
	}
	slices.SortFunc(f.files, func(a, b store.Object) int { return strings.Compare(a.Name, b.Name) })
	f.files = slices.CompactFunc(f.files, func(a, b store.Object) bool { return a.Name == b.Name })
	if err := f.settle(); err != nil {
		return nil, err
	}
	return f, nil
}

// settle finds the format of the files, and leaves out what lies beside them.
func (f *fileSet) settle() error {
	if f.format != "" {
		return nil
	}
	known := slices.DeleteFunc(slices.Clone(f.files), func(o store.Object) bool { return sources.FormatOf(o.Name) == "" })
	if len(known) == 0 {
		return fmt.Errorf("%w: %s: its name tells no format, as .parquet or .csv would; say it with read_parquet('...') or read_csv('...')", ErrQuery, f.files[0].Name)
	}
	f.files = known
	f.format = sources.FormatOf(known[0].Name)
	for _, o := range known {
		if is := sources.FormatOf(o.Name); is != f.format {
			return fmt.Errorf("%w: %s is %s, but %s is %s; read them apart", ErrQuery, o.Name, is, known[0].Name, f.format)
		}
	}
	return nil
}

func isURL(name string) bool { return strings.Contains(name, "://") }

// listed is an opener that has found its files.
type listed struct {
	sources.Opener
	files []store.Object
}

func (l listed) Glob(context.Context, string) ([]store.Object, error) { return l.files, nil }

func (l listed) Unchanged(ctx context.Context, files []store.Object) error {
	return sources.CheckUnchanged(ctx, l.Opener, files)
}

// table opens files through package sources, and returns the query for them.
func (r *resolver) table(name string, set *fileSet, refs []*fileRef) (string, error) {
	if err := r.folders(set); err != nil {
		return "", err
	}
	if err := r.prune(set, refs); err != nil {
		return "", err
	}
	src, err := sources.OpenFiles(r.ctx, []string{set.files[0].Name}, sources.Options{
		Opener: listed{set.opener, set.files}, Format: set.format, Remote: set.remote, Hive: set.sameFolders(), BatchRows: r.s.opt.BatchRows,
	})
	if err != nil {
		return "", err
	}
	t := &table{
		of: r.s.tables, name: name, src: src, values: set.values, rows: -1, readers: r.s.tables.threads,
		set: set, id: len(r.s.tables.list), index: map[string]int64{}, decided: set.decided && len(refs) == 1,
	}
	for i, f := range set.files {
		t.index[f.Name] = int64(i)
	}
	if set.remote {
		t.readers += 2 // some of them wait
	}
	if set.none {
		t.src, t.rows = emptySource{src}, 0
	}
	var list []string
	for _, f := range src.Schema().Fields() {
		if !slices.Contains(set.keys, f.Name) {
			t.columns = append(t.columns, newTableColumn(f))
			list = append(list, quote(f.Name))
		}
	}
	for k, key := range set.keys {
		t.columns = append(t.columns, tableColumn{name: key, key: k})
		list = append(list, fmt.Sprintf("CAST(%s AS %s) AS %[1]s", quote(key), set.types[k]))
	}
	for _, own := range []string{fileColumn, rowColumn} {
		t.columns = append(t.columns, tableColumn{name: own, dt: arrow.PrimitiveTypes.Int64, own: true})
	}
	t.list = strings.Join(list, ", ")
	r.s.tables.list = append(r.s.tables.list, t)
	return fmt.Sprintf("SELECT %s FROM %s(%d)", t.list, tableFunction, t.id), nil
}

func newTableColumn(f arrow.Field) tableColumn {
	typ, err := duckType(f.Type)
	if err == nil {
		dropType(typ)
	}
	return tableColumn{name: f.Name, dt: f.Type, bad: err}
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
