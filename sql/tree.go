//go:build !nosql

package sql

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// node is an object of a query's tree, as json_serialize_sql gives it.
type node = map[string]any

func textOf(n node, field string) string {
	s, _ := n[field].(string)
	return s
}

func nodeOf(n node, field string) node {
	x, _ := n[field].(node)
	return x
}

func listOf(n node, field string) []any {
	x, _ := n[field].([]any)
	return x
}

// serialize writes what DuckDB's parser makes of a query as JSON.
func (c *conn) serialize(ctx context.Context, query string) (string, error) {
	text, err := c.strings(ctx, "SELECT json_serialize_sql($q::VARCHAR)", map[string]string{"q": query})
	if err != nil {
		return "", err
	}
	return text[0], nil
}

// tree returns what DuckDB's parser makes of a query: its statements, or an error
// if there is something in it that it does not write as a tree.
func (c *conn) tree(ctx context.Context, query string) (node, error) {
	text, err := c.serialize(ctx, query)
	if err != nil {
		return nil, err
	}
	var tree node
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("tree of the query: %w", err)
	}
	return tree, nil
}

// expression writes an expression of the tree as SQL, and ok if the parser makes
// the same of that.
func (c *conn) expression(ctx context.Context, n node) (string, bool) {
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
	got, err := c.strings(ctx, "SELECT json_deserialize_sql($t::JSON)", map[string]string{"t": string(tree)})
	if err != nil || len(got) != 1 {
		return "", false
	}
	again, err := c.tree(ctx, got[0])
	list := listOf(again, "statements")
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
