//go:build !nosql

package sql

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/sources/files"
)

// Local files that DuckDB reads by itself are found by package sources too, before
// it opens them: so that a table is not taken for its files, and that files which
// change meanwhile are noticed.

// guard looks for local files in a query. Where there is no tree, and in what a
// database holds, any text may be the name of one.
func (r *resolver) guard(tree any) error {
	if tree == nil {
		if err := r.guardText(r.query); err != nil {
			return err
		}
	} else if err := r.guardTree(tree); err != nil {
		return err
	}
	if r.opt.Database == "" {
		return nil
	}
	views, err := r.conn.strings(r.ctx, "SELECT sql FROM duckdb_views() WHERE NOT internal AND sql IS NOT NULL AND contains(lower($q::VARCHAR), lower(view_name))"+
		" UNION ALL SELECT macro_definition FROM duckdb_functions() WHERE NOT internal AND macro_definition IS NOT NULL AND contains(lower($q::VARCHAR), lower(function_name))",
		map[string]string{"q": r.query})
	if err != nil {
		return err
	}
	for _, text := range views {
		if err := r.guardText(text); err != nil {
			return err
		}
	}
	return nil
}

func (r *resolver) guardTree(tree any) error {
	switch x := tree.(type) {
	case []any:
		for _, v := range x {
			if err := r.guardTree(v); err != nil {
				return err
			}
		}
	case node:
		var err error
		switch textOf(x, "type") {
		case "BASE_TABLE":
			if name := textOf(x, "table_name"); textOf(x, "schema_name") == "" && looksLikeFile(name) && !r.reads(name) {
				err = r.guardFiles(name)
			}
		case "TABLE_FUNCTION":
			err = r.guardCall(nodeOf(x, "function"))
		}
		if err != nil {
			return err
		}
		for _, v := range x {
			if err := r.guardTree(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// looksLikeFile reports whether DuckDB may take the name of a table for files.
func looksLikeFile(name string) bool {
	return files.FormatOf(name) != "" || strings.ContainsAny(name, "/*") || strings.Contains(strings.ToLower(name), ".tsv")
}

// guardCall looks at the files that a table function is given.
func (r *resolver) guardCall(call node) error {
	name := strings.ToLower(textOf(call, "function_name"))
	_, own := readers[name]
	switch {
	case own:
		return nil // package sources finds and reads them
	case name == "query":
		for _, text := range r.fileNames(call) {
			if err := r.guardText(text); err != nil {
				return err
			}
		}
		return nil
	case name != "query_table" && !slices.Contains(rawReaders, name) && !slices.Contains(otherReaders, name):
		return nil
	}
	for _, file := range r.fileNames(call) {
		if store.IsURL(file) && r.opt.Files != nil {
			continue
		}
		if err := r.guardFiles(file); err != nil {
			return err
		}
	}
	return nil
}

// reads reports whether package sources reads the files of a name, not DuckDB.
func (r *resolver) reads(name string) bool {
	if store.IsURL(name) {
		return r.opt.Files != nil
	}
	return isTabs(name) || files.FormatOf(name) != ""
}

// fileNames returns the texts that the first argument of a call is, or is made of.
func (r *resolver) fileNames(call node) []string {
	args := listOf(call, "children")
	if len(args) == 0 {
		return nil
	}
	arg, _ := args[0].(node)
	var names []string
	elements := []any{arg}
	if textOf(arg, "function_name") == "list_value" {
		elements = listOf(arg, "children")
	}
	for _, e := range elements {
		elem, _ := e.(node)
		if f, ok := r.constant(elem); ok {
			names = append(names, f.name)
		} else {
			names = append(names, r.evaluated(elem)...)
		}
	}
	return names
}

// evaluated asks DuckDB what texts an expression is.
func (r *resolver) evaluated(n node) []string {
	text, ok := r.conn.expression(r.ctx, n)
	if !ok {
		return nil
	}
	params := map[string]string{}
	r.parametersOf(n, params)
	typ, err := r.conn.strings(r.ctx, "SELECT typeof("+text+")", params)
	if err != nil || len(typ) != 1 {
		return nil // DuckDB says what is wrong with it
	}
	if strings.HasSuffix(typ[0], "[]") {
		text = "unnest(" + text + ")"
	}
	names, _ := r.conn.strings(r.ctx, "SELECT CAST("+text+" AS VARCHAR)", params)
	return names
}

// parametersOf collects the parameters in an expression.
func (r *resolver) parametersOf(v any, params map[string]string) {
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			r.parametersOf(e, params)
		}
	case node:
		if textOf(x, "class") == "PARAMETER" {
			if val, ok := r.opt.Params[textOf(x, "identifier")]; ok {
				params[textOf(x, "identifier")] = val
			}
		}
		for _, e := range x {
			r.parametersOf(e, params)
		}
	}
}

// guardText looks at all texts and names between quotes.
func (r *resolver) guardText(text string) error {
	for _, quote := range []string{"'", `"`} {
		parts := strings.Split(text, quote)
		for i := 1; i < len(parts); i += 2 {
			if !looksLikeFile(parts[i]) {
				continue
			}
			if err := r.guardFiles(parts[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// guardFiles finds the local files of a name, as DuckDB will.
func (r *resolver) guardFiles(name string) error {
	name = localName(name)
	if store.IsURL(name) {
		return nil
	}
	if st, err := os.Stat(name); err == nil && !st.IsDir() && !st.Mode().IsRegular() {
		return nil // a stream, which only DuckDB reads
	}
	found, err := files.Find(r.ctx, files.Local(), name, r.opt.Rules)
	if err != nil {
		return queryFileError(err)
	}
	r.read = append(r.read, filesRead{files.Local(), found})
	if r.opt.Rules.AsFiles {
		return nil
	}
	all, err := files.Local().Glob(r.ctx, name)
	if err == nil && len(all) > len(found) {
		err = fmt.Errorf("%w: %s: files there are not part of the table that they lie in, as its manifest shows, and DuckDB would read them (%d of %d); "+
			"read the table with --input, or as 'file://%s', or give --as-files", ErrQuery, name, len(all)-len(found), len(all), absolute(name))
	}
	return err
}

// queryFileError leaves a pattern that only DuckDB understands to DuckDB.
func queryFileError(err error) error {
	if errors.Is(err, path.ErrBadPattern) {
		return nil
	}
	return err
}

func absolute(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		return filepath.ToSlash(abs)
	}
	return name
}

// localName undoes what DuckDB allows before a path.
func localName(name string) string {
	if rest, ok := strings.CutPrefix(name, "file:"); ok {
		if local, ok := strings.CutPrefix(rest, "//localhost/"); ok {
			return "/" + local
		}
		if strings.HasPrefix(rest, "/") {
			return "/" + strings.TrimLeft(rest, "/")
		}
	}
	if rest, ok := strings.CutPrefix(name, "~"); ok && (rest == "" || rest[0] == '/') {
		if home, err := os.UserHomeDir(); err == nil {
			return home + rest
		}
	}
	return name
}
