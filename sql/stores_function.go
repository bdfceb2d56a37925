//go:build !nosql

package sql

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"leapscore/sources"
)

// Functions of DuckDB that name files.
var (
	// tableReaders are replaced by package sources. Of their options only
	// hive_partitioning is known.
	tableReaders = map[string]sources.Format{
		"read_parquet": sources.Parquet, "parquet_scan": sources.Parquet, "read_avro": sources.Avro,
	}
	// textReaders get copies of the files.
	textReaders = []string{
		"read_csv", "read_csv_auto", "sniff_csv", "read_json", "read_json_auto", "read_ndjson", "read_ndjson_auto",
		"read_json_objects", "read_json_objects_auto", "read_ndjson_objects", "read_text", "read_blob",
	}
	// otherReaders cannot be given a URL.
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
	args, options := r.arguments(call)
	urls := slices.DeleteFunc(slices.Clone(args), func(a fileArg) bool { return !isURL(a.name) })
	format, isTable := tableReaders[name]
	switch {
	case len(args) == 0, len(urls) == 0 && name != "read_avro":
		return nil
	case len(urls) > 0 && r.s.opt.Files == nil:
		return nil
	case isTable:
		return r.macro(n, call, format, args, options)
	case slices.Contains(textReaders, name):
		return r.local(name, urls, options)
	case slices.Contains(otherReaders, name):
		return fmt.Errorf("%w: %s(%s): of URLs, a query reads FROM 'URL', read_parquet, read_avro, read_csv and read_json", ErrQuery, name, sqlText(urls[0].name))
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
		text, ok := r.s.opt.Params[id]
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
		if o != "hive_partitioning" {
			return fmt.Errorf("%w: %s of files in a store has no option %s, only hive_partitioning", ErrQuery, name, o)
		}
		params = append(params, ", "+o+" := NULL")
	}
	at := location(call)
	word := len(name)
	if at < 0 || at+word > len(r.s.query) || !strings.EqualFold(r.s.query[at:at+word], name) {
		return fmt.Errorf("%w: %s(%s): write the function as %[2]s, without quotes and schema", ErrQuery, name, sqlText(patterns[0]))
	}
	set, err := r.find(patterns, format)
	if err != nil {
		return err
	}
	if set == nil {
		return fmt.Errorf("%w: %s", sources.ErrNoFiles, strings.Join(patterns, ", "))
	}
	if set.hive, err = hiveOption(options); err != nil {
		return err
	}
	body, err := r.table("", set, []*fileRef{newFileRef(n, name)})
	if err != nil {
		return err
	}
	r.made++
	own := fmt.Sprintf("%s_%d", tableFunction, r.made)
	r.edits = append(r.edits, edit{at, at + word, own})
	return r.s.execute("CREATE TEMP MACRO " + own + "(files" + strings.Join(params, "") + ") AS TABLE " + body)
}

// hiveOption reads hive_partitioning.
func hiveOption(options node) (sources.Hive, error) {
	val, ok := options["hive_partitioning"].(node)
	if !ok {
		return sources.HiveAuto, nil
	}
	for textOf(val, "class") == "CAST" {
		val = nodeOf(val, "child")
	}
	switch v := nodeOf(val, "value")["value"]; v {
	case true, "t", "true", json.Number("1"):
		return sources.HiveOn, nil
	case false, "f", "false", json.Number("0"):
		return sources.HiveOff, nil
	}
	return "", fmt.Errorf("%w: hive_partitioning: want true or false", ErrQuery)
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
			r.s.opt.Params = maps.Clone(r.s.opt.Params)
			r.s.opt.Params[a.param] = copiesPattern(set, list)
			continue
		}
		end, ok := textEnd(r.s.query, a.at, a.name)
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
