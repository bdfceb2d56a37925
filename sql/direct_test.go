//go:build !nosql

package sql

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// copyTo writes the rows of a query as a Parquet file, with DuckDB.
func copyTo(t testing.TB, query, path string) {
	t.Helper()
	c, err := openConn(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	format := "FORMAT parquet, ROW_GROUP_SIZE 10000"
	if ext := filepath.Ext(path); ext != ".parquet" {
		format = "FORMAT " + ext[1:]
	}
	if err := c.execute(t.Context(), fmt.Sprintf("COPY (%s) TO '%s' (%s)", query, path, format)); err != nil {
		t.Fatal(err)
	}
}

// TestBareProjectionsReadTheFilesThemselves compares the direct path with
// DuckDB, which a condition that always holds forces.
func TestBareProjectionsReadTheFilesThemselves(t *testing.T) {
	dir := t.TempDir()
	for i := range 3 {
		copyTo(t, fmt.Sprintf(`SELECT i, i * 0.5 AS d, CASE WHEN i %% 3 = 0 THEN NULL ELSE 'w' || i %% 7 END AS s, i %% 2 = 0 AS b,
			DATE '2026-01-01' + i::INT AS day FROM range(%d, %d) t(i)`, i*25_000, (i+1)*25_000), filepath.Join(dir, fmt.Sprintf("f%d.parquet", i)))
	}
	if err := os.MkdirAll(filepath.Join(dir, "day=1"), 0o755); err != nil {
		t.Fatal(err)
	}
	copyTo(t, "SELECT 1 AS i", filepath.Join(dir, "day=1", "x.parquet"))
	cases := []struct {
		query  string
		direct bool
	}{
		{"SELECT * FROM '%s/*.parquet'", true},
		{"FROM '%s/*.parquet' -- all", true},
		{`SELECT s AS word, d, "i" FROM '%s/f*.parquet'`, true},
		{"SELECT D FROM '%s/f1.parquet' AS t", true},
		{"SELECT i, i + 1 AS j FROM '%s/*.parquet'", false},
		{"SELECT i FROM '%s/*.parquet' ORDER BY i DESC", false},
		{"SELECT i FROM '%s/*.parquet' LIMIT 3", false},
		{"SELECT DISTINCT b FROM '%s/*.parquet'", false},
		{"SELECT * EXCLUDE (d) FROM '%s/*.parquet'", false},
		{"SELECT * FROM '%s/*.parquet' USING SAMPLE 3 ROWS", false},
		{"SELECT * FROM '%s/*/*.parquet'", true},
	}
	for _, c := range cases {
		t.Run(c.query, func(t *testing.T) {
			query := fmt.Sprintf(c.query, dir)
			src := open(t, query, Options{})
			if _, ok := src.(*direct); ok != c.direct {
				t.Fatalf("direct: %v, want %v", ok, c.direct)
			}
			if !c.direct {
				return
			}
			types, got := read(t, query, Options{})
			wantTypes, want := readFrom(t, duck(t, query, Options{}))
			if !slices.Equal(types, wantTypes) || !slices.EqualFunc(got, want, slices.Equal[[]string]) {
				t.Errorf("%d rows of %v, want %d of %v, or another value", len(got), types, len(want), wantTypes)
			}
		})
	}
}
