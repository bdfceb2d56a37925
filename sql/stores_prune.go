//go:build !nosql

package sql

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"leapscore/engine/store"
	"leapscore/sources"
)

// folderValue is the value of a key in the folders of a file.
type folderValue struct {
	text string
	null bool
}

// hiveNull is the folder's value for a null.
const hiveNull = "__HIVE_DEFAULT_PARTITION__"

// folders finds the keys that the folders of all files have, as DuckDB does:
// anywhere in the name, in the order of the alphabet, none if not all files
// have the same.
func (r *resolver) folders(set *fileSet) error {
	if set.keys != nil || set.hive == sources.HiveOff {
		return nil
	}
	values := map[string][]folderValue{}
	var keys []string
	for i, f := range set.files {
		m := folderValues(f.Name)
		names := slices.Sorted(maps.Keys(m))
		if i == 0 {
			keys = names
		}
		if !slices.Equal(keys, names) || len(names) == 0 {
			if set.hive == sources.HiveOn {
				return &sources.FileError{Name: f.Name, Err: fmt.Errorf("its folders have the keys %q, want one or more, and %q as in %s", names, keys, set.files[0].Name)}
			}
			return nil
		}
		for _, k := range keys {
			v := m[k]
			v.null = v.null && !set.isText() // which DuckDB reads, who knows no nulls here
			values[f.Name] = append(values[f.Name], v)
		}
	}
	set.keys, set.values = keys, values
	return r.folderTypes(set)
}

// folderValues returns what the folders of a name say.
func folderValues(name string) map[string]folderValue {
	parts := strings.Split(name, "/")
	m := map[string]folderValue{}
	for _, p := range parts[:len(parts)-1] {
		key, value, ok := strings.Cut(p, "=")
		if ok && key != "" {
			m[sources.UnescapeFolder(key)] = folderValue{text: sources.UnescapeFolder(value), null: value == hiveNull}
		}
	}
	return m
}

// sameFolders says whether package sources can make columns of the folders too,
// which it does if their order is the same in all files.
func (f *fileSet) sameFolders() sources.Hive {
	var first []string
	for i, o := range f.files {
		var order []string
		for _, p := range strings.Split(o.Name, "/") {
			if key, value, ok := strings.Cut(p, "="); ok && key != "" && value != "" {
				order = append(order, key)
			}
		}
		if i == 0 {
			first = order
		}
		if len(f.keys) != len(order) || !slices.Equal(first, order) {
			return sources.HiveOff
		}
	}
	if len(first) == 0 {
		return sources.HiveOff
	}
	return sources.HiveOn
}

// folderTypes asks DuckDB for the types of the keys: the first one of date,
// time and integer to which the value of the first file can be converted, if
// those of all others can be too, and else text.
func (r *resolver) folderTypes(set *fileSet) error {
	for k := range set.keys {
		typ := "VARCHAR"
		var rows []string
		seen := map[string]bool{}
		for _, f := range set.files {
			if v := set.values[f.Name][k]; !v.null && !seen[v.text] {
				seen[v.text] = true
				rows = append(rows, fmt.Sprintf("(%d, %s)", len(rows), sqlText(v.text)))
			}
		}
		if len(rows) > 0 {
			got, err := r.s.strings(r.ctx, `WITH t(i, v) AS (VALUES `+strings.Join(rows, ", ")+`),
				c AS (SELECT i, TRY_CAST(v AS DATE) IS NOT NULL AS d, TRY_CAST(v AS TIMESTAMP) IS NOT NULL AS t, TRY_CAST(v AS BIGINT) IS NOT NULL AS b FROM t),
				one AS (SELECT CASE WHEN d THEN 'DATE' WHEN t THEN 'TIMESTAMP' WHEN b THEN 'BIGINT' END AS y FROM c WHERE i = 0)
				SELECT CASE WHEN bool_and(CASE y WHEN 'DATE' THEN d WHEN 'TIMESTAMP' THEN t WHEN 'BIGINT' THEN b ELSE false END) THEN min(y) ELSE 'VARCHAR' END FROM c, one`, nil)
			if err != nil {
				return err
			}
			typ = got[0]
		}
		set.types = append(set.types, typ)
	}
	return nil
}

