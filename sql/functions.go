//go:build !nosql

package sql

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/sources"
)

// Functions of DuckDB that name files.
var (
	// readers are replaced by package sources.
	readers = map[string]sources.Format{
		"read_parquet": sources.Parquet, "parquet_scan": sources.Parquet, "read_avro": sources.Avro,
		"read_csv": sources.CSV, "read_csv_auto": sources.CSV,
		"read_json": sources.JSON, "read_json_auto": sources.JSON, "read_ndjson": sources.JSON, "read_ndjson_auto": sources.JSON,
	}
	// rawReaders give no rows of values. They are DuckDB's, and get copies of the
	// files of stores.
	rawReaders = []string{
		"sniff_csv", "read_json_objects", "read_json_objects_auto", "read_ndjson_objects", "read_text", "read_blob",
	}
	// otherReaders are DuckDB's too, and cannot be given a URL.
	otherReaders = []string{
		"glob", "parquet_metadata", "parquet_schema", "parquet_file_metadata", "parquet_kv_metadata", "parquet_bloom_probe",
		"iceberg_scan", "delta_scan", "sqlite_scan", "postgres_scan", "st_read", "read_xlsx",
	}
)

// fileArg is a file name among the arguments of a function.
type fileArg struct {
	name   string
	at     int    // in the query, -1 for a parameter
	param  string // its name
	inList bool
}

// function resolves a table function that names files.
func (r *resolver) function(n node) error {
	call := nodeOf(n, "function")
	name := strings.ToLower(textOf(call, "function_name"))
	format, isReader := readers[name]
	raw, other := slices.Contains(rawReaders, name), slices.Contains(otherReaders, name)
	if !isReader && !raw && !other {
		return nil
	}
	args, options := r.arguments(call)
	if isReader && len(args) == 0 {
		args = r.computed(call)
	}
	urls := slices.DeleteFunc(slices.Clone(args), func(a fileArg) bool { return !store.IsURL(a.name) })
	switch {
	case len(urls) > 0 && r.opt.Files == nil:
		return nil
	case isReader && len(args) == 0:
		return fmt.Errorf("%w: %s: the names of its files must be texts between single quotes, a list of them, or parameters that --param gives a value", ErrQuery, name)
	case isReader:
		return r.macro(n, call, format, args, options)
	case other && len(urls) > 0:
		return fmt.Errorf("%w: %s(%s): of URLs, a query reads FROM 'URL', read_parquet, read_avro, read_csv and read_json", ErrQuery, name, sqlText(urls[0].name))
	}
	r.raw = true
	if raw {
		return r.local(name, urls, options)
	}
	return nil
}

// arguments returns the names of files in a call, and its options.
func (r *resolver) arguments(call node) (args []fileArg, options node) {
	options = node{}
	for i, a := range listOf(call, "children") {
		arg, _ := a.(node)
		if name, val := option(arg); name != "" {
			options[name] = val
			continue
		}
		if i > 0 {
			continue
		}
		if f, ok := r.constant(arg); ok {
			args = append(args, f)
		}
		if textOf(arg, "function_name") != "list_value" {
			continue
		}
		for _, e := range listOf(arg, "children") {
			elem, _ := e.(node)
			f, ok := r.constant(elem)
			if !ok {
				return nil, options
			}
			f.inList = true
			args = append(args, f)
		}
	}
	return args, options
}

// computed returns the names of files that an expression gives, as 'x/' || $day
// does.
func (r *resolver) computed(call node) (args []fileArg) {
	for _, a := range listOf(call, "children") {
		arg, _ := a.(node)
		if name, _ := option(arg); name != "" {
			continue
		}
		params := map[string]string{}
		if !r.given(arg, params) {
			return nil
		}
		text, ok := r.conn.expression(r.ctx, arg)
		if !ok {
			return nil
		}
		names, err := r.conn.strings(r.ctx, "SELECT unnest(CAST("+text+" AS VARCHAR[]))", params)
		if err != nil {
			names, err = r.conn.strings(r.ctx, "SELECT CAST("+text+" AS VARCHAR)", params)
		}
		if err != nil {
			return nil
		}
		for _, n := range names {
			args = append(args, fileArg{name: n, at: -1})
		}
		return args
	}
	return nil
}

// given finds the values of the parameters in an expression, and reports whether
// all have one.
func (r *resolver) given(v any, params map[string]string) bool {
	ok := true
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			ok = r.given(e, params) && ok
		}
	case node:
		if textOf(x, "class") == "PARAMETER" {
			id := textOf(x, "identifier")
			params[id], ok = r.opt.Params[id]
		}
		for _, e := range x {
			ok = r.given(e, params) && ok
		}
	}
	return ok
}

// option returns the name and the value of an argument such as delim = ';'.
func option(arg node) (string, node) {
	if alias := textOf(arg, "alias"); alias != "" {
		return strings.ToLower(alias), arg
	}
	left := nodeOf(arg, "left")
	if names := listOf(left, "column_names"); textOf(arg, "type") == "COMPARE_EQUAL" && len(names) == 1 {
		name, _ := names[0].(string)
		return strings.ToLower(name), nodeOf(arg, "right")
	}
	return "", nil
}

