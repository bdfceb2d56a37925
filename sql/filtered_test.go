//go:build !nosql

package sql

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/testseed"
	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

// mixed writes files with columns of many kinds, nulls among them.
func mixed(t testing.TB, rows int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range 3 {
		copyTo(t, fmt.Sprintf(`SELECT i, CASE WHEN hash(i) %% 10 = 0 THEN NULL ELSE (hash(i, 1) %% 1000)::DOUBLE / 8 END AS d,
			CASE WHEN hash(i) %% 7 = 0 THEN NULL ELSE 'w' || hash(i, 2) %% 12 END AS w, 'text number ' || i AS s, hash(i, 3) %% 2 = 0 AS b,
			DATE '2026-01-01' + (i %% 400)::INT AS day, (hash(i, 4) %% 256)::UTINYINT AS u, (i %% 3000)::SMALLINT AS n,
			(i * 0.01)::DECIMAL(12, 2) AS dec, CASE WHEN i %% 5 = 0 THEN NULL ELSE [i, NULL, 3] END AS l, {'x': i, 'y': 'y' || i} AS st
			FROM range(%d, %d) t(i)`, i*rows/3, (i+1)*rows/3), filepath.Join(dir, fmt.Sprintf("f%d.parquet", i)))
	}
	return dir
}

// TestAWhereOverFilesIsThatOfDuckDB compares rows, types and order with those of
// the query in a subquery, which DuckDB runs as a whole.
func TestAWhereOverFilesIsThatOfDuckDB(t *testing.T) {
	dir := mixed(t, 60_000)
	cases := []struct {
		query string
		own   bool // a filtered source
	}{
		{"SELECT * FROM '%s/*.parquet' WHERE d >= 1", true},
		{"SELECT * FROM '%s/*.parquet' WHERE d < 3", true},
		{"SELECT s, l, i FROM '%s/*.parquet' t WHERE t.b AND NOT (w = 'w1' OR d IS NULL)", true},
		{"SELECT l AS list, st, dec FROM '%s/*.parquet' WHERE w IN ('w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7') AND day BETWEEN '2026-01-05' AND DATE '2026-12-01'", true},
		{"SELECT w FROM '%s/*.parquet' WHERE s LIKE '%%1%%' AND lower(w) >= 'w' AND st.x %% 3 <> 1", true},
		{"SELECT b, u, n, day FROM '%s/*.parquet' WHERE CASE WHEN b THEN u > 60 ELSE n < 2000 END", true},
		{"SELECT i FROM '%s/*.parquet' WHERE i < 7000 OR i > 55000", true},
		{"SELECT i FROM '%s/*.parquet' WHERE i >= 0 AND TRY_CAST(substr(s, 13) AS INT) > 5", true},
		{"SELECT i FROM '%s/*.parquet' WHERE i > 1000000", true},
		{"SELECT i FROM '%s/*.parquet' WHERE filename LIKE '%%f1.parquet' OR file_row_number < 15000", true},
		{"SELECT i FROM '%s/f1.parquet' WHERE i = (SELECT max(i) FROM '%[1]s/f1.parquet')", false},
		{"SELECT i FROM '%s/*.parquet' WHERE b ORDER BY i", false},
		{"SELECT i + 1 AS i FROM '%s/*.parquet' WHERE b", false},
		{"SELECT count(*) AS n FROM '%s/*.parquet' WHERE b", false},
	}
	for _, c := range cases {
		t.Run(c.query, func(t *testing.T) {
			query := fmt.Sprintf(c.query, dir)
			src := open(t, query, Options{})
			if _, ok := src.(*filtered); ok != c.own {
				t.Errorf("filtered: %v, want %v", ok, c.own)
			}
			scan, err := src.Scan(t.Context(), []string{src.Schema().Field(0).Name})
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := scan.(*filteredScan); ok != c.own {
				t.Errorf("scan of the files: %v, want %v", ok, c.own)
			}
			if err := scan.Close(); err != nil {
				t.Error(err)
			}
			sameAsSubquery(t, query)
		})
	}
}

func sameAsSubquery(t *testing.T, query string) {
	t.Helper()
	types, got := read(t, query, Options{Threads: 2})
	wantTypes, want := readFrom(t, duck(t, query, Options{Threads: 2}))
	if !slices.Equal(types, wantTypes) {
		t.Errorf("%s: types %v, want %v", query, types, wantTypes)
	}
	if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("%s: %d rows, want %d, or another value", query, len(got), len(want))
	}
}

