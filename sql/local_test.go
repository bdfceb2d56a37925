//go:build !nosql

package sql

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"
)

// writeText writes files, by name and text.
func writeText(t *testing.T, dir string, files ...string) {
	t.Helper()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOptionsOfLocalReaders(t *testing.T) {
	dir := t.TempDir()
	copyTo(t, "SELECT 1::INT AS a, 'x'::BLOB AS b", filepath.Join(dir, "1.parquet"))
	copyTo(t, "SELECT 0.5::DOUBLE AS a, 'y'::BLOB AS b, 7 AS z", filepath.Join(dir, "2.parquet"))
	writeText(t, dir,
		"h/k=007/x.txt", "a;c;d\n1;007;2026-01-01\n", "h/k=8/x.txt", "d;a;c\n2026-01-02;2.5;8\n",
		"x.tsv", "a\tb\n1\tx y\n2.5\tz\n", "array.json", `[{"a": 1}, {"a": 2.5}]`, "q.csv", "a,b\n1,007\n2.5,8\n")
	for _, c := range []struct {
		query string
		types []string
		rows  [][]string
	}{
		{"FROM read_parquet('DIR/*.parquet', union_by_name = true)", []string{"float64", "binary", "int32"}, [][]string{{"1", "eA==", "(null)"}, {"0.5", "eQ==", "7"}}},
		{"SELECT a, b, n FROM read_parquet('DIR/1.parquet', filename = 'n', binary_as_string = true)", []string{"int32", "utf8", "utf8"}, [][]string{{"1", "x", "DIR/1.parquet"}}},
		{"SELECT a, file_row_number FROM read_parquet('DIR/1.parquet', file_row_number = true)", []string{"int32", "int64"}, [][]string{{"1", "0"}}},
		{"SELECT a, filename FROM 'DIR/*.parquet' WHERE file_row_number < 1", []string{"float64", "utf8"}, [][]string{{"1", "DIR/1.parquet"}, {"0.5", "DIR/2.parquet"}}},
		{"SELECT a FROM read_parquet('DIR/' || $name)", []string{"int32"}, [][]string{{"1"}}},
		{"SELECT a, c, d, k FROM read_csv('DIR/h/*/*.txt', delim = ';')", []string{"float64", "utf8", "date32", "utf8"},
			[][]string{{"1", "007", "2026-01-01", "007"}, {"2.5", "8", "2026-01-02", "8"}}},
		{"SELECT a FROM read_csv('DIR/h/*/*.txt', delim = ';') WHERE k = '8'", []string{"float64"}, [][]string{{"2.5"}}},
		{"SELECT a, c FROM read_csv('DIR/h/*/*.txt', delim = ';', types = {'c': 'BIGINT'})", []string{"float64", "int64"}, [][]string{{"1", "7"}, {"2.5", "8"}}},
		{"SELECT a, c FROM read_csv('DIR/h/*/*.txt', delim = ';', all_varchar = true)", []string{"utf8", "utf8"}, [][]string{{"1", "007"}, {"2.5", "8"}}},
		{"FROM 'DIR/x.tsv'", []string{"float64", "utf8"}, [][]string{{"1", "x y"}, {"2.5", "z"}}},
		{"FROM read_json('DIR/array.json', format = 'array')", []string{"float64"}, [][]string{{"1"}, {"2.5"}}},
		{"SELECT a * 2 AS a, b FROM 'DIR/q.csv' WHERE a > 1", []string{"float64", "utf8"}, [][]string{{"5", "8"}}},
		{"FROM read_csv('DIR/q.csv', columns = {'a': 'DOUBLE', 'b': 'VARCHAR'})", []string{"float64", "utf8"}, [][]string{{"1", "007"}, {"2.5", "8"}}},
		{"SELECT size FROM read_text('DIR/x.tsv')", []string{"int64"}, [][]string{{"16"}}},
		{"WITH \"no.csv\" AS (SELECT 1 AS a) FROM \"no.csv\"", []string{"int32"}, [][]string{{"1"}}},
	} {
		t.Run(c.query, func(t *testing.T) {
			opt := Options{Params: map[string]string{}, Types: map[string]arrow.DataType{}}
			if strings.Contains(c.query, "$name") {
				opt.Params["name"] = "1.parquet"
			}
			types, rows := read(t, strings.ReplaceAll(c.query, "DIR", dir), opt)
			for _, row := range rows {
				for i := range row {
					row[i] = strings.ReplaceAll(row[i], dir, "DIR")
				}
			}
			if diff := cmp.Diff(c.types, types); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.rows, rows); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatCannotBeReadAsItIsMeantIsNamed(t *testing.T) {
	dir := t.TempDir()
	copyTo(t, "SELECT 1::INT AS a", filepath.Join(dir, "1.parquet"))
	writeText(t, dir, "s.csv", "a;b\n1;2\n", "c.csv", "a,A\n1,2\n", "array.json", `[{"a": 1}]`)
	for _, c := range []struct{ query, want string }{
		{"FROM read_parquet('DIR/1.parquet', compression = 'snappy')", "no option compression here"},
		{"FROM read_csv('DIR/s.csv', dateformat = '%d')", "add types ="},
		{"FROM 'DIR/s.csv'", "s.csv: its header is the one column \"a;b\"; if ; stands between columns, write read_csv('...', delim = ';')"},
		{"FROM 'DIR/c.csv'", `c.csv: columns "a" and "A"`},
		{"FROM 'DIR/array.json'", "format = 'array'"},
		{"FROM query_table(['DIR/1.parquet'])", "leapscore reads the files of a query itself"},
		{"FROM read_parquet(nofunction('x'))", "must be texts between single quotes"},
		{"FROM 'DIR/none.parquet'", "no files match"},
	} {
		t.Run(c.query, func(t *testing.T) {
			src, err := Open(t.Context(), strings.ReplaceAll(c.query, "DIR", dir), Options{})
			if err == nil {
				src.Close()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q in it", err, c.want)
			}
		})
	}
}

func TestDatabasesMayNotNameFiles(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "x.duckdb")
	copyTo(t, "SELECT 1::INT AS a", filepath.Join(dir, "1.parquet"))
	copyTo(t, "SELECT 0.5::DOUBLE AS a", filepath.Join(dir, "2.parquet"))
	c, err := openConn(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"ATTACH '" + db + "' AS d", "CREATE VIEW d.v AS SELECT * FROM '" + dir + "/*.parquet'", "CREATE TABLE d.t AS SELECT 7.5::DOUBLE AS a",
		"CREATE MACRO d.m(f) AS TABLE SELECT * FROM read_parquet(f)", `CREATE TABLE d."3.csv" AS SELECT 3 AS a`, "DETACH d",
	} {
		if err := c.execute(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"SELECT a FROM t UNION ALL SELECT a FROM 'DIR/*.parquet'": "[[7.5] [1] [0.5]]",
		`FROM "3.csv"`: "[[3]]",
		"SELECT t.a FROM t, 'DIR/*.parquet' f WHERE f.a < 1": "[[7.5]]",
	} {
		if _, rows := read(t, strings.ReplaceAll(query, "DIR", dir), Options{Database: db}); fmt.Sprint(rows) != want {
			t.Errorf("%s: %v, want %s", query, rows, want)
		}
	}
	for _, query := range []string{"FROM v", "FROM m('DIR/1.parquet')"} {
		src, err := Open(t.Context(), strings.ReplaceAll(query, "DIR", dir), Options{Database: db})
		if err == nil {
			_, err = scanAll(t.Context(), src)
			src.Close()
		}
		if err == nil || !strings.Contains(err.Error(), ".parquet") || !strings.Contains(err.Error(), "leapscore reads the files of a query itself") {
			t.Errorf("%s: %v, want that files are not opened", query, err)
		}
	}
}
