//go:build !nosql

package sql

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sql/internal/infer"
)

// openTyped opens files and sets opt.Types. Columns of text have the types that all of
// their values have; texts are the types of those that are read as text all the same, and cast.
func (r *resolver) openTyped(set *fileSet, opt *sources.Options) (src sources.Source, texts map[string]arrow.DataType, err error) {
	open := func() (sources.Source, error) {
		return files.Open(r.ctx, []string{set.files[0].Name}, *opt)
	}
	if src, err = open(); err != nil && set.format == sources.JSON && strings.Contains(err.Error(), "'['") {
		return nil, nil, fmt.Errorf("%w; a file that is one list is read_json('...', format = 'array')", err)
	}
	if err != nil || !set.isText() || set.extra.allText {
		return src, nil, err
	}
	if err := oneColumn(set, src.Schema()); err != nil {
		return nil, nil, errors.Join(err, src.Close())
	}
	opt.Types, texts, err = r.typesOfText(set, src)
	if err != nil {
		return nil, nil, errors.Join(err, src.Close())
	}
	if len(opt.Types) == 0 {
		return src, texts, nil
	}
	if err := src.Close(); err != nil {
		return nil, nil, err
	}
	src, err = open()
	return src, texts, err
}

// typesOfText finds the types of columns of text: those that package sources reads
// as another type, and texts, which are cast.
func (r *resolver) typesOfText(set *fileSet, src sources.Source) (read, texts map[string]arrow.DataType, err error) {
	read, texts = map[string]arrow.DataType{}, map[string]arrow.DataType{}
	only, wanted := infer.All, maps.Clone(r.opt.Types)
	if set.format == sources.JSON {
		only = infer.Date | infer.Time
		read = wantedOfJSON(src.Schema(), wanted)
		wanted = nil
	}
	var cols []string
	for _, f := range src.Schema().Fields() {
		if f.Type.ID() == arrow.STRING && set.key(f.Name) < 0 && read[f.Name] == nil && isReadable(r, src, f.Name) {
			cols = append(cols, f.Name)
		}
	}
	types, err := infer.Types(r.ctx, src, cols, only, wanted, r.tables.threads)
	if err != nil {
		return nil, nil, err
	}
	for name, t := range types {
		switch t.ID() {
		case arrow.STRING:
		case arrow.DATE32, arrow.TIMESTAMP:
			texts[name] = t
		default:
			read[name] = t
		}
	}
	return read, texts, nil
}

// isReadable reports whether all files have a column, as one type.
func isReadable(r *resolver, src sources.Source, column string) bool {
	scan, err := src.Scan(r.ctx, []string{column})
	if err != nil {
		return false // a query that reads it gets the error
	}
	return scan.Close() == nil
}

// oneColumn refuses CSV of another delimiter, of which all would be one column.
func oneColumn(set *fileSet, schema *arrow.Schema) error {
	if set.format != sources.CSV || schema.NumFields() == 0 {
		return nil
	}
	own := slices.DeleteFunc(schema.Fields(), func(f arrow.Field) bool { return set.key(f.Name) >= 0 })
	if len(own) != 1 {
		return nil
	}
	at := strings.IndexAny(own[0].Name, ";\t|")
	if at < 0 {
		return nil
	}
	return &sources.FileError{Name: set.files[0].Name, Err: fmt.Errorf(
		"its header is the one column %q; if %s stands between columns, write read_csv('...', delim = '%[2]s')", own[0].Name, strings.ReplaceAll(own[0].Name[at:at+1], "\t", `\t`))}
}

// wantedOfJSON are the types wanted of columns of JSON lines that their values can
// have: numbers may be other numbers or text, lists other lists.
func wantedOfJSON(schema *arrow.Schema, wanted map[string]arrow.DataType) map[string]arrow.DataType {
	types := map[string]arrow.DataType{}
	for _, f := range schema.Fields() {
		w := wanted[f.Name]
		if w == nil {
			continue
		}
		is, want := f.Type.ID(), w.ID()
		if want == arrow.STRING || is == want || arrow.IsFloating(want) && (arrow.IsInteger(is) || arrow.IsFloating(is)) ||
			arrow.IsInteger(is) && arrow.IsInteger(want) {
			types[f.Name] = w
		}
	}
	return types
}

// foreignOptions are options that DuckDB's readers get.
type foreignOptions struct {
	list   []string
	typed  bool            // the types of all columns are given
	named  map[string]bool // columns whose types are given
	first  int             // or those of so many
	united bool            // the query says how files are matched
}

