//go:build !nosql

package sql

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/sources"
)

// everyType has a column of every type that can be collected, where k says which rows
// are null.
const everyType = `SELECT i, CASE WHEN i %% %[2]d = 0 THEN NULL ELSE i %% 3 = 0 END AS truth,
	CASE WHEN i %% %[2]d = 1 THEN NULL ELSE (i %% 100)::TINYINT END AS tiny, (i %% 60000)::USMALLINT AS usmall, i::UINTEGER AS uint,
	CASE WHEN i %% %[2]d = 2 THEN NULL ELSE i * 1.5::FLOAT END AS f, CASE WHEN i %% %[2]d = 3 THEN NULL ELSE i / 7 END AS d,
	CASE WHEN i %% %[2]d = 4 THEN NULL ELSE (i %% 90)::DECIMAL(4, 1) END AS d16, (i * 3)::DECIMAL(9, 2) AS d32,
	CASE WHEN i %% %[2]d = 5 THEN NULL ELSE i::DECIMAL(18, 3) END AS d64, -i::DECIMAL(30, 4) AS d128, i::HUGEINT * 1000000007 * 1000000007 AS huge,
	DATE '2020-01-01' + (i %% 1000)::INT AS day, TIMESTAMP '2020-01-01' + to_seconds(i) AS at,
	CASE WHEN i %% %[2]d = 6 THEN NULL ELSE md5(i::VARCHAR)::UUID END AS id,
	CASE WHEN i %% %[2]d = 7 THEN NULL ELSE (['red', 'green', 'a blue that is long'])[1 + i %% 3]::ENUM('green', 'red', 'a blue that is long') END AS colour,
	CASE WHEN i %% %[2]d = 8 THEN NULL ELSE ('w' || i)::BLOB END AS bytes, CASE WHEN i %% %[2]d = 9 THEN NULL ELSE 'of many, ' || i END AS many,
	CASE WHEN i %% %[2]d = 10 THEN NULL ELSE repeat('é', (i %% 9)::INT) END AS few, NULL AS nothing, 'the same in all rows' AS same, NULL::VARCHAR AS no_text
	FROM range(%[1]d) t(i)`

// TestCollectedRowsAreThoseOfTheResult compares rows that are collected where DuckDB's
// threads make them with those of the result as DuckDB gives it.
func TestCollectedRowsAreThoseOfTheResult(t *testing.T) {
	for name, text := range map[string]string{
		"all":            fmt.Sprintf(everyType, 9_000, 13),
		"mostly null":    fmt.Sprintf(everyType, 5_000, 11) + " WHERE i % 11 < 8",
		"few rows":       fmt.Sprintf(everyType, 100_000, 12) + " WHERE i % 997 = 0",
		"no rows":        fmt.Sprintf(everyType, 10, 12) + " WHERE i < 0",
		"one":            "SELECT 1 AS a, 'x' AS b, NULL AS c",
		"constant":       "SELECT 1 AS a, 'x' AS b, NULL AS c FROM range(5000)",
		"one column":     "SELECT i % 7 || 'w' AS s FROM range(5000) t(i)",
		"sorted":         "SELECT i, hash(i) % 1000 AS h FROM range(20000) t(i) ORDER BY h, i DESC",
		"top":            "SELECT i, hash(i) % 1000 AS h FROM range(20000) t(i) ORDER BY h, i LIMIT 3000 OFFSET 10",
		"first":          "SELECT i, 'w' || i AS w FROM range(200000) t(i) LIMIT 5000",
		"window":         "SELECT i, row_number() OVER (PARTITION BY i % 50 ORDER BY hash(i)) AS n FROM range(20000) t(i) ORDER BY i",
		"grouped":        "SELECT i % 5000 AS g, count(*) AS n, min('w' || i) AS w FROM range(20000) t(i) GROUP BY ALL ORDER BY g",
		"union":          "SELECT i, 'a' AS s FROM range(5000) t(i) UNION ALL SELECT -i, 'b' || i FROM range(5000) t(i)",
		"words and many": "SELECT CASE WHEN i < 4096 THEN 'w' ELSE 'w' || hash(i) END AS s FROM range(9000) t(i)",
		"many words":     "SELECT 'word ' || (hash(i) % 1024) AS s, 'a word that is long ' || (hash(i) % 1025) AS l FROM range(30000) t(i)",
	} {
		t.Run(name, func(t *testing.T) {
			for _, threads := range []int{1, 4} {
				plain := duck(t, text, Options{Threads: threads}).(*query)
				plain.chunks = true
				wantTypes, want := readFrom(t, plain)
				types, got := readFrom(t, duck(t, text, Options{Threads: threads}))
				if diff := cmp.Diff(wantTypes, types) + cmp.Diff(want, got); diff != "" {
					t.Fatalf("%d threads: collected rows differ from those of the result:\n%s", threads, diff)
				}
			}
		})
	}
}

