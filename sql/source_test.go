//go:build !nosql

package sql

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

func open(tb testing.TB, query string, opt Options) sources.Source {
	tb.Helper()
	src, err := Open(tb.Context(), query, opt)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := src.Close(); err != nil {
			tb.Error(err)
		}
	})
	return src
}

// duck is a query whose files DuckDB's own readers read.
func duck(t *testing.T, query string, opt Options) sources.Source {
	t.Helper()
	c, err := openConn(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.close() })
	q, err := c.query(query, opt.Params, opt.BatchRows)
	if err := errors.Join(err, c.keepOrder(t.Context(), query)); err != nil {
		t.Fatal(err)
	}
	return q
}

// read returns the rows of a query as text, column by column.
func read(t *testing.T, query string, opt Options) (types []string, rows [][]string) {
	t.Helper()
	return readFrom(t, open(t, query, opt))
}

func readFrom(t *testing.T, src sources.Source) (types []string, rows [][]string) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	var cols []string
	for _, f := range src.Schema().Fields() {
		cols = append(cols, f.Name)
		types = append(types, f.Type.String())
	}
	scan, err := src.Scan(t.Context(), cols)
	if err != nil {
		t.Fatal(err)
	}
	defer scan.Close()
	for {
		split, err := scan.Next()
		if err == io.EOF {
			return types, rows
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := split.Open(t.Context(), mem)
		if err != nil {
			t.Fatal(err)
		}
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			at := len(rows)
			for range b.NumRows() {
				rows = append(rows, nil)
			}
			for _, c := range b.Columns() {
				for i := range c.Len() {
					rows[at+i] = append(rows[at+i], c.ValueStr(i))
				}
			}
			b.Release()
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSourceConforms(t *testing.T) {
	const rows = 150_000 // two splits
	sourcetest.RunConformance(t, sourcetest.Config{
		Rows: rows,
		Open: func(tb testing.TB) sources.Source {
			src, err := Open(tb.Context(), fmt.Sprintf(`
				SELECT i, i * 0.5 AS d, CASE WHEN i %% 7 = 0 THEN NULL ELSE 'a somewhat longer text ' || i END AS s,
				       [i, NULL, i + 1] AS l, MAP {'k': i} AS m
				FROM range(%d) t(i)`, rows), Options{Threads: 2})
			if err != nil {
				tb.Fatal(err)
			}
			return src
		},
	})
}

func TestEveryTypeIsReadAsItIs(t *testing.T) {
	cases := []struct{ sql, typ, first, second string }{
		{"true", "bool", "true", "(null)"},
		{"(-7)::TINYINT", "int8", "-7", "(null)"},
		{"(-700)::SMALLINT", "int16", "-700", "(null)"},
		{"70000", "int32", "70000", "(null)"},
		{"7000000000", "int64", "7000000000", "(null)"},
		{"200::UTINYINT", "uint8", "200", "(null)"},
		{"60000::USMALLINT", "uint16", "60000", "(null)"},
		{"4000000000::UINTEGER", "uint32", "4000000000", "(null)"},
		{"18000000000000000000::UBIGINT", "uint64", "18000000000000000000", "(null)"},
		{"1.5::FLOAT", "float32", "1.5", "(null)"},
		{"'-0.0'::DOUBLE", "float64", "-0", "(null)"},
		{"'nan'::DOUBLE", "float64", "NaN", "(null)"},
		{"1.25::DECIMAL(4,2)", "decimal(4, 2)", "1.25", "(null)"},
		{"-12345.678::DECIMAL(9,3)", "decimal(9, 3)", "-12345.678", "(null)"},
		{"1234567890.12::DECIMAL(18,2)", "decimal(18, 2)", "1234567890.12", "(null)"},
		{"12345678901234567890.5::DECIMAL(38,1)", "decimal(38, 1)", "12345678901234567890.5", "(null)"},
		{"(-12345678901234567890)::HUGEINT", "decimal(38, 0)", "-12345678901234567890", "(null)"},
		{"'twelve bytes'", "utf8", "twelve bytes", "(null)"},
		{"'thirteen byte'", "utf8", "thirteen byte", "(null)"},
		{"'é\U0001F600'", "utf8", "é\U0001F600", "(null)"},
		{"'\\xAA\\xBB'::BLOB", "binary", "qrs=", "(null)"},
		{"DATE '1969-12-31'", "date32", "1969-12-31", "(null)"},
		{"TIMESTAMP '2026-01-02 03:04:05.678'", "timestamp[us]", "2026-01-02 03:04:05.678Z", "(null)"},
		{"TIMESTAMP_S '2026-01-02 03:04:05'", "timestamp[s]", "2026-01-02 03:04:05Z", "(null)"},
		{"'b'::ENUM('a', 'b')", "dictionary<values=utf8, indices=int32, ordered=false>", "b", "(null)"},
		{"[1.5, NULL]::DOUBLE[]", "list<item: float64, nullable>", "[1.5,null]", "(null)"},
		{"[1.5, 2]::DOUBLE[2]", "list<item: float64, nullable>", "[1.5,2]", "(null)"},
		{"[['a'], []]", "list<item: list<item: utf8, nullable>, nullable>", `[["a"],[]]`, "(null)"},
		{"{'a': 1, 'b': 'x'}", "struct<a: int32, b: utf8>", `{"a":1,"b":"x"}`, "(null)"},
		{"MAP {'k': 1.5::DOUBLE}", "map<utf8, float64, items_nullable>", `[{"key":"k","value":1.5}]`, "(null)"},
		{"NULL", "int32", "(null)", "(null)"},
	}
	for _, c := range cases {
		t.Run(c.sql, func(t *testing.T) {
			types, rows := read(t, "SELECT x FROM (VALUES ("+c.sql+"), (NULL)) t(x)", Options{})
			got := []string{types[0], rows[0][0], rows[1][0]}
			if diff := cmp.Diff([]string{c.typ, c.first, c.second}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOrderOfTheQueryIsKept(t *testing.T) {
	_, rows := read(t, "SELECT i FROM range(400000) t(i) ORDER BY hash(i), i", Options{Threads: 2})
	_, again := read(t, "SELECT i FROM (SELECT i, hash(i) AS h FROM range(400000) t(i)) ORDER BY h, i", Options{Threads: 1})
	same := func(a, b []string) bool { return a[0] == b[0] }
	if len(rows) != 400_000 || !slices.EqualFunc(again, rows, same) {
		t.Fatalf("%d rows, want 400000 in the order of the query", len(rows))
	}
}

func TestParametersAreBoundAsTheirType(t *testing.T) {
	_, rows := read(t, `SELECT i FROM range(10) t(i)
		WHERE i >= $low AND DATE '2026-01-01' + i::INT < $day AND 'x;--' = $text -- the end`, Options{
		Params: map[string]string{"low": "3", "day": "2026-01-06", "text": "x;--"},
	})
	if diff := cmp.Diff([][]string{{"3"}, {"4"}}, rows); diff != "" {
		t.Error(diff)
	}
}

func TestColumnsMayDependOnParameters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.parquet")
	copyTo(t, "SELECT 7 AS a, 'x' AS b", path)
	types, rows := read(t, "SELECT * FROM read_parquet($file)", Options{Params: map[string]string{"file": path}})
	if diff := cmp.Diff([]string{"int32", "utf8"}, types); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]string{{"7", "x"}}, rows); diff != "" {
		t.Error(diff)
	}
}

func TestBadQueriesSayWhatIsWrong(t *testing.T) {
	cases := []struct {
		name, query, want string
		params            map[string]string
	}{
		{"syntax", "SELEC 1", "syntax error", nil},
		{"no table", "SELECT * FROM nowhere", "nowhere", nil},
		{"two statements", "SELECT 1; SELECT 2", "2 statements, want one", nil},
		{"empty", " ; ", "no statement", nil},
		{"not a query", "CREATE TABLE t(i INT)", "CREATE is no query: want one SELECT", nil},
		{"twice the same column", "SELECT 1 AS a, 2 AS a", `named "a"`, nil},
		{"unreadable type", "SELECT INTERVAL 1 DAY AS i", "INTERVAL, which cannot be read; cast it", nil},
		{"missing parameter", "SELECT $x", "--param x=VALUE", nil},
		{"surplus parameter", "SELECT 1 AS a", "no parameter $x", map[string]string{"x": "1"}},
		{"parameter of another type", "SELECT i FROM range(3) t(i) WHERE i > $x", "want an integer", map[string]string{"x": "y"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			src, err := Open(t.Context(), c.query, Options{Params: c.params})
			if err == nil {
				src.Close()
				t.Fatal("no error")
			}
			if !errors.Is(err, ErrQuery) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want one of the query with %q", err, c.want)
			}
		})
	}
}

func TestFailureInTheMiddleIsReported(t *testing.T) {
	src := open(t, "SELECT CASE WHEN i = 299999 THEN error('row ' || i) ELSE 'x' END AS s FROM range(300000) t(i)", Options{})
	scan, err := src.Scan(t.Context(), []string{"s"})
	for err == nil {
		_, err = scan.Next()
	}
	if err == io.EOF || !strings.Contains(err.Error(), "row 299999") {
		t.Errorf("%v, want the message of the failed row", err)
	}
	if scan != nil {
		scan.Close()
	}
}

func TestDatabaseFilesAreReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.duckdb")
	if _, err := Open(t.Context(), "SELECT 1 AS a", Options{Database: path}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v, want that there is no such file", err)
	}
	if err := os.WriteFile(path, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), "SELECT 1 AS a", Options{Database: path}); err == nil {
		t.Error("a file that is no database was opened")
	}
}

func TestCancelEndsARunningQuery(t *testing.T) {
	src := open(t, "SELECT sum(a.i * b.i) AS s FROM range(1000000) a(i), range(1000000) b(i)", Options{})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	scan, err := src.Scan(ctx, []string{"s"})
	if err == nil {
		_, err = scan.Next()
		scan.Close()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context canceled", err)
	}
}

func TestExtensionsAreNeverDownloaded(t *testing.T) {
	for _, q := range []string{"FROM 's3://bucket/x.parquet'", "FROM 'https://localhost/x.parquet'"} {
		if _, err := Open(t.Context(), q, Options{}); err == nil || !strings.Contains(err.Error(), "httpfs") {
			t.Errorf("%s: %v, want that the extension is not there", q, err)
		}
	}
}

// TestWordsAreTheSameHoweverManyThereAre reads columns whose words fit into a
// dictionary, do not, and stop to in the middle of a split.
func TestWordsAreTheSameHoweverManyThereAre(t *testing.T) {
	const query = `SELECT i,
		CASE WHEN i %% 11 = 0 THEN NULL ELSE 'w' || (hash(i) %% 20) END AS few,
		'a long word, longer than twelve bytes ' || (hash(i) %% 500) AS long,
		'w' || hash(i) AS many,
		CASE WHEN i < 60000 THEN CASE WHEN i %% 5 = 0 THEN NULL ELSE 'x' END ELSE 'y' || i END AS later
		FROM range(%d) t(i)`
	_, rows := read(t, fmt.Sprintf(query, 130_000), Options{Threads: 2})
	if len(rows) != 130_000 {
		t.Fatalf("%d rows, want 130000", len(rows))
	}
	_, want := read(t, `SELECT i::VARCHAR AS i, md5(concat_ws('|', i, coalesce(few, '(null)'), long, many, coalesce(later, '(null)'))) AS h FROM (`+fmt.Sprintf(query, 130_000)+")", Options{})
	for i, row := range rows {
		sum := md5.Sum([]byte(strings.Join(row, "|")))
		if got := hex.EncodeToString(sum[:]); row[0] != want[i][0] || got != want[i][1] {
			t.Fatalf("row %d: %q", i, row)
		}
	}
}

// A split is held in memory as a whole: where chunks are wide, or have few rows
// in the room of many, as those with lists may, it has fewer of them.
func TestSplitsAreBounded(t *testing.T) {
	var wide []string
	for i := range 200 {
		wide = append(wide, fmt.Sprintf("i + %d::DOUBLE AS c%d", i, i))
	}
	for name, query := range map[string]string{
		"many columns":  "SELECT " + strings.Join(wide, ", ") + " FROM range(80_000) t(i)",
		"long texts":    "SELECT repeat('x', 1000 + i % 2) AS s FROM range(150_000) t(i)",
		"long lists":    "SELECT range(i % 2, 300) AS l FROM range(60_000) t(i)",
		"few rows each": "SELECT [i] AS a, i AS b, i AS c, i AS d FROM range(4_000_000) t(i) WHERE i % 1500 = 0",
	} {
		t.Run(name, func(t *testing.T) {
			src := open(t, query, Options{Threads: 2})
			var cols []string
			for _, f := range src.Schema().Fields() {
				cols = append(cols, f.Name)
			}
			got := sourcetest.ReadAll(t, src, memory.DefaultAllocator, cols, 2)
			if len(got.Splits) < 2 {
				t.Errorf("%d split of %d rows, want several", len(got.Splits), got.Count())
			}
			for _, s := range got.Splits {
				if name == "many columns" && s.Rows > 60_000 {
					t.Errorf("%s has %d rows", s.Name, s.Rows)
				}
			}
		})
	}
}
