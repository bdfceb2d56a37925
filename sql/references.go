//go:build !nosql

package sql

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/internal/filetype"
	"leapscore/sources/files"
)

// statements returns the tree of the query: nil if there is none, in which case its
// files are refused by name.
func (r *resolver) statements() (any, error) {
	tree, err := r.conn.tree(r.ctx, r.query)
	switch {
	case err != nil:
		return nil, err
	case tree["error"] != true:
		return tree["statements"], nil
	case textOf(tree, "error_type") == "not implemented" && r.namesFiles():
		return nil, fmt.Errorf("%w: files are read in SELECT only, not in a statement such as PIVOT; read them in a --sql of their own, or write the statement with SELECT", ErrQuery)
	}
	return nil, nil // DuckDB says what is wrong
}

// namesFiles is a quick look for files in a query that is no tree.
func (r *resolver) namesFiles() bool {
	if namesURL(r.query) {
		return r.opt.Files != nil
	}
	lower := strings.ToLower(r.query)
	return slices.ContainsFunc(append(filetype.Extensions(), "read_", "parquet_scan"), func(part string) bool { return strings.Contains(lower, part) })
}

// fileRef is one place of the query that names files.
type fileRef struct {
	node  node
	alias string // by which conditions may call it
	where node   // condition that all rows have to meet, nil if there is none
}

// references collects what names files: tables and arguments of functions.
func (r *resolver) references(tree any) error {
	switch x := tree.(type) {
	case []any:
		for _, v := range x {
			if err := r.references(v); err != nil {
				return err
			}
		}
	case node:
		r.conditions(x)
		switch textOf(x, "type") {
		case "BASE_TABLE":
			r.base(x)
		case "TABLE_FUNCTION":
			if err := r.function(x); err != nil {
				return err
			}
		}
		for key, v := range x {
			if key == conditionField {
				continue
			}
			if err := r.references(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// names notes the names that the query and the database have given to what is no
// file, and the columns that the query names.
func (r *resolver) names(tree any) error {
	var walk func(v any)
	walk = func(v any) {
		switch x := v.(type) {
		case []any:
			for _, e := range x {
				walk(e)
			}
		case node:
			for _, e := range listOf(nodeOf(x, "cte_map"), "map") {
				entry, _ := e.(node)
				r.taken[strings.ToLower(textOf(entry, "key"))] = true
			}
			r.star = r.star || textOf(x, "type") == "STAR"
			if names := listOf(x, "column_names"); len(names) > 0 {
				last, _ := names[len(names)-1].(string)
				r.columns[strings.ToLower(last)] = true
			}
			for _, e := range x {
				walk(e)
			}
		}
	}
	walk(tree)
	if r.opt.Database == "" {
		return nil
	}
	tables, err := r.conn.strings(r.ctx, "SELECT lower(table_name) FROM information_schema.tables", nil)
	for _, t := range tables {
		r.taken[t] = true
	}
	return err
}

// base notes a table that is the name of files.
func (r *resolver) base(n node) {
	name := textOf(n, "table_name")
	if textOf(n, "schema_name") != "" || textOf(n, "catalog_name") != "" {
		return
	}
	isFile := store.IsURL(name) || isTabs(name) || files.FormatOf(name) != "" || isPath(name)
	if !isFile || store.IsURL(name) && r.opt.Files == nil || r.taken[strings.ToLower(name)] {
		return
	}
	r.views[name] = append(r.views[name], newFileRef(n, name))
}

// isPath reports whether a name, which says nothing of a format, can only be of
// files: it has a separator or a wildcard, or there is a folder of this name.
func isPath(name string) bool {
	if strings.ContainsAny(name, "/*") {
		return true
	}
	st, err := os.Stat(localName(name))
	return err == nil && st.IsDir()
}

// newFileRef makes a reference, whose condition r.conditions has left in it.
func newFileRef(n node, name string) *fileRef {
	ref := &fileRef{node: n, alias: textOf(n, "alias")}
	if ref.alias == "" {
		ref.alias = name
	}
	if n["sample"] == nil && len(listOf(n, "column_name_alias")) == 0 {
		ref.where = nodeOf(n, conditionField)
	}
	return ref
}

// conditionField keeps, in the node of a table, the condition of the SELECT
// around it.
const conditionField = "leapscore_condition"

// conditions gives the tables of a SELECT its condition, as far as rows of them
// that do not meet it add nothing to the result.
func (r *resolver) conditions(n node) {
	where := nodeOf(n, "where_clause")
	if textOf(n, "type") != "SELECT_NODE" || where == nil || n["sample"] != nil {
		return
	}
	var give func(from node)
	give = func(from node) {
		switch textOf(from, "type") {
		case "BASE_TABLE", "TABLE_FUNCTION":
			from[conditionField] = where
		case "JOIN":
			kind, ref := textOf(from, "join_type"), textOf(from, "ref_type")
			if from["sample"] != nil || ref == "POSITIONAL" {
				return
			}
			both := kind == "INNER" && (ref == "REGULAR" || ref == "CROSS" || ref == "NATURAL")
			if both || kind == "INNER" || kind == "LEFT" || kind == "SEMI" || kind == "ANTI" {
				give(nodeOf(from, "left"))
			}
			if both {
				give(nodeOf(from, "right"))
			}
		}
	}
	give(nodeOf(n, "from_table"))
}
