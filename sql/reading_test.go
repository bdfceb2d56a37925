//go:build !nosql

package sql

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
)

// Every reason has a query that has it.
func TestAQuerySaysHowItIsRead(t *testing.T) {
	dir := t.TempDir()
	copyTo(t, "SELECT i AS a, i * 0.5 AS b, {'x': i} AS s, 'q' AS leapscore FROM range(10) t(i)", filepath.Join(dir, "a.parquet"))
	copyTo(t, `SELECT i AS s, i AS "ſ" FROM range(10) t(i)`, filepath.Join(dir, "alike.parquet"))
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.csv", "a,b\n1,2\n")
	write("day.csv", "a,day\n1,2026-01-02\n")
	write("a.tsv", "a\tb\n1\t2\n")
	long := strings.TrimSuffix(strings.Repeat("1, ", longList+1), ", ")
	for query, want := range map[string]string{
		"SELECT a FROM {parquet}":                                             "read directly from files",
		"SELECT a AS x, B FROM {parquet} AS t":                                "read directly from files",
		"FROM {csv}":                                                          "read directly from files",
		"SELECT a FROM {parquet} WHERE lower(leapscore) = 'q'":                "read directly from files, after DuckDB has found the rows that meet the WHERE",
		"SELECT a FROM {parquet} UNION ALL SELECT 1":                          "run by DuckDB: the query is a UNION, an INTERSECT or an EXCEPT",
		"WITH x AS (FROM {parquet}) SELECT a FROM x":                          "run by DuckDB: the query has a WITH",
		"SELECT a FROM {parquet} ORDER BY a":                                  "run by DuckDB: the query has an ORDER BY",
		"SELECT a FROM {parquet} LIMIT 3":                                     "run by DuckDB: the query has a LIMIT or an OFFSET",
		"SELECT a FROM {parquet} LIMIT 30%":                                   "run by DuckDB: the query has a LIMIT or an OFFSET",
		"SELECT DISTINCT a FROM {parquet}":                                    "run by DuckDB: the query has a DISTINCT",
		"SELECT a FROM {parquet} GROUP BY a":                                  "run by DuckDB: the query has a GROUP BY",
		"SELECT a FROM {parquet} GROUP BY ALL":                                "run by DuckDB: the query has a GROUP BY",
		"SELECT 1 AS a FROM {parquet} HAVING count(*) > 1":                    "run by DuckDB: the query has a HAVING",
		"SELECT a FROM {parquet} QUALIFY row_number() OVER () = 1":            "run by DuckDB: the query has a QUALIFY",
		"SELECT a FROM {parquet} USING SAMPLE 3 ROWS":                         "run by DuckDB: the query takes a sample",
		"SELECT a FROM {parquet} TABLESAMPLE 50%":                             "run by DuckDB: the query takes a sample",
		"SELECT 1 AS a":                                                       "run by DuckDB: the query has no FROM",
		"SELECT t.a FROM {parquet} t, {csv} u":                                "run by DuckDB: the query joins tables",
		"SELECT a FROM (FROM {parquet})":                                      "run by DuckDB: the query selects from another query",
		"SELECT a FROM read_parquet({parquet})":                               "run by DuckDB: the query selects from a function: only FROM 'files' is read directly",
		"VALUES (1)":                                                          "run by DuckDB: the query selects from VALUES",
		"FROM {csv} PIVOT (sum(b) FOR a IN (1))":                              "run by DuckDB: the query has a PIVOT or an UNPIVOT",
		"SHOW TABLES":                                                         "run by DuckDB: the query is a DESCRIBE, a SHOW or a SUMMARIZE",
		"SELECT table_name FROM information_schema.tables":                    "run by DuckDB: the query selects from a table of a schema, not from files",
		"SELECT x FROM {csv} t(x)":                                            "run by DuckDB: the query gives the columns other names behind FROM",
		"SELECT COLUMNS('a|b') FROM {csv}":                                    "run by DuckDB: the query selects COLUMNS(...)",
		"SELECT * EXCLUDE (b) FROM {csv}":                                     "run by DuckDB: the query has a * with EXCLUDE, REPLACE or RENAME",
		"SELECT * RENAME (b AS x) FROM {csv}":                                 "run by DuckDB: the query has a * with EXCLUDE, REPLACE or RENAME",
		"SELECT *, a AS c FROM {csv}":                                         "run by DuckDB: the query selects a * and other columns",
		"SELECT t.a FROM {csv} t":                                             "run by DuckDB: the query selects t.a: only names of columns without a table before them, and without a field behind them, are read directly",
		"SELECT a, a + 1 AS c FROM {csv}":                                     "run by DuckDB: column 2 of the query is computed",
		"SELECT a FROM {tsv}":                                                 "run by DuckDB: DuckDB cuts text that tabs separate into fields",
		"SELECT table_name FROM duckdb_tables":                                `run by DuckDB: "duckdb_tables" is not a name of files`,
		"SELECT day FROM '{dir}/day.csv'":                                     `run by DuckDB: column "day" is utf8 in the files and date32 in the query`,
		"SELECT filename FROM {parquet}":                                      `run by DuckDB: column "filename" is none of the files`,
		`SELECT s FROM '{dir}/alike.parquet'`:                                 `run by DuckDB: the files have 2 columns that may be "s"`,
		"SELECT a FROM {csv} WHERE a > 1":                                     "run by DuckDB: the query has a WHERE, and its files are not Parquet",
		"SELECT a FROM {parquet} WHERE a > (SELECT 1)":                        "run by DuckDB: the WHERE has a subquery",
		"SELECT a FROM {parquet} WHERE len(list_filter([a], x -> x > 1)) > 0": "run by DuckDB: the WHERE has a lambda",
		"SELECT a FROM {parquet} WHERE COLUMNS('^a$') > 1":                    "run by DuckDB: the WHERE has a COLUMNS(...)",
		"SELECT a FROM {parquet} WHERE leapscore COLLATE NOCASE = 'Q'":        "run by DuckDB: the WHERE has a COLLATE",
		"SELECT a FROM {parquet} WHERE a > 1 IS NOT TRUE":                     "run by DuckDB: DuckDB does not write the WHERE back as it is",
		"SELECT a FROM {parquet} WHERE a IN (" + long + ")":                   fmt.Sprintf("run by DuckDB: the WHERE has an IN of more than %d values", longList),
	} {
		t.Run(query, func(t *testing.T) {
			query = strings.NewReplacer("{dir}", dir, "{parquet}", "'"+dir+"/a.parquet'", "{csv}", "'"+dir+"/a.csv'", "{tsv}", "'"+dir+"/a.tsv'").Replace(query)
			r, ok := ReadingOf(open(t, query, Options{}))
			if !ok || r.String() != want {
				t.Errorf("%q, want %q", r, want)
			}
		})
	}
}

