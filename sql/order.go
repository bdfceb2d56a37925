//go:build !nosql

package sql

import (
	"context"
	"regexp"
)

// longList is how many values a list after IN may have to be compared one by
// one.
const longList = 100

var hasIn = regexp.MustCompile(`(?i)\bin\s*\(`)

// keepOrder keeps DuckDB from making joins of the lists after IN: a join gives
// the rows in the order in which its threads come by, and the query says no
// such thing. Of long lists it does, since comparing would take too long.
func (c *conn) keepOrder(ctx context.Context, query string) error {
	if !hasIn.MatchString(query) {
		return nil
	}
	tree, err := c.tree(ctx, query)
	if err != nil || longestIn(tree["statements"]) > longList {
		return err
	}
	return c.compareLists(ctx)
}

// compareLists keeps DuckDB from making joins of lists, those that it makes of
// a = 1 OR a = 2 OR ... too.
func (c *conn) compareLists(ctx context.Context) error {
	return c.execute(ctx, "SET disabled_optimizers = 'in_clause'")
}

// longestIn returns how many values the longest list after IN has.
func longestIn(v any) int {
	longest := 0
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			longest = max(longest, longestIn(e))
		}
	case node:
		if t := textOf(x, "type"); t == "COMPARE_IN" || t == "COMPARE_NOT_IN" {
			longest = len(listOf(x, "children")) - 1
		}
		for _, e := range x {
			longest = max(longest, longestIn(e))
		}
	}
	return longest
}
