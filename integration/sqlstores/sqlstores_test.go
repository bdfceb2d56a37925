//go:build !nosql

// Package sqlstores holds the tests of queries over object stores, against real
// servers.
package sqlstores

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud" // s3, gs and azblob
	"leapscore/integration/servers"
	"leapscore/sources"
	"leapscore/sql"
)

// files opens URLs.
type files struct {
	mu    sync.Mutex
	found map[string]func(context.Context) (store.Reader, error)
}

func (f *files) Glob(ctx context.Context, pattern string) ([]store.Object, error) {
	st, name, err := store.Open(ctx, pattern)
	if err != nil {
		return nil, err
	}
	list, err := st.Glob(ctx, name)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.found == nil {
		f.found = map[string]func(context.Context) (store.Reader, error){}
	}
	for i, o := range list {
		list[i].Name = st.URL(o.Name)
		f.found[list[i].Name] = func(ctx context.Context) (store.Reader, error) { return st.Open(ctx, o.Name) }
	}
	return list, err
}

func (f *files) Open(ctx context.Context, name string) (store.Reader, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.found[name](ctx)
}

// query returns the types and the rows of a query as text.
func query(t *testing.T, text string) (types []string, rows [][]string) {
	t.Helper()
	src, err := sql.Open(t.Context(), text, sql.Options{Files: &files{}, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
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
		rows = append(rows, readSplit(t, split)...)
	}
}

func readSplit(t *testing.T, split sources.Split) (rows [][]string) {
	t.Helper()
	r, err := split.Open(t.Context(), memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		b, err := r.Next()
		if err == io.EOF {
			return rows
		}
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
}

// put writes an object into the bucket of a server.
func put(t *testing.T, s *servers.Server, name string, data []byte) {
	t.Helper()
	st, object, err := store.Open(t.Context(), s.URL(name))
	if err != nil {
		t.Fatal(err)
	}
	if err := st.WriteFile(t.Context(), object, data); err != nil {
		t.Fatal(err)
	}
}

type home struct {
	ID    int64    `parquet:"id"`
	City  string   `parquet:"city,dict"`
	Price *float64 `parquet:"price,optional"`
	Tags  []string `parquet:"tags,list"`
}

// homes returns the objects that the tests query, by name.
func homes(t *testing.T) map[string][]byte {
	t.Helper()
	objects := map[string][]byte{}
	for day := range 3 {
		var table bytes.Buffer
		w := parquet.NewGenericWriter[home](&table)
		lines, cells := "", "id,city,price,since\n"
		for i := range 200 {
			h := home{ID: int64(day*200 + i), City: []string{"Paris", "Roma", "a city with a long name"}[i%3], Tags: make([]string, i%3)}
			if i%5 != 0 {
				p := float64(i) / 8
				h.Price = &p
			}
			if _, err := w.Write([]home{h}); err != nil {
				t.Fatal(err)
			}
			lines += fmt.Sprintf(`{"id": %d, "name": "n%d", "at": "2026-01-%02d 10:00:00"}`+"\n", h.ID, i, day+1)
			cells += fmt.Sprintf("%d,%s,%g,2026-01-%02d\n", h.ID, h.City, float64(i)/8, day+1)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		objects[fmt.Sprintf("homes/day=2026-01-0%d/part-0.parquet", day+1)] = table.Bytes()
		objects[fmt.Sprintf("names/%d.jsonl", day)] = []byte(lines)
		objects[fmt.Sprintf("cells/%d.csv", day)] = []byte(cells)
	}
	return objects
}

var queries = []string{
	"SELECT * FROM 'BASE/homes/*/*.parquetARGS'",
	"SELECT id, price * 2 AS double, upper(city) AS city FROM 'BASE/homes/**/*.parquetARGS' WHERE id % 7 = 0",
	"SELECT city, count(*) AS n, sum(price) AS s FROM 'BASE/homes/*/*.parquetARGS' WHERE day >= '2026-01-02' GROUP BY city ORDER BY city",
	"SELECT h.id, n.name, n.at, c.since FROM 'BASE/homes/*/*.parquetARGS' h JOIN 'BASE/names/*.jsonlARGS' n USING (id) JOIN read_csv('BASE/cells/*.csvARGS') c USING (id) ORDER BY id",
	"SELECT h.id, h.tags, local.name FROM 'BASE/homes/*/*.parquetARGS' h LEFT JOIN 'LOCAL/names/1.jsonl' local USING (id) ORDER BY id",
	"SELECT * FROM read_parquet(['BASE/homes/day=2026-01-01/part-0.parquetARGS', 'BASE/homes/day=2026-01-02/part-0.parquetARGS'], hive_partitioning = false)",
}

// TestAQueryGivesTheSameFromEveryStore compares every kind of store with files,
// which DuckDB reads itself.
func TestAQueryGivesTheSameFromEveryStore(t *testing.T) {
	objects := homes(t)
	local := t.TempDir()
	for name, data := range objects {
		path := filepath.Join(local, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range servers.All(t) {
		t.Run(s.Scheme, func(t *testing.T) {
			s.Setenv(t)
			for name, data := range objects {
				put(t, s, name, data)
			}
			base, args, _ := strings.Cut(s.URL(""), "?")
			if args != "" {
				args = "?" + args
			}
			for _, q := range queries {
				types, rows := query(t, strings.NewReplacer("BASE", local, "LOCAL", local, "ARGS", "").Replace(q))
				got, gotRows := query(t, strings.NewReplacer("BASE", strings.TrimSuffix(base, "/"), "LOCAL", local, "ARGS", args).Replace(q))
				if diff := cmp.Diff(types, got); diff != "" {
					t.Errorf("%s: %s", q, diff)
				}
				if diff := cmp.Diff(rows, gotRows); diff != "" || len(rows) < 3 {
					t.Errorf("%s: %d rows: %s", q, len(rows), diff)
				}
			}
		})
	}
}

// TestOnlyTheNeededBytesAreRequested queries 2 of 20 columns in 1 of 4 folders
// through a proxy that notes what is asked for.
func TestOnlyTheNeededBytesAreRequested(t *testing.T) {
	s := servers.S3(t)
	p := servers.Through(t, s)
	p.Setenv(t)
	const rows = 20_000
	group := parquet.Group{}
	for c := range 20 {
		group[fmt.Sprintf("c%02d", c)] = parquet.Leaf(parquet.DoubleType)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	var table bytes.Buffer
	w := parquet.NewWriter(&table, parquet.NewSchema("t", group))
	for range rows {
		row := make(parquet.Row, 20)
		for c := range row {
			row[c] = parquet.DoubleValue(rnd.Float64()).Level(0, 0, c)
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for z := range 4 {
		put(t, s, fmt.Sprintf("wide/z=%d/x.parquet", z), table.Bytes())
	}
	base, args, _ := strings.Cut(p.URL("wide/*/*.parquet"), "?")
	_, got := query(t, "SELECT count(*) AS n, sum(c01) > 0 AND sum(c18) > 0 AS ok FROM '"+base+"?"+args+"' WHERE z = 2")
	if diff := cmp.Diff([][]string{{fmt.Sprint(rows), "true"}}, got); diff != "" {
		t.Error(diff)
	}
	asked := map[string]int64{}
	for _, r := range p.Seen() {
		var from, to int64
		if _, err := fmt.Sscanf(r.Range, "bytes=%d-%d", &from, &to); err == nil && r.Method == "GET" {
			asked[r.Path] += to - from + 1
		}
	}
	if len(asked) != 1 {
		t.Errorf("asked for %v, want one object", asked)
	}
	for name, n := range asked {
		// Two columns of twenty that lie apart, and the footer. The bytes between
		// columns that are close are read with them, since a request costs more.
		if !strings.Contains(name, "z=2") && !strings.Contains(name, "z%3D2") || n > int64(table.Len())*2/20+200_000 || n < int64(table.Len())*2/20 {
			t.Errorf("%d bytes of %s, which has %d, want those of two columns of twenty", n, name, table.Len())
		}
	}
}
