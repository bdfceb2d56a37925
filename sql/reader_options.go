//go:build !nosql

package sql

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// tableOptions are the options of a reader that package sources honours.
type tableOptions struct {
	filename     string // the column with the name of the file, empty for none
	rowNumber    bool
	fill         bool // a column that a file lacks is null there
	binaryAsText bool
	allText      bool // columns of text stay text
}

// columns select what the options add.
func (o tableOptions) columns() []string {
	var list []string
	if o.filename != "" {
		list = append(list, nameColumn+" AS "+quote(o.filename))
	}
	if o.rowNumber {
		list = append(list, rowColumn+" AS "+quote("file_row_number"))
	}
	return list
}

// options reads the options of a call, and returns those that package sources
// does not know.
func (f *fileSet) options(reader string, options node) (unknown []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(options)) {
		ok := false
		val, _ := options[name].(node)
		switch name {
		case "hive_partitioning", "sample_size", "parallel", "buffer_size", "maximum_sample_files":
			ok = name == "hive_partitioning" || f.isText() // the others are how DuckDB goes about it
		case "union_by_name":
			f.extra.fill, ok, err = boolOption(options, name)
		case "filename":
			if f.remote {
				if f.isText() {
					return nil, fmt.Errorf("%w: %s of files in a store has no option filename, since it reads copies of them", ErrQuery, reader)
				}
				return nil, fmt.Errorf("%w: %s of files in a store has no option filename, only hive_partitioning and union_by_name", ErrQuery, reader)
			}
			f.extra.filename, ok, err = filenameOption(options)
		case "file_row_number":
			f.extra.rowNumber, ok, err = boolOption(options, name)
			ok = ok && !f.isText()
		case "binary_as_string":
			f.extra.binaryAsText, ok, err = boolOption(options, name)
			ok = ok && !f.isText()
		case "all_varchar":
			f.extra.allText, ok, err = boolOption(options, name)
			ok = ok && strings.HasPrefix(reader, "read_csv")
		case "header", "auto_detect":
			var on bool
			on, ok, err = boolOption(options, name)
			ok = ok && on && f.isText()
		case "delim", "sep", "quote", "escape":
			want := map[string]string{"delim": ",", "sep": ",", "quote": `"`, "escape": `"`}[name]
			ok = isText(val, want) && strings.HasPrefix(reader, "read_csv")
		case "format":
			ok = isText(val, "newline_delimited") || isText(val, "nd")
		}
		if err != nil {
			return nil, err
		}
		if !ok {
			unknown = append(unknown, name)
		}
	}
	return unknown, nil
}

// uncast returns the constant that is cast to a type, as true is.
func uncast(val node) node {
	for textOf(val, "class") == "CAST" {
		val = nodeOf(val, "child")
	}
	return val
}

func isText(val node, want string) bool { return nodeOf(uncast(val), "value")["value"] == want }

// boolOption reads an option that is true or false.
func boolOption(options node, name string) (on, there bool, err error) {
	val, ok := options[name].(node)
	if !ok {
		return false, false, nil
	}
	v := nodeOf(uncast(val), "value")["value"]
	if s, ok := v.(string); ok {
		v = strings.ToLower(s)
	}
	switch v {
	case true, "t", "true", json.Number("1"):
		return true, true, nil
	case false, "f", "false", json.Number("0"):
		return false, true, nil
	}
	return false, false, fmt.Errorf("%w: %s: want true or false", ErrQuery, name)
}

// filenameOption reads filename, which is true, or what the column is called.
func filenameOption(options node) (name string, there bool, err error) {
	val, _ := options["filename"].(node)
	if s, ok := nodeOf(uncast(val), "value")["value"].(string); ok && textOf(val, "class") != "CAST" && s != "true" && s != "false" {
		return s, true, nil
	}
	on, there, err := boolOption(options, "filename")
	if on {
		name = "filename"
	}
	return name, there, err
}
