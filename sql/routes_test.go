//go:build !nosql

package sql

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/internal/testseed"
	"leapscore/sources"
	"leapscore/sources/files"
)

// A route is a way by which the rows of files are read. All give the same rows, or
// none gives any.
type route struct {
	name string
	open func(t *testing.T, pattern string, types map[string]arrow.DataType) (sources.Source, error)
}

func byPath(prefix string) func(*testing.T, string, map[string]arrow.DataType) (sources.Source, error) {
	return func(t *testing.T, pattern string, types map[string]arrow.DataType) (sources.Source, error) {
		opt := sources.Options{Types: types}
		if prefix != "" {
			opt.Opener, opt.Remote = &urls{}, true
		}
		return files.Open(t.Context(), []string{prefix + pattern}, opt)
	}
}

func byQuery(query string) func(*testing.T, string, map[string]arrow.DataType) (sources.Source, error) {
	return func(t *testing.T, pattern string, types map[string]arrow.DataType) (sources.Source, error) {
		opt := Options{Files: &urls{}, Types: types, Threads: 2, Params: map[string]string{}}
		if strings.Contains(query, "$file") {
			opt.Params["file"] = pattern
		}
		reader := map[sources.Format]string{"": "read_parquet", sources.Parquet: "read_parquet", sources.CSV: "read_csv", sources.JSON: "read_json"}[files.FormatOf(pattern)]
		return Open(t.Context(), strings.NewReplacer("FILES", pattern, "READER", reader).Replace(query), opt)
	}
}

var routes = []route{
	{"path", byPath("")},
	{"file URL", byPath("file://")},
	{"query", byQuery("SELECT * FROM 'FILES'")},
	{"query of a file URL", byQuery("SELECT * FROM 'file://FILES'")},
	{"query in DuckDB", byQuery("SELECT * FROM (SELECT *, 1 AS one FROM 'FILES') WHERE one = 1")},
	{"query of a file URL in DuckDB", byQuery("SELECT *, 1 AS one FROM 'file://FILES'")},
	{"where", byQuery("SELECT * FROM 'FILES' WHERE random() >= 0")},
	{"function", byQuery("FROM READER('FILES')")},
	{"list", byQuery("FROM READER(['FILES'])")},
	{"parameter", byQuery("FROM READER($file)")},
	{"join", byQuery("SELECT a.* FROM 'FILES' a, (SELECT 1 AS one)")},
	{"common table expression", byQuery("WITH t AS (FROM 'FILES') SELECT * FROM t")},
	{"union", byQuery("SELECT * FROM 'FILES' UNION ALL SELECT * FROM 'FILES' WHERE false")},
}

// table is what a route gives: by column, its type and its values, sorted.
type tableOf map[string][]string

// readRoute reads all columns but those that a query adds.
func readRoute(t *testing.T, r route, pattern string, types map[string]arrow.DataType) (tableOf, error) {
	t.Helper()
	src, err := r.open(t, pattern, types)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	var cols []string
	got := tableOf{}
	for _, f := range src.Schema().Fields() {
		if f.Name != "one" {
			cols = append(cols, f.Name)
			got[f.Name] = []string{f.Type.String()}
		}
	}
	var rows [][]string
	err = sources.Each(t.Context(), src, cols, memory.NewGoAllocator(), func(b sources.Batch) error {
		for i := range int(b.NumRows()) {
			var row []string
			for _, c := range b.Columns() {
				row = append(row, c.ValueStr(i))
			}
			rows = append(rows, row)
		}
		return nil
	})
	sorted := slices.Sorted(slices.Values(cols))
	slices.SortFunc(rows, func(a, b []string) int {
		return slices.CompareFunc(sorted, sorted, func(x, y string) int {
			return strings.Compare(a[slices.Index(cols, x)], b[slices.Index(cols, y)])
		})
	})
	for _, row := range rows {
		for i, c := range cols {
			got[c] = append(got[c], row[i])
		}
	}
	return got, err
}