// constant returns the text that an expression is, itself or as a parameter.
func (r *resolver) constant(n node) (fileArg, bool) {
	switch textOf(n, "class") {
	case "CONSTANT":
		text, ok := nodeOf(n, "value")["value"].(string)
		return fileArg{name: text, at: location(n)}, ok && textOf(nodeOf(nodeOf(n, "value"), "type"), "id") == "VARCHAR"
	case "PARAMETER":
		id := textOf(n, "identifier")
		text, ok := r.opt.Params[id]
		return fileArg{name: text, at: -1, param: id}, ok
	}
	return fileArg{}, false
}

// location is where a node stands in the query, -1 if that is not known.
func location(n node) int {
	at, _ := n["query_location"].(json.Number)
	i, err := at.Int64()
	if err != nil {
		return -1
	}
	return int(i)
}

// macro puts a macro in the place of a function that reads tables. It takes the
// arguments of the call, and makes nothing of them.
func (r *resolver) macro(n, call node, format sources.Format, args []fileArg, options node) error {
	name := textOf(call, "function_name")
	var patterns, params []string
	for _, a := range args {
		patterns = append(patterns, a.name)
	}
	for _, o := range slices.Sorted(maps.Keys(options)) {
		params = append(params, ", "+quote(o)+" := NULL")
	}
	at := location(call)
	word := len(name)
	if at < 0 || at+word > len(r.query) || !strings.EqualFold(r.query[at:at+word], name) {
		return fmt.Errorf("%w: %s(%s): write the function as %[2]s, without quotes and schema", ErrQuery, name, sqlText(patterns[0]))
	}
	set, err := r.find(patterns, format)
	if err != nil {
		return err
	}
	body, err := r.call(strings.ToLower(name), set, options, []*fileRef{newFileRef(n, name)})
	if err != nil {
		return err
	}
	r.made++
	own := fmt.Sprintf("%s_%d", tableFunction, r.made)
	r.edits = append(r.edits, edit{at, at + word, own})
	// In a macro the names of its parameters would be their values.
	if err := r.conn.execute(r.ctx, "CREATE TEMP VIEW "+own+"_rows AS "+body); err != nil {
		return err
	}
	return r.conn.execute(r.ctx, "CREATE TEMP MACRO "+own+"(files"+strings.Join(params, "")+") AS TABLE FROM "+own+"_rows")
}

// call returns the query for a call of a reader.
func (r *resolver) call(name string, set *fileSet, options node, refs []*fileRef) (body string, err error) {
	if set.hive, err = hiveOption(options); err != nil {
		return "", err
	}
	unknown, err := set.options(name, options)
	if err != nil {
		return "", err
	}
	if len(unknown) == 0 {
		return r.table("", set, refs)
	}
	if !set.isText() {
		return "", fmt.Errorf("%w: %s has no option %s here, only hive_partitioning, union_by_name, filename, file_row_number and binary_as_string", ErrQuery, name, unknown[0])
	}
	foreign, err := r.foreignOptions(name, options)
	if err != nil {
		return "", err
	}
	return r.foreign(set, name, foreign, refs)
}

// hiveOption reads hive_partitioning.
func hiveOption(options node) (sources.Hive, error) {
	on, there, err := boolOption(options, "hive_partitioning")
	switch {
	case err != nil || !there:
		return sources.HiveAuto, err
	case on:
		return sources.HiveOn, nil
	}
	return sources.HiveOff, nil
}

// local puts copies in the place of URLs.
func (r *resolver) local(name string, urls []fileArg, options node) error {
	if options["filename"] != nil {
		return fmt.Errorf("%w: %s of files in a store has no option filename, since it reads copies of them", ErrQuery, name)
	}
	for _, a := range urls {
		set, err := r.find([]string{a.name}, sources.CSV)
		if err != nil {
			return err
		}
		list, err := r.copies(set)
		if err != nil {
			return err
		}
		if a.at < 0 {
			r.opt.Params = maps.Clone(r.opt.Params)
			r.opt.Params[a.param] = copiesPattern(set, list)
			continue
		}
		end, ok := textEnd(r.query, a.at, a.name)
		if !ok {
			return fmt.Errorf("%w: %s(%s): write the URL between single quotes", ErrQuery, name, sqlText(a.name))
		}
		text := strings.Join(list, ", ")
		if !a.inList {
			text = "[" + text + "]"
		}
		r.edits = append(r.edits, edit{a.at, end, text})
	}
	return nil
}

// sqlText writes a text as SQL.
func sqlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// textEnd returns where the text that begins at at ends, and whether it is the
// one expected.
func textEnd(query string, at int, text string) (int, bool) {
	if written := sqlText(text); at >= 0 && at < len(query) && strings.HasPrefix(query[at:], written) {
		return at + len(written), true
	}
	return 0, false
}