// prune drops the files of which no reference wants a row.
func (r *resolver) prune(set *fileSet, refs []*fileRef) error {
	if err := r.folders(set); err != nil || len(set.keys) == 0 {
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
		if text, ok := r.expression(c); ok {
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
		for _, v := range set.values[f.Name] {
			if v.null {
				row = append(row, "NULL::VARCHAR")
			} else {
				row = append(row, sqlText(v.text))
			}
		}
		rows = append(rows, "("+strings.Join(row, ", ")+")")
	}
	names, list := []string{"f"}, []string{"f AS leapscore_file"}
	for k, key := range set.keys {
		names = append(names, fmt.Sprintf("k%d", k))
		list = append(list, fmt.Sprintf("CAST(k%d AS %s) AS %s", k, set.types[k], quote(key)))
	}
	files, err := r.s.strings(r.ctx, "SELECT leapscore_file FROM (SELECT "+strings.Join(list, ", ")+" FROM (VALUES "+strings.Join(rows, ", ")+
		") AS v("+strings.Join(names, ", ")+")) AS "+quote(ref.alias)+" WHERE ("+strings.Join(conds, ") AND (")+")", params)
	set.decided = err == nil && len(conds) == len(all)
	return files, err == nil
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
			val, ok := r.s.opt.Params[textOf(x, "identifier")]
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
	return slices.ContainsFunc(set.keys, func(k string) bool { return strings.EqualFold(k, name) })
}

// consistent reports whether a function gives the same for the same values.
func (r *resolver) consistent(name string) bool {
	got, err := r.s.strings(r.ctx, `SELECT coalesce(bool_and(stability = 'CONSISTENT' AND function_type = 'scalar'), false)::VARCHAR
		FROM duckdb_functions() WHERE function_name = lower($name::VARCHAR)`, map[string]string{"name": name})
	return err == nil && len(got) == 1 && got[0] == "true"
}

// expression writes an expression of the tree as SQL, and ok if the parser makes
// the same of that.
func (r *resolver) expression(n node) (string, bool) {
	n["alias"] = "" // of a boolean it says nothing
	tree, err := json.Marshal(node{"error": false, "statements": []any{node{"node": node{
		"type": "SELECT_NODE", "modifiers": []any{}, "cte_map": node{"map": []any{}}, "select_list": []any{n},
		"from_table":   node{"type": "EMPTY", "alias": "", "sample": nil, "query_location": json.Number(strconv.FormatUint(1<<64-1, 10))},
		"where_clause": nil, "group_expressions": []any{}, "group_sets": []any{}, "aggregate_handling": "STANDARD_HANDLING",
		"having": nil, "sample": nil, "qualify": nil,
	}, "named_param_map": []any{}}}})
	if err != nil {
		return "", false
	}
	got, err := r.s.strings(r.ctx, "SELECT json_deserialize_sql($t::JSON)", map[string]string{"t": string(tree)})
	if err != nil || len(got) != 1 {
		return "", false
	}
	again, err := (&source{db: r.s.db, con: r.s.con, query: got[0]}).tree(r.ctx)
	list, _ := again.([]any)
	if err != nil || len(list) != 1 {
		return "", false
	}
	stmt, _ := list[0].(node)
	items := listOf(nodeOf(stmt, "node"), "select_list")
	text, ok := strings.CutPrefix(got[0], "SELECT ")
	return text, ok && len(items) == 1 && reflect.DeepEqual(bare(items[0]), bare(n))
}

// bare copies a tree without what says where its text stands.
func bare(v any) any {
	switch x := v.(type) {
	case []any:
		list := make([]any, len(x))
		for i, e := range x {
			list[i] = bare(e)
		}
		return list
	case node:
		m := node{}
		for k, e := range x {
			if k != "query_location" && k != conditionField {
				m[k] = bare(e)
			}
		}
		return m
	}
	return v
}