// sameByAll reads a pattern by all routes, and compares with the rows wanted; or,
// if there is an error instead, wants all of its parts in that of each route.
func sameByAll(t *testing.T, pattern string, types map[string]arrow.DataType, want tableOf, refused ...string) {
	t.Helper()
	for _, r := range routes {
		got, err := readRoute(t, r, pattern, types)
		if refused != nil {
			for _, part := range refused {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("%s: %v, want an error with %q", r.name, err, part)
				}
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", r.name, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", r.name, diff)
		}
	}
}

// writeTo writes a file of the rows of a query.
func writeTo(t *testing.T, query string, name ...string) {
	t.Helper()
	path := filepath.Join(name...)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	copyTo(t, query, path)
}

func TestFoldersSayTheSameByAllRoutes(t *testing.T) {
	text, number, day := "utf8", "int64", "date32"
	for _, c := range []struct {
		name    string
		folders []string
		types   map[string]arrow.DataType
		want    tableOf
		refused []string
	}{
		{"leading zeros", []string{"k=007", "k=8"}, nil, tableOf{"k": {text, "007", "8"}}, nil},
		{"integers", []string{"k=-7", "k=8"}, nil, tableOf{"k": {number, "-7", "8"}}, nil},
		{"integers for text", []string{"k=7", "k=8"}, map[string]arrow.DataType{"k": arrow.BinaryTypes.String}, tableOf{"k": {text, "7", "8"}}, nil},
		{"integers for doubles", []string{"k=7", "k=8.5"}, map[string]arrow.DataType{"k": arrow.PrimitiveTypes.Float64}, tableOf{"k": {"float64", "7", "8.5"}}, nil},
		{"null", []string{"k=__HIVE_DEFAULT_PARTITION__", "k=x"}, nil, tableOf{"k": {text, "(null)", "x"}}, nil},
		{"null of numbers", []string{"k=1", "k=__HIVE_DEFAULT_PARTITION__"}, nil, tableOf{"k": {number, "1", "(null)"}}, nil},
		{"dates", []string{"k=2026-01-31", "k=2026-02-01"}, nil, tableOf{"k": {day, "2026-01-31", "2026-02-01"}}, nil},
		{"times", []string{"k=2026-01-31 00%3A00%3A01", "k=2026-02-01"}, nil, tableOf{"k": {text, "2026-01-31 00:00:01", "2026-02-01"}}, nil},
		{"percent signs", []string{"k=5%25%zz", "k=5%2525"}, nil, tableOf{"k": {text, "5%%zz", "5%25"}}, nil},
		{"percent signs in the key", []string{"a%20b=1", "a%20b=2"}, nil, tableOf{"a b": {number, "1", "2"}}, nil},
		{"beyond 64 bits", []string{"k=1", "k=9223372036854775808"}, nil, tableOf{"k": {text, "1", "9223372036854775808"}}, nil},
		{"numbers of other spellings", []string{"k=1e5", "k=+1"}, nil, tableOf{"k": {text, "1e5", "+1"}}, nil},
		{"booleans", []string{"k=true", "k=false"}, nil, tableOf{"k": {text, "true", "false"}}, nil},
		{"an empty value", []string{"k=", "k=1"}, nil, tableOf{"k": {text, "", "1"}}, nil},
		{"other keys", []string{"k=1", "j=2"}, nil, tableOf{"k": {number, "1", "(null)"}, "j": {number, "(null)", "2"}}, nil},
		{"a file outside", []string{"k=1", "sub"}, nil, tableOf{"k": {number, "1", "(null)"}}, nil},
		{"two keys in any order", []string{"k=1/j=a", "j=b/k=2"}, nil, tableOf{"k": {number, "1", "2"}, "j": {text, "a", "b"}}, nil},
		{"a key twice", []string{"k=1/k=2", "k=3"}, nil, nil, []string{"k=1/k=2", `column "k"`}},
		{"a file outside with a column of that name", []string{"id=1", "sub"}, nil, nil, []string{"sub/x.", `column "id"`}},
	} {
		for _, ext := range []string{".parquet", ".csv", ".json"} {
			t.Run(c.name+" "+ext, func(t *testing.T) {
				dir := t.TempDir()
				types := map[string]arrow.DataType{"id": arrow.PrimitiveTypes.Int64}
				for name, typ := range c.types {
					types[name] = typ
				}
				want := tableOf{"id": {"int64", "0", "1"}}
				for name, col := range c.want {
					want[name] = col
				}
				for i, folder := range c.folders {
					writeTo(t, fmt.Sprintf("SELECT %d::BIGINT AS id", i), dir, folder, "x"+ext)
				}
				sameByAll(t, dir+"/**/*"+ext, types, want, c.refused...)
			})
		}
	}
}

