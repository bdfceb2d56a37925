//go:build !nosql

package sql

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/internal/hive"
	"leapscore/sources/files"
)

// settleFolders finds what the folders of all files say.
func (r *resolver) settleFolders(set *fileSet) (err error) {
	if set.settled {
		return nil
	}
	set.settled = true
	set.folders, err = files.FoldersOf(set.files, set.roots, set.hive, r.opt.Types)
	return err
}

// prune drops the files of which no reference wants a row.
func (r *resolver) prune(set *fileSet, refs []*fileRef) error {
	if err := r.settleFolders(set); err != nil || set.folders == nil {
		return err
	}
	keep := map[string]bool{}
	for _, ref := range refs {
		files, ok := r.wanted(set, ref)
		if !ok {
			return r.ctx.Err()
		}
		for _, f := range files {
			keep[f] = true
		}
	}
	kept := slices.DeleteFunc(slices.Clone(set.files), func(o store.Object) bool { return !keep[o.Name] })
	if len(kept) == 0 {
		kept, set.none = set.files[:1], true
	}
	set.files = kept
	return nil
}

// wanted returns the files that may have rows that a reference wants, and ok
// false if its conditions do not tell.
func (r *resolver) wanted(set *fileSet, ref *fileRef) (files []string, ok bool) {
	var conds []string
	params := map[string]string{}
	all := conjuncts(ref.where)
	for _, c := range all {
		needs := map[string]string{}
		if !r.aboutKeys(c, set, ref.alias, needs) {
			continue
		}
		if text, ok := r.conn.expression(r.ctx, c); ok {
			conds = append(conds, text)
			maps.Copy(params, needs)
		}
	}
	if len(conds) == 0 {
		return nil, false
	}
	var rows []string
	for _, f := range set.files {
		row := []string{sqlText(f.Name)}
		for k := range set.folders.Keys {
			row = append(row, valueText(set.folders.Value(f.Name, k)))
		}
		rows = append(rows, "("+strings.Join(row, ", ")+")")
	}
	names, list := []string{"f"}, []string{"f AS leapscore_file"}
	for k, key := range set.folders.Keys {
		names = append(names, fmt.Sprintf("k%d", k))
		list = append(list, fmt.Sprintf("CAST(k%d AS %s) AS %s", k, cmp.Or(castNames[set.folders.Types[k].ID()], "VARCHAR"), quote(key)))
	}
	files, err := r.conn.strings(r.ctx, "SELECT leapscore_file FROM (SELECT "+strings.Join(list, ", ")+" FROM (VALUES "+strings.Join(rows, ", ")+
		") AS v("+strings.Join(names, ", ")+")) AS "+quote(ref.alias)+" WHERE ("+strings.Join(conds, ") AND (")+")", params)
	set.decided = err == nil && len(conds) == len(all)
	return files, err == nil
}

// valueText writes a value of a folder as SQL.
func valueText(v hive.Value) string {
	if v.Null {
		return "NULL::VARCHAR"
	}
	return sqlText(v.Text)
}

// conjuncts returns the conditions that must all hold for a condition to.
func conjuncts(n node) []node {
	if n == nil {
		return nil
	}
	if textOf(n, "type") != "CONJUNCTION_AND" {
		return []node{n}
	}
	var list []node
	for _, c := range listOf(n, "children") {
		if child, ok := c.(node); ok {
			list = append(list, conjuncts(child)...)
		}
	}
	return list
}

// aboutKeys reports whether an expression depends on the keys of folders alone.
// The parameters that it needs are added to params.
func (r *resolver) aboutKeys(v any, set *fileSet, alias string, params map[string]string) bool {
	switch x := v.(type) {
	case []any:
		return !slices.ContainsFunc(x, func(e any) bool { return !r.aboutKeys(e, set, alias, params) })
	case node:
		switch class := textOf(x, "class"); class {
		case "COLUMN_REF":
			return isKey(listOf(x, "column_names"), set, alias)
		case "PARAMETER":
			val, ok := r.opt.Params[textOf(x, "identifier")]
			params[textOf(x, "identifier")] = val
			return ok
		case "FUNCTION":
			if !r.consistent(textOf(x, "function_name")) {
				return false
			}
		case "", "CONSTANT", "COMPARISON", "CONJUNCTION", "OPERATOR", "BETWEEN", "CAST", "CASE":
		default:
			return false // a subquery, a window, a lambda
		}
		for _, e := range x {
			if !r.aboutKeys(e, set, alias, params) {
				return false
			}
		}
	}
	return true
}

func isKey(names []any, set *fileSet, alias string) bool {
	if len(names) == 2 {
		if q, _ := names[0].(string); !strings.EqualFold(q, alias) {
			return false
		}
		names = names[1:]
	}
	if len(names) != 1 {
		return false
	}
	name, _ := names[0].(string)
	return slices.ContainsFunc(set.folders.Keys, func(k string) bool {
		return strings.EqualFold(k, name) && set.folders.Clear(k) && castNames[set.folders.Types[set.key(k)].ID()] != ""
	})
}

// consistent reports whether a function gives the same for the same values.
func (r *resolver) consistent(name string) bool {
	got, err := r.conn.strings(r.ctx, `SELECT coalesce(bool_and(stability = 'CONSISTENT' AND function_type = 'scalar'), false)::VARCHAR
		FROM duckdb_functions() WHERE function_name = lower($name::VARCHAR)`, map[string]string{"name": name})
	return err == nil && len(got) == 1 && got[0] == "true"
}