// TestCollectedRowsMayBePicked assembles rows of which the result has only some, and in
// another order than they were collected.
func TestCollectedRowsMayBePicked(t *testing.T) {
	q := duck(t, fmt.Sprintf(everyType, 6_000, 13), Options{Threads: 2}).(*query)
	plain := duck(t, "SELECT * FROM ("+fmt.Sprintf(everyType, 6_000, 13)+") WHERE i % 5 < 3", Options{}).(*query)
	plain.chunks = true
	_, want := readFrom(t, plain)
	f, err := q.conn.rowFunction()
	if err != nil {
		t.Fatal(err)
	}
	// The numbers of rows are filtered once more, behind the function.
	var names []string
	for _, field := range q.schema.Fields() {
		names = append(names, quote(field.Name))
	}
	sc := &scan{ctx: t.Context(), query: q, stop: func() {}, collector: f.collector, schema: q.schema, chunks: map[*block]bool{}}
	for i := range q.columns {
		sc.columns = append(sc.columns, &q.columns[i])
	}
	if err := sc.start(fmt.Sprintf("SELECT n FROM (SELECT %s(%s) AS n, i FROM (%s)) WHERE i %% 5 < 3", f.name, strings.Join(names, ", "), q.text)); err != nil {
		t.Fatal(err)
	}
	got := textsOf(t, sc)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("picked rows differ:\n%s", diff)
	}
}

// textsOf reads a scan as text, and closes it.
func textsOf(t *testing.T, sc sources.Scan) (rows [][]string) {
	t.Helper()
	defer sc.Close()
	for {
		split, err := sc.Next()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := split.Open(t.Context(), memory.DefaultAllocator)
		if err != nil {
			t.Fatal(err)
		}
		for b, err := r.Next(); err != io.EOF; b, err = r.Next() {
			if err != nil {
				t.Fatal(err)
			}
			for i := range int(b.NumRows()) {
				var row []string
				for _, c := range b.Columns() {
					row = append(row, c.ValueStr(i))
				}
				rows = append(rows, row)
			}
			b.Release()
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAScanThatIsLeftMakesRoomForTheNext leaves a scan in the middle, with a split that
// was opened and one that was not, and reads another of other columns.
func TestAScanThatIsLeftMakesRoomForTheNext(t *testing.T) {
	q := duck(t, "SELECT i, 'word ' || i AS w, i % 2 = 0 AS even FROM range(400000) t(i)", Options{Threads: 2})
	left, err := q.Scan(t.Context(), []string{"w", "i"})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := left.Next()
	if err != nil {
		t.Fatal(err)
	}
	r, err := opened.Open(t.Context(), memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := left.Next(); err != nil {
		t.Fatal(err)
	}
	if err := left.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		n := 0
		err := sources.Each(t.Context(), q, []string{"even"}, memory.DefaultAllocator, func(b sources.Batch) error {
			for i := range int(b.NumRows()) {
				if want := fmt.Sprint((n+i)%2 == 0); b.Column(0).ValueStr(i) != want {
					return fmt.Errorf("row %d is %s, want %s", n+i, b.Column(0).ValueStr(i), want)
				}
			}
			n += int(b.NumRows())
			return nil
		})
		if err != nil || n != 400_000 {
			t.Fatalf("%d rows, %v, want 400000", n, err)
		}
	}
	b, err := r.Next()
	if err != nil || b.Column(0).ValueStr(0) != "word 0" || b.Column(1).DataType().ID() != arrow.INT64 {
		t.Fatalf("the split that was opened: %v, %v", b.Record, err)
	}
	b.Release()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}