// DuckDB runs a query itself if it refuses to find the rows of its WHERE.
func TestAReasonShowsWhatDuckDBRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.parquet")
	copyTo(t, "SELECT i AS a FROM range(10) t(i)", path)
	src := open(t, "SELECT a FROM '"+path+"' WHERE a > 1", Options{}).(*filtered)
	check := func(want string) {
		t.Helper()
		if got, why := src.direct(t.Context(), Options{}); got != nil || !strings.HasPrefix(string(why), want) {
			t.Errorf("%v and %q, want %q", got, why, want)
		}
	}
	if got, why := src.direct(t.Context(), Options{Database: "x.duckdb"}); got != nil || why != "there is a database (--db), whose tables and views a query may name" {
		t.Errorf("of a database: %v and %q", got, why)
	}
	text := src.conn.tables.list[0].list
	src.conn.tables.list[0].list = "missing"
	check("DuckDB cannot number the rows of the files: query: Binder Error")
	src.conn.tables.list[0].list = text
	if err := src.conn.execute(t.Context(), "SET lock_configuration = true"); err != nil {
		t.Fatal(err)
	}
	check("DuckDB may not give the rows in their order: query: ")
	src.text = "SELECT nothing; SELECT more"
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, why := src.direct(ctx, Options{}); got != nil || !strings.HasPrefix(string(why), "DuckDB does not say how it understands the query: ") {
		t.Errorf("of a query that was cancelled: %v and %q", got, why)
	}
}