// foreignOptions writes the options of a call as SQL.
func (r *resolver) foreignOptions(reader string, options node) (foreignOptions, error) {
	o := foreignOptions{named: map[string]bool{}}
	for _, name := range slices.Sorted(maps.Keys(options)) {
		val, _ := options[name].(node)
		switch name {
		case "hive_partitioning", "sample_size", "all_varchar", "filename", "maximum_sample_files":
			continue // which is said for it
		case "hive_types", "hive_types_autocast", "normalize_names":
			return o, fmt.Errorf("%w: %s has no option %s here; cast and name columns in the query", ErrQuery, reader, name)
		case "columns":
			o.typed = true
		case "auto_detect":
			on, _, err := boolOption(options, name)
			if err != nil {
				return o, err
			}
			o.typed = o.typed || !on
		case "types", "dtypes", "column_types":
			o.given(val)
		case "union_by_name":
			o.united = true
		case "dateformat", "date_format", "timestampformat", "timestamp_format", "decimal_separator", "thousands":
			if options["types"] == nil && options["dtypes"] == nil && options["column_types"] == nil && options["columns"] == nil {
				return o, fmt.Errorf("%w: %s: %s needs to know of which columns: add types = {'column': 'DATE'}", ErrQuery, reader, name)
			}
		}
		val["alias"] = ""
		text, ok := r.conn.expression(r.ctx, val)
		if c, isConstant := r.constant(uncast(val)); isConstant {
			text, ok = sqlText(c.name), true
		}
		if !ok {
			return o, fmt.Errorf("%w: %s: the value of option %s must be a constant", ErrQuery, reader, name)
		}
		o.list = append(o.list, name+" = "+text)
	}
	return o, nil
}

// given notes the columns whose types a call names.
func (o *foreignOptions) given(val node) {
	for _, c := range listOf(val, "children") {
		if child, ok := c.(node); ok && textOf(child, "alias") != "" {
			o.named[strings.ToLower(textOf(child, "alias"))] = true
		} else {
			o.first++
		}
	}
}

// foreign returns the query for text that DuckDB's reader cuts into fields. The
// types of columns are found here, from all rows.
func (r *resolver) foreign(set *fileSet, reader string, o foreignOptions, refs []*fileRef) (string, error) {
	if err := r.prune(set, refs); err != nil {
		return "", err
	}
	list, err := r.places(set)
	if err != nil {
		return "", err
	}
	isCSV := strings.HasPrefix(reader, "read_csv")
	if isCSV && !o.typed {
		o.list = append(o.list, "all_varchar = true")
	} else if !o.typed {
		o.list = append(o.list, "sample_size = -1")
	}
	if len(list) > 1 && !o.united && !o.typed {
		o.list = append(o.list, "union_by_name = true")
	}
	file := set.extra.filename
	if file == "" && set.folders != nil {
		file = nameColumn
	}
	if file != "" {
		o.list = append(o.list, "filename = "+sqlText(file))
	}
	from := fmt.Sprintf("%s([%s], hive_partitioning = false%s)", reader, strings.Join(list, ", "), strings.Join(append([]string{""}, o.list...), ", "))
	raw, err := r.conn.query("FROM "+from, nil, r.opt.BatchRows)
	if err != nil {
		return "", &sources.FileError{Name: set.pattern, Err: err}
	}
	types := map[string]arrow.DataType{}
	if isCSV && !o.typed && !set.extra.allText {
		if types, err = infer.Types(r.ctx, raw, o.untyped(raw.schema, file), infer.All, r.opt.Types, 1); err != nil {
			return "", &sources.FileError{Name: set.pattern, Err: err}
		}
	}
	limit := ""
	if set.none {
		limit = " LIMIT 0"
	}
	return "SELECT " + strings.Join(set.foreignColumns(raw.schema, types, file, list), ", ") + " FROM " + from + limit, nil
}

// untyped are the columns whose types are to be found.
func (o *foreignOptions) untyped(schema *arrow.Schema, file string) []string {
	var cols []string
	for i, f := range schema.Fields() {
		if f.Type.ID() == arrow.STRING && f.Name != file && !o.named[strings.ToLower(f.Name)] && i >= o.first {
			cols = append(cols, f.Name)
		}
	}
	return cols
}

// foreignColumns select the columns of text that DuckDB reads, and of its folders.
func (f *fileSet) foreignColumns(schema *arrow.Schema, types map[string]arrow.DataType, file string, places []string) []string {
	var list []string
	for _, c := range schema.Fields() {
		cast := ""
		if t := types[c.Name]; t != nil && t.ID() != arrow.STRING {
			cast = castNames[t.ID()]
		}
		switch {
		case c.Name == nameColumn && c.Name == file, f.key(c.Name) >= 0:
		case cast != "":
			list = append(list, fmt.Sprintf("CAST(trim(%s) AS %s) AS %[1]s", quote(c.Name), cast))
		default:
			list = append(list, quote(c.Name))
		}
	}
	if f.folders == nil {
		return list
	}
	for k, key := range f.folders.Keys {
		var entries []string
		for i, o := range f.files {
			entries = append(entries, places[i]+": "+valueText(f.folders.Value(o.Name, k)))
		}
		cast := castNames[f.folders.Types[k].ID()]
		if cast == "" {
			cast = "VARCHAR"
		}
		list = append(list, fmt.Sprintf("CAST(MAP {%s}[%s] AS %s) AS %s", strings.Join(entries, ", "), quote(file), cast, quote(key)))
	}
	return list
}

// places are the files of a set as DuckDB may open them, as SQL: those of stores
// are copied.
func (r *resolver) places(set *fileSet) ([]string, error) {
	r.read = append(r.read, filesRead{set.opener, set.files})
	if set.remote {
		list, err := r.copies(set)
		for _, text := range list {
			r.opened = append(r.opened, strings.ReplaceAll(strings.Trim(text, "'"), "''", "'"))
		}
		return list, err
	}
	var list []string
	for _, f := range set.files {
		list = append(list, sqlText(f.Name))
		r.opened = append(r.opened, f.Name)
	}
	return list, nil
}