// TestRandomConditionsOverFilesAreThoseOfDuckDB makes conditions by chance.
func TestRandomConditionsOverFilesAreThoseOfDuckDB(t *testing.T) {
	dir := mixed(t, 30_000)
	atoms := []string{
		"d %s 60", "i %s 15000", "w %s 'w5'", "day %s DATE '2026-07-01'", "n %s 1500", "u %s 100", "dec %s 150.5", "length(s) %s 16", "st.y %s 'y2'",
		"coalesce(d, 0) %s 50", "l[1] %s 9000", "(d + u) %s 170",
	}
	signs := []string{"<", "<=", ">", ">=", "=", "<>", "IS DISTINCT FROM"}
	rnd := testseed.Rand(t, 7, 7)
	var cond func(depth int) string
	cond = func(depth int) string {
		switch k := rnd.IntN(10); {
		case depth > 2 || k < 5:
			return fmt.Sprintf(atoms[rnd.IntN(len(atoms))], signs[rnd.IntN(len(signs))])
		case k == 5:
			return "NOT (" + cond(depth+1) + ")"
		case k == 6:
			return "b"
		case k == 7:
			return "(" + cond(depth+1) + ") IS NOT TRUE"
		default:
			return "(" + cond(depth+1) + []string{" AND ", " OR "}[k-8] + cond(depth+1) + ")"
		}
	}
	for range 15 {
		sameAsSubquery(t, fmt.Sprintf("SELECT * FROM '%s/*.parquet' WHERE %s", dir, cond(0)))
	}
}

func TestFilteredFilesConform(t *testing.T) {
	query := fmt.Sprintf("SELECT i, w, l FROM '%s/*.parquet' WHERE n < 2900", mixed(t, 135_000))
	_, rows := read(t, "SELECT * FROM ("+query+")", Options{})
	sourcetest.RunConformance(t, sourcetest.Config{
		Rows: int64(len(rows)),
		Open: func(tb testing.TB) sources.Source {
			src, err := Open(tb.Context(), query, Options{})
			if err != nil {
				tb.Fatal(err)
			}
			return src
		},
	})
}

func TestSplitsOfFilteredFilesHaveEnoughRows(t *testing.T) {
	dir := mixed(t, 300_000)
	src := open(t, fmt.Sprintf("SELECT i FROM '%s/*.parquet' WHERE i < 12000 OR i > 20000 AND i %% 6 = 0", dir), Options{})
	got := sourcetest.ReadAll(t, src, memory.DefaultAllocator, []string{"i"}, 2)
	for i, s := range got.Splits[:len(got.Splits)-1] {
		if s.Rows < filterRows || s.Rows > sources.SplitRows {
			t.Errorf("split %d of %d has %d rows", i, len(got.Splits), s.Rows)
		}
	}
}

func TestParametersOfAFilterAreBound(t *testing.T) {
	dir := mixed(t, 30_000)
	query := fmt.Sprintf("SELECT i FROM '%s/*.parquet' WHERE day >= $from AND w <> $word", dir)
	opt := Options{Params: map[string]string{"from": "2026-02-01", "word": "w3' OR true --"}}
	if _, ok := open(t, query, opt).(*filtered); !ok {
		t.Error("the query is not filtered")
	}
	_, got := read(t, query, opt)
	_, want := read(t, "SELECT * FROM ("+query+")", opt)
	if !slices.EqualFunc(got, want, slices.Equal[[]string]) || len(got) < 10_000 {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
}

func TestAFilterThatFailsSaysWhy(t *testing.T) {
	dir := mixed(t, 30_000)
	src := open(t, fmt.Sprintf("SELECT i FROM '%s/*.parquet' WHERE i < 0 OR CAST(replace(s, '29000', 'x') AS VARCHAR) <> 'text number x' OR error('no ' || s) > 1", dir), Options{})
	_, err := scanAll(t.Context(), src)
	if err == nil || !strings.Contains(err.Error(), "no text number 29000") {
		t.Errorf("%v, want the error of the condition", err)
	}
}

func TestCancelEndsAFilter(t *testing.T) {
	src := open(t, fmt.Sprintf("SELECT i FROM '%s/*.parquet' WHERE i >= 0", mixed(t, 30_000)), Options{})
	ctx, cancel := context.WithCancel(t.Context())
	scan, err := src.Scan(ctx, []string{"i"})
	if err != nil {
		t.Fatal(err)
	}
	defer scan.Close()
	cancel()
	split, err := scan.Next()
	if err == nil {
		var r sources.Reader
		if r, err = split.Open(ctx, memory.DefaultAllocator); err == nil {
			_, err = r.Next()
			r.Close()
		}
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context canceled", err)
	}
}

// A list after IN that DuckDB makes a join of would lose the order of the rows.
func TestListsAfterINKeepTheOrder(t *testing.T) {
	dir := mixed(t, 60_000)
	query := fmt.Sprintf("SELECT i FROM '%s/*.parquet' WHERE w IN ('w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7')", dir)
	for _, q := range []string{query, "SELECT * FROM (" + query + ")"} {
		for range 5 {
			_, rows := read(t, q, Options{Threads: 4})
			last := int64(-1)
			for _, row := range rows {
				i, err := strconv.ParseInt(row[0], 10, 64)
				if err != nil || i <= last {
					t.Fatalf("%s: row %s after row %d: %v", q, row[0], last, err)
				}
				last = i
			}
		}
	}
}
