//go:build !nosql

package sql

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine/store"
)

// urls is an opener of URLs that notes what it is asked for.
type urls struct {
	mu     sync.Mutex
	found  map[string]func(context.Context) (store.Reader, error)
	opened []string
}

func (u *urls) Glob(ctx context.Context, pattern string) ([]store.Object, error) {
	st, name, err := store.Open(ctx, pattern)
	if err != nil {
		return nil, err
	}
	list, err := st.Glob(ctx, name)
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.found == nil {
		u.found = map[string]func(context.Context) (store.Reader, error){}
	}
	for i, o := range list {
		list[i].Name = "file:///" + o.Name
		u.found[list[i].Name] = func(ctx context.Context) (store.Reader, error) { return st.Open(ctx, o.Name) }
	}
	return list, err
}

func (u *urls) Open(ctx context.Context, name string) (store.Reader, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.opened = append(u.opened, name)
	return u.found[name](ctx)
}

// names returns the files that were opened, each once, by the end of their names.
func (u *urls) names(root string) []string {
	var list []string
	for _, n := range u.opened {
		list = append(list, strings.TrimPrefix(n, "file://"+root+"/"))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// allTypes has a column of every type that DuckDB writes to Parquet and this
// package reads, with nulls here and there.
const allTypes = `SELECT i::TINYINT AS i8, (i * 7)::SMALLINT AS i16, i::INTEGER AS i32, i::BIGINT * 10000000000 AS i64,
	(i %% 200)::UTINYINT AS u8, i::USMALLINT AS u16, i::UINTEGER AS u32, i::UBIGINT AS u64,
	i / 7::FLOAT AS f, CASE WHEN i %% 5 = 0 THEN NULL ELSE i / 7::DOUBLE END AS d, i %% 3 = 0 AS b,
	CASE WHEN i %% 4 = 0 THEN NULL ELSE 'w' || (i %% 9) END AS words, 'a text longer than twelve bytes ' || i AS long,
	CASE WHEN i %% 6 = 0 THEN NULL ELSE 'é' || (i %% 3) || ' and more than twelve' END AS longwords,
	DATE '2026-01-01' - i::INTEGER AS day, TIMESTAMP '1969-12-31 23:59:59.123456' + INTERVAL (i) HOUR AS ts,
	TIMESTAMPTZ '2026-01-01 00:00:00+01' + INTERVAL (i) MINUTE AS tz, ('2026-01-01 00:00:0' || (i %% 10))::TIMESTAMP_NS AS ns,
	('2026-01-01 00:00:0' || (i %% 10))::TIMESTAMP_MS AS ms, TIME '12:34:56.789' + INTERVAL (i) SECOND AS t,
	(i * 1.1)::DECIMAL(4,1) AS d4, (i * 1.1)::DECIMAL(9,2) AS d9, (i * 1.1)::DECIMAL(18,3) AS d18, (-i * 1.1)::DECIMAL(38,4) AS d38,
	'\xAA\x00'::BLOB || i::VARCHAR::BLOB AS bytes,
	CASE WHEN i %% 7 = 0 THEN NULL WHEN i %% 7 = 1 THEN [] ELSE [i, NULL, i + 1] END AS ints,
	[['x' || i, NULL], [], NULL] AS nested,
	CASE WHEN i %% 3 = 0 THEN NULL ELSE {'a': i, 'b': {'c': 'c' || i, 'd': [i]}} END AS st,
	[{'k': i, 'v': CASE WHEN i %% 2 = 0 THEN NULL ELSE {'w': 1.5 * i} END}, NULL] AS structs,
	CASE WHEN i %% 3 = 1 THEN NULL ELSE MAP {'k' || i: i, 'z': NULL} END AS m
	FROM range(%d) t(i)`

func TestEveryTypeOfFilesIsAsDuckDBReadsIt(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.parquet")
	copyTo(t, fmt.Sprintf(allTypes, 120), path)
	for _, query := range []string{
		"SELECT * FROM '%s'",
		"SELECT * FROM read_parquet('%s') ORDER BY i32 %% 7, i32",
		"SELECT i32, d, st, st.b.d AS sd, ints FROM '%s' AS x WHERE i32 > 5 AND x.d IS NOT NULL",
		"SELECT count(*) AS n, count(d) AS d FROM '%s'",
		"SELECT words, sum(i32) AS s, list(long ORDER BY i32) AS l FROM read_parquet(['%s']) GROUP BY words ORDER BY words",
		"SELECT a.*, b.nested AS other FROM '%s' a JOIN '" + path + "' b ON a.i32 = b.i32 + 1 ORDER BY a.i32",
		"WITH c AS (SELECT * FROM '%s') SELECT i32 FROM c UNION ALL SELECT i16 FROM c",
		"SELECT unnest(structs) AS s FROM '%s'",
	} {
		t.Run(query, func(t *testing.T) {
			types, rows := readFrom(t, duck(t, fmt.Sprintf(query, path), Options{}))
			u := &urls{}
			gotTypes, got := read(t, fmt.Sprintf(query, "file://"+path), Options{Files: u, Threads: 2})
			if diff := cmp.Diff(types, gotTypes); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(rows, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"x.parquet"}, u.names(dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOrderOfFilesIsKept(t *testing.T) {
	dir := t.TempDir()
	for i := range 5 {
		copyTo(t, fmt.Sprintf("SELECT %d * 100000 + i AS id, 'w' || (i %% 100) AS w FROM range(100000) t(i)", i), filepath.Join(dir, fmt.Sprintf("%d.parquet", i)))
	}
	_, rows := read(t, "SELECT id, w FROM 'file://"+dir+"/*.parquet' WHERE id % 3 = 0", Options{Files: &urls{}, Threads: 2})
	if len(rows) != 166_667 {
		t.Fatalf("%d rows, want 166667", len(rows))
	}
	for i, row := range rows {
		if want := []string{fmt.Sprint(3 * i), fmt.Sprintf("w%d", 3*i%100)}; !slices.Equal(want, row) {
			t.Fatalf("row %d is %q, want %q", i, row, want)
		}
	}
}

// partitions writes a table of Hive folders.
func partitions(t *testing.T, ext string) string {
	t.Helper()
	dir := t.TempDir()
	for z := range 3 {
		for d := range 3 {
			folder := filepath.Join(dir, fmt.Sprintf("z=%d/day=2026-01-0%d", z, d+1))
			if err := os.MkdirAll(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			copyTo(t, fmt.Sprintf("SELECT %d * 10 + %d AS a, 'x' AS b", z, d), filepath.Join(folder, "part"+ext))
		}
	}
	return dir
}

func TestFilesOfUnwantedPartitionsAreNotOpened(t *testing.T) {
	for ext, glob := range map[string]string{".parquet": "/*/*/*.parquet", ".csv": "/**/*.csv", ".json": "/*/*/part.json"} {
		dir := partitions(t, ext)
		for _, c := range []struct {
			query  string
			opened int
		}{
			{"SELECT * FROM '%s'", 9},
			{"SELECT * FROM '%s' WHERE z = 1", 3},
			{"SELECT * FROM '%s' t WHERE t.z = 1 AND day >= DATE '2026-01-02' AND a > 0", 2},
			{"SELECT * FROM '%s' WHERE day = $day::DATE", 3},
			{"SELECT a FROM '%s' WHERE z IN (0, 2) AND (day = '2026-01-01' OR month(day) = 2)", 2},
			{"SELECT a FROM '%s' WHERE z = 1 OR a = 0", 9},
			{"SELECT a FROM '%s' WHERE z = 7", 1},
			{"SELECT a FROM '%s' WHERE z + random() > 7", 9},
			{"SELECT x.a, y.a AS other FROM '%s' x JOIN (VALUES (1, 2)) y(a, z) ON x.z = y.z WHERE x.day = '2026-01-03'", 3},
			{"SELECT x.a, y.n FROM (VALUES (1, 2)) y(n, m) LEFT JOIN '%s' x ON x.z = y.n WHERE x.z IS NULL", 9},
			{"SELECT a FROM (SELECT * FROM '%[1]s' WHERE z = 1) WHERE day IN (SELECT day FROM '%[1]s' WHERE z = 2 AND day < '2026-01-02')", 4},
		} {
			t.Run(ext+" "+c.query, func(t *testing.T) {
				opt := Options{Threads: 2}
				if strings.Contains(c.query, "$day") {
					opt.Params = map[string]string{"day": "2026-01-02"}
				}
				types, rows := readFrom(t, duck(t, fmt.Sprintf(c.query, dir+glob), opt))
				u := &urls{}
				opt.Files = u
				gotTypes, got := read(t, fmt.Sprintf(c.query, "file://"+dir+glob), opt)
				sortRows(rows)
				sortRows(got)
				if diff := cmp.Diff(types, gotTypes); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(rows, got); diff != "" {
					t.Error(diff)
				}
				if opened := u.names(dir); len(opened) != c.opened {
					t.Errorf("%d files opened, want %d: %q", len(opened), c.opened, opened)
				}
			})
		}
	}
}

func sortRows(rows [][]string) { slices.SortFunc(rows, slices.Compare[[]string]) }

func TestFunctionsReadURLs(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"a", "b"} {
		query := fmt.Sprintf("SELECT i, 'x;' || i AS s, DATE '2026-01-01' + i::INT AS day FROM range(%d, %d) t(i)", i*10, i*10+10)
		for _, ext := range []string{".parquet", ".csv", ".json"} {
			copyTo(t, query, filepath.Join(dir, name+ext))
		}
	}
	for _, c := range []struct {
		query  string
		params []string // whose values are files
	}{
		{"FROM read_csv('DIR/*.csv', all_varchar = true)", nil},
		{"FROM read_csv('DIR/a.csv', delim = ';', header = false, names = ['one', 'two'])", nil},
		{"/* é */ SELECT j.s, c.day FROM READ_CSV_AUTO(['DIR/b.csv', 'DIR/a.csv']) c JOIN read_json('DIR/*.json') j USING (i)", nil},
		{"FROM read_parquet(['DIR/a.parquet', 'DIR/b.parquet'], hive_partitioning = false)", nil},
		{"SELECT * FROM read_parquet($file) WHERE i > 3", []string{"a.parquet"}},
		{"SELECT * FROM read_csv($file)", []string{"*.csv"}},
		{"SELECT * FROM read_json($file, format := 'newline_delimited')", []string{"b.json"}},
		{"SELECT content, size FROM read_text('DIR/*.json')", nil},
		{"SELECT * FROM 'DIR/a.csv' UNION ALL BY NAME SELECT * FROM 'DIR/b.json' UNION ALL BY NAME SELECT * FROM 'DIR/*.parquet'", nil},
	} {
		t.Run(c.query, func(t *testing.T) {
			local, remote := Options{}, Options{Files: &urls{}, Threads: 2}
			for _, p := range c.params {
				local.Params = map[string]string{"file": dir + "/" + p}
				remote.Params = map[string]string{"file": "file://" + dir + "/" + p}
			}
			types, rows := readFrom(t, duck(t, strings.ReplaceAll(c.query, "DIR", dir), local))
			gotTypes, got := read(t, strings.ReplaceAll(c.query, "DIR", "file://"+dir), remote)
			sortRows(rows)
			sortRows(got)
			if diff := cmp.Diff(types, gotTypes); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(rows, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatCannotBeReadFromAStoreIsNamed(t *testing.T) {
	dir := t.TempDir()
	copyTo(t, "SELECT 1 AS i", filepath.Join(dir, "a.parquet"))
	copyTo(t, "SELECT 'x' AS s", filepath.Join(dir, "b.parquet"))
	copyTo(t, "SELECT 1 AS i", filepath.Join(dir, "c.csv"))
	if err := os.WriteFile(filepath.Join(dir, "data.bin"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "damaged.parquet"), []byte("PAR1 no parquet PAR1"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ query, want string }{
		{"FROM 'DIR/none/*.parquet'", "no files match"},
		{"FROM 'DIR/data.bin'", "data.bin: its name tells no format"},
		{"FROM 'DIR/*.*'", "read them apart"},
		{"FROM 'DIR/damaged.parquet'", "damaged.parquet: "},
		{"FROM read_parquet('DIR/a.parquet', filename = true)", "no option filename, only hive_partitioning and union_by_name"},
		{"FROM read_csv('DIR/c.csv', filename = true)", "no option filename"},
		{"FROM main.read_parquet('DIR/a.parquet')", "write the function as read_parquet"},
		{"FROM glob('DIR/*')", "glob('DIR/*'): of URLs"},
		{"SELECT missing FROM 'DIR/a.parquet'", `"missing" not found`},
		{"FROM 'nostore://x/y.parquet'", `scheme "nostore"`},
		{"PIVOT 'DIR/a.parquet' ON i USING count(*)", "PIVOT"},
		{"FROM read_parquet(['DIR/a.parquet', '/tmp/x.parquet'])", "write local ones as file:///path"},
	} {
		t.Run(c.query, func(t *testing.T) {
			url := "file://" + dir
			src, err := Open(t.Context(), strings.ReplaceAll(c.query, "DIR", url), Options{Files: &urls{}})
			if err == nil {
				src.Close()
				t.Fatal("no error")
			}
			if want := strings.ReplaceAll(c.want, "DIR", url); !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q in it", err, want)
			}
		})
	}
}