// Reasons for which there is no query today.
func TestWhatTheParserSaysBeyondWhatIsKnownIsLeftToDuckDB(t *testing.T) {
	const plain = `{"error":false,"statements":[{"node":{"type":"SELECT_NODE","modifiers":[],"cte_map":{"map":[]},"select_list":[{"class":"COLUMN_REF",
		"type":"COLUMN_REF","alias":"","query_location":7,"column_names":["a"]}],"from_table":{"type":"BASE_TABLE","alias":"","sample":null,"query_location":14,
		"schema_name":"","table_name":"x","column_name_alias":[],"catalog_name":"","at_clause":null},"where_clause":null,"group_expressions":[],"group_sets":[],
		"aggregate_handling":"STANDARD_HANDLING","having":null,"sample":null,"qualify":null},"named_param_map":[]}]}`
	if n, why := parsePlain(plain); why != "" || n.From.Table != "x" {
		t.Fatalf("a plain query: %q", why)
	}
	for _, c := range []struct {
		old, new string
		want     reason
	}{
		{`{"error":false`, `["error"`, unknownPart},
		{`"error":false`, `"error":true`, "the statement is no SELECT"},
		{`"SELECT_NODE"`, `"NEW_NODE"`, unknownPart},
		{`"BASE_TABLE"`, `"NEW_TABLE"`, unknownPart},
		{`"modifiers":[]`, `"modifiers":[{"type":"NEW_MODIFIER"}]`, unknownPart},
		{`"at_clause":null`, `"at_clause":{}`, "the query has an AT behind FROM"},
		{`"qualify":null`, `"qualify":null,"new":null`, unknownPart},
		{`"alias":""`, `"alias":"","new":1`, unknownPart},
	} {
		if n, why := parsePlain(strings.Replace(plain, c.old, c.new, 1)); n != nil || why != c.want {
			t.Errorf("%s in place of %s: %q, want %q", c.new, c.old, why, c.want)
		}
	}
	d := &direct{files: emptySource{fields("a", "b")}, schema: fields("a").Schema(), column: map[string]string{}}
	star := &selectNode{List: []listItem{{Type: "STAR"}}}
	if why := d.match(star); why != "the files have 2 columns, of which the query shows 1" {
		t.Errorf("a * that shows one of two columns: %q", why)
	}
	if src, why := (&source{}).filter(t.Context(), d, &selectNode{Where: "new"}, nil); src != nil || why != unknownPart {
		t.Errorf("a WHERE that is no object: %q, want %q", why, unknownPart)
	}
}

// fields is a source of integers without rows.
func fields(names ...string) sources.Source {
	var list []arrow.Field
	for _, n := range names {
		list = append(list, arrow.Field{Name: n, Type: arrow.PrimitiveTypes.Int64})
	}
	return &query{schema: arrow.NewSchema(list, nil)}
}

// A function that returns no source, and no value, says why.
func TestNoQueryIsLeftToDuckDBInSilence(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set, checked := token.NewFileSet(), 0
	for _, name := range files {
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Type.Results == nil || len(fn.Type.Results.List) != 2 {
				continue
			}
			if last, _ := fn.Type.Results.List[1].Type.(*ast.Ident); last == nil || last.Name != "reason" {
				continue
			}
			checked++
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if ret, ok := n.(*ast.ReturnStmt); ok && isSilent(ret) {
					t.Errorf("%s: %s returns nothing, without a reason", set.Position(ret.Pos()), fn.Name.Name)
				}
				return true
			})
		}
	}
	if checked < 5 {
		t.Errorf("%d functions return a reason beside a result, want at least 5", checked)
	}
}

// isSilent reports whether a statement returns nil or an empty text, and no reason.
func isSilent(ret *ast.ReturnStmt) bool {
	if len(ret.Results) == 0 {
		return true
	}
	if len(ret.Results) != 2 {
		return false // the results of another such function
	}
	first, second := types.ExprString(ret.Results[0]), types.ExprString(ret.Results[1])
	return (first == "nil" || first == `""`) && second == `""`
}
