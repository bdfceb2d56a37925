//go:build !nosql

package sql

import (
	"encoding/json"
	"fmt"
	"strings"
)

// reason says in a clause why DuckDB runs a query, such as "the query has a GROUP
// BY". A function that asks for one returns an empty reason if nothing speaks
// against reading the files directly.
type reason string

// unknownPart is the reason where the parser says more than is known here.
const unknownPart reason = "the query has a part that leapscore does not know"

// parsed is what json_serialize_sql says of a query that only names columns.
type parsed struct {
	Error      bool `json:"error"`
	Statements []struct {
		Node   selectNode `json:"node"`
		Params []any      `json:"named_param_map"`
	} `json:"statements"`
}

type selectNode struct {
	Type      string     `json:"type"`
	Modifiers []modifier `json:"modifiers"`
	CTEs      cteMap     `json:"cte_map"`
	List      []listItem `json:"select_list"`
	From      fromTable  `json:"from_table"`
	Where     any        `json:"where_clause"`
	GroupBy   []any      `json:"group_expressions"`
	GroupSets []any      `json:"group_sets"`
	Aggregate string     `json:"aggregate_handling"`
	Having    any        `json:"having"`
	Sample    any        `json:"sample"`
	Qualify   any        `json:"qualify"`
}

type modifier struct {
	Type string `json:"type"`
}

type cteMap struct {
	Map []any `json:"map"`
}

type listItem struct {
	Class            string   `json:"class"`
	Type             string   `json:"type"`
	Alias            string   `json:"alias"`
	Location         uint64   `json:"query_location"`
	Relation         string   `json:"relation_name"`
	Exclude          []any    `json:"exclude_list"`
	Replace          []any    `json:"replace_list"`
	Columns          bool     `json:"columns"`
	Expr             any      `json:"expr"`
	QualifiedExclude []any    `json:"qualified_exclude_list"`
	Rename           []any    `json:"rename_list"`
	Names            []string `json:"column_names"`
}

type fromTable struct {
	Type     string `json:"type"`
	Alias    string `json:"alias"`
	Sample   any    `json:"sample"`
	Location uint64 `json:"query_location"`
	Schema   string `json:"schema_name"`
	Table    string `json:"table_name"`
	Names    []any  `json:"column_name_alias"`
	Catalog  string `json:"catalog_name"`
	AtClause any    `json:"at_clause"`
}

// parsePlain returns the SELECT that json_serialize_sql wrote, or why it does more
// than to name columns of one table, with a WHERE or without.
func parsePlain(text string) (*selectNode, reason) {
	var q parsed
	dec := json.NewDecoder(strings.NewReader(text))
	if err := dec.Decode(&q); err != nil {
		return nil, unknownPart
	}
	if q.Error || len(q.Statements) != 1 {
		return nil, "the statement is no SELECT"
	}
	if why := q.Statements[0].Node.notPlain(); why != "" {
		return nil, why
	}
	// Decoding once more refuses fields that are not listed, so that nothing is
	// overlooked.
	var all parsed
	dec = json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if err := dec.Decode(&all); err != nil {
		return nil, unknownPart
	}
	return &all.Statements[0].Node, ""
}

// notPlain returns what the SELECT does besides naming columns of one table.
func (n *selectNode) notPlain() reason {
	switch {
	case n.Type == "SET_OPERATION_NODE":
		return "the query is a UNION, an INTERSECT or an EXCEPT"
	case n.Type == "CTE_NODE", len(n.CTEs.Map) > 0:
		return "the query has a WITH"
	case n.Type != "SELECT_NODE":
		return unknownPart
	case len(n.Modifiers) > 0:
		return n.Modifiers[0].reason()
	case len(n.GroupBy)+len(n.GroupSets) > 0, n.Aggregate != "STANDARD_HANDLING":
		return "the query has a GROUP BY"
	case n.Having != nil:
		return "the query has a HAVING"
	case n.Qualify != nil:
		return "the query has a QUALIFY"
	case n.Sample != nil, n.From.Sample != nil:
		return "the query takes a sample"
	}
	if why := n.From.notTable(); why != "" {
		return why
	}
	for i, item := range n.List {
		if why := item.notColumn(i, len(n.List)); why != "" {
			return why
		}
	}
	return ""
}

func (m modifier) reason() reason {
	switch m.Type {
	case "ORDER_MODIFIER":
		return "the query has an ORDER BY"
	case "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER":
		return "the query has a LIMIT or an OFFSET"
	case "DISTINCT_MODIFIER":
		return "the query has a DISTINCT"
	}
	return unknownPart
}

// notTable returns what the FROM is if it is not the name of one table.
func (f *fromTable) notTable() reason {
	switch f.Type {
	case "BASE_TABLE":
	case "EMPTY":
		return "the query has no FROM"
	case "JOIN":
		return "the query joins tables"
	case "SUBQUERY":
		return "the query selects from another query"
	case "TABLE_FUNCTION":
		return "the query selects from a function: only FROM 'files' is read directly"
	case "EXPRESSION_LIST":
		return "the query selects from VALUES"
	case "PIVOT":
		return "the query has a PIVOT or an UNPIVOT"
	case "SHOW_REF":
		return "the query is a DESCRIBE, a SHOW or a SUMMARIZE"
	default:
		return unknownPart
	}
	switch {
	case f.Schema != "", f.Catalog != "":
		return "the query selects from a table of a schema, not from files"
	case len(f.Names) > 0:
		return "the query gives the columns other names behind FROM"
	case f.AtClause != nil:
		return "the query has an AT behind FROM"
	}
	return ""
}

// notColumn returns what item i of a list of n columns is if it is not the name of
// a column, nor all of them.
func (c *listItem) notColumn(i, n int) reason {
	switch {
	case c.Type == "STAR" && (c.Columns || c.Expr != nil):
		return "the query selects COLUMNS(...)"
	case c.Type == "STAR" && len(c.Exclude)+len(c.QualifiedExclude)+len(c.Replace)+len(c.Rename) > 0:
		return "the query has a * with EXCLUDE, REPLACE or RENAME"
	case c.Type == "STAR" && n > 1:
		return "the query selects a * and other columns"
	case c.Type == "STAR", c.Type == "COLUMN_REF" && len(c.Names) == 1:
		return ""
	case c.Type == "COLUMN_REF":
		return reason(fmt.Sprintf("the query selects %s: only names of columns without a table before them, and without a field behind them, are read directly",
			strings.Join(c.Names, ".")))
	}
	return reason(fmt.Sprintf("column %d of the query is computed", i+1))
}