func TestPatternsThatSayNoFormatAreTheSameByAllRoutes(t *testing.T) {
	dir := t.TempDir()
	for i := range 2 {
		writeTo(t, fmt.Sprintf("SELECT %d::BIGINT AS id", i), dir, "t", fmt.Sprint("k=", i+1), "x.parquet")
	}
	if err := os.Symlink("t", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	ids, keys := []string{"int64", "0", "1"}, []string{"int64", "1", "2"}
	for _, pattern := range []string{"/t", "/t/", "/link", "/t/k=*", "/t/**", "/t/*/*", "/t/{k=1,k=2}", "/link/k=?"} {
		t.Run(pattern, func(t *testing.T) {
			sameByAll(t, dir+pattern, nil, tableOf{"id": ids, "k": keys})
		})
	}
	for _, name := range []string{"t", "link", "*/*/x.parquet", "t/*"} {
		got, err := readRoute(t, route{name, byQuery("SELECT * FROM 'FILES'")}, name, nil)
		if name == "*/*/x.parquet" { // a link makes each file match twice
			if err == nil || !strings.Contains(err.Error(), "link") {
				t.Errorf("%s: %v, want an error that names the link", name, err)
			}
		} else if diff := cmp.Diff(tableOf{"id": ids, "k": keys}, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
	sameByAll(t, dir+"/none/*", nil, nil, "no files match", "/none/*")
}

func TestColumnsThatDifferBetweenFilesAreTheSameByAllRoutes(t *testing.T) {
	double := map[string]arrow.DataType{"k": arrow.PrimitiveTypes.Float64}
	for _, c := range []struct {
		name    string
		files   []string
		ext     string
		types   map[string]arrow.DataType
		want    tableOf
		refused []string
	}{
		{"int32, double", []string{"SELECT 3::INT AS k", "SELECT 9.6::DOUBLE AS k"}, ".parquet", nil, tableOf{"k": {"float64", "3", "9.6"}}, nil},
		{"int8, float", []string{"SELECT 3::TINYINT AS k", "SELECT (-0.4)::FLOAT AS k"}, ".parquet", nil, tableOf{"k": {"float32", "-0.4", "3"}}, nil},
		{"float, double", []string{"SELECT 0.5::FLOAT AS k", "SELECT 0.1::DOUBLE AS k"}, ".parquet", nil, tableOf{"k": {"float64", "0.1", "0.5"}}, nil},
		{"int32, int64", []string{"SELECT 3::INT AS k", "SELECT 5000000000::BIGINT AS k"}, ".parquet", nil, tableOf{"k": {"int64", "3", "5000000000"}}, nil},
		{"uint8, int8", []string{"SELECT 255::UTINYINT AS k", "SELECT (-128)::TINYINT AS k"}, ".parquet", nil, tableOf{"k": {"int16", "-128", "255"}}, nil},
		{"int64, double", []string{"SELECT 3::BIGINT AS k", "SELECT 9.6::DOUBLE AS k"}, ".parquet", nil, nil, []string{"1.parquet", `column "k"`, "float64", "int64"}},
		{"text, number", []string{"SELECT 3::INT AS k", "SELECT 'x' AS k"}, ".parquet", nil, nil, []string{"1.parquet", `column "k"`}},
		{"decimals", []string{"SELECT 3.5::DECIMAL(9,1) AS k", "SELECT 3.55::DECIMAL(9,2) AS k"}, ".parquet", nil, nil, []string{"1.parquet", `column "k"`}},
		{"a later column", []string{"SELECT 1::INT AS k", "SELECT 2::INT AS k, 3 AS z"}, ".parquet", nil, nil, []string{"0.parquet", `column "z"`}},
		{"an earlier column", []string{"SELECT 1::INT AS k, 3 AS z", "SELECT 2::INT AS k"}, ".parquet", nil, nil, []string{"1.parquet", `column "z"`}},
		{"a later column of CSV", []string{"SELECT 1::INT AS k", "SELECT 2::INT AS k, 3 AS z"}, ".csv", nil, nil, []string{"0.csv", `column "z"`}},
		{"CSV", []string{"SELECT 3 AS k FROM range(25000)", "SELECT 9.6 AS k"}, ".csv", double, nil, nil},
		{"JSON", []string{"SELECT 3 AS k", "SELECT 9.6 AS k, 'x' AS z"}, ".json", double, tableOf{"k": {"float64", "3", "9.6"}, "z": {"utf8", "(null)", "x"}}, nil},
		{"text of CSV", []string{"SELECT 7 AS k", "SELECT '007' AS k"}, ".csv", map[string]arrow.DataType{"k": arrow.BinaryTypes.String}, tableOf{"k": {"utf8", "007", "7"}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for i, query := range c.files {
				writeTo(t, query, dir, fmt.Sprint(i, c.ext))
			}
			if c.want == nil && c.refused == nil {
				c.want = tableOf{"k": append(slices.Concat([]string{"float64"}, slices.Repeat([]string{"3"}, 25000)), "9.6")}
			}
			sameByAll(t, dir+"/*"+c.ext, c.types, c.want, c.refused...)
		})
	}
}

// TestRandomNumbersAreTheSameByAllRoutes makes files with columns of numbers whose
// types differ by chance.
func TestRandomNumbersAreTheSameByAllRoutes(t *testing.T) {
	values := map[string][]string{
		"TINYINT": {"-128", "127", "3"}, "SMALLINT": {"-32768", "32767", "4"}, "INTEGER": {"-2147483648", "2147483647"}, "BIGINT": {"9007199254740993", "-1"},
		"UTINYINT": {"255", "0"}, "USMALLINT": {"65535"}, "UINTEGER": {"4294967295"}, "UBIGINT": {"18446744073709551615"},
		"FLOAT": {"0.1", "-2.5", "3e38"}, "DOUBLE": {"9.6", "0.1", "1e300"}, "DECIMAL(9,2)": {"1.25"},
	}
	types := slices.Sorted(func(yield func(string) bool) {
		for name := range values {
			if !yield(name) {
				return
			}
		}
	})
	rnd := testseed.Rand(t, 3, 5)
	refused := 0
	for range 12 {
		dir := t.TempDir()
		for i := range 3 {
			typ := types[rnd.IntN(len(types))]
			var rows []string
			for _, v := range values[typ] {
				rows = append(rows, fmt.Sprintf("(CAST(%s AS %s))", v, typ))
			}
			writeTo(t, "SELECT * FROM (VALUES "+strings.Join(append(rows, "(NULL)"), ", ")+") v(k)", dir, fmt.Sprint(i, ".parquet"))
		}
		want, err := readRoute(t, routes[0], dir+"/*.parquet", nil)
		if err != nil {
			refused++
			sameByAll(t, dir+"/*.parquet", nil, nil, `column "k"`, ".parquet")
			continue
		}
		sameByAll(t, dir+"/*.parquet", nil, want)
	}
	if refused == 0 || refused == 12 {
		t.Errorf("%d of 12 refused", refused)
	}
}

func TestFilesWithoutColumnsAreRefusedByName(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.json")
	for _, content := range []string{"", "{}\n"} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), "SELECT * FROM '"+file+"'", Options{})
		if want := file + ": neither it nor a file beside it has a column that a query could name"; err == nil || err.Error() != want {
			t.Errorf("%q: error %v, want %s", content, err, want)
		}
	}
}
