//go:build !nosql

package sql

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
	"leapscore/sql/internal/vector"
)

// table opens files through package sources, and returns the query for them.
func (r *resolver) table(name string, set *fileSet, refs []*fileRef) (string, error) {
	if err := r.prune(set, refs); err != nil {
		return "", err
	}
	opt := sources.Options{
		Opener: listed{set.opener, set.files}, Format: set.format, Remote: set.remote,
		Hive: sources.HiveOff, Folders: set.folders, BatchRows: r.opt.BatchRows, Fill: set.extra.fill, BadRows: r.opt.BadRows && set.isText(),
	}
	if set.format == sources.CSV {
		opt.CSV.Delimiter = ',' // which a query says otherwise
	}
	src, texts, err := r.openTyped(set, &opt)
	if err != nil {
		return "", err
	}
	t := &table{
		of: r.tables, name: name, src: src, opt: opt, rows: -1, readers: r.tables.threads,
		set: set, id: len(r.tables.list), index: map[string]int64{}, decided: set.decided && len(refs) == 1,
	}
	r.tables.list = append(r.tables.list, t)
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

func newTableColumn(f arrow.Field) tableColumn {
	return tableColumn{name: f.Name, dt: f.Type, uuid: vector.IsUUID(f), bad: vector.CheckType(f.Type)}
}

// emptySource has the columns of a source and no rows.
type emptySource struct{ sources.Source }

func (emptySource) Scan(context.Context, []string) (sources.Scan, error) { return noRows{}, nil }

type noRows struct{}

func (noRows) Next() (sources.Split, error) { return sources.Split{}, io.EOF }
func (noRows) Rows() int64                  { return 0 }
func (noRows) Close() error                 { return nil }
