//go:build !nosql

package sql

import (
	dbsql "database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/files"
)

// deltaFolder makes a folder t that has a log, and files beside it.
func deltaFolder(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		"t/a.csv": "x\n1\n", "t/a.json": `{"x":1}`, "t/_delta_log/0.json": "{}", "t/ds=1/b.csv": "x\n1\n", "plain/a.csv": "x\n1\n", "plain/a.parquet": "",
	} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	read(t, "SELECT 1", Options{}) // DuckDB is there
	return dir
}

func TestTablesAreNotReadAsFilesByAnyQuery(t *testing.T) {
	dir := deltaFolder(t)
	params := map[string]string{"p": "t/*.csv"}
	for query, params := range map[string]map[string]string{
		`FROM 't/*.csv'`: nil, `FROM "t/a.csv"`: nil, `SELECT x FROM 't/a.csv' WHERE x > 0`: nil, `FROM './plain/../t/a.csv'`: nil,
		`FROM '` + dir + `/t/a.csv'`: nil, `FROM 'file:` + dir + `/t/a.csv'`: nil, `FROM 'file://` + dir + `/t/a.csv'`: nil,
		`FROM 'file://localhost` + dir + `/t/a.csv'`: nil, `FROM '**/a.csv'`: nil, `FROM '*/*.csv'`: nil, `FROM 't/ds=*/*.csv'`: nil,
		`FROM read_csv('t/a.csv')`: nil, `FROM read_csv(['plain/a.csv', 't/a.csv'])`: nil, `FROM read_csv_auto('t/a.csv')`: nil,
		`FROM sniff_csv('t/a.csv')`: nil, `FROM read_json('t/a.json')`: nil, `FROM read_ndjson('t/a.json')`: nil, `FROM read_json_objects('t/a.json')`: nil,
		`FROM read_text('t/a.csv')`: nil, `FROM read_blob('t/a.csv')`: nil, `FROM read_parquet('t/*.parquet')`: nil, `FROM parquet_scan('t/*.parquet')`: nil,
		`FROM parquet_metadata('t/a.parquet')`: nil, `FROM glob('t/*')`: nil, `FROM read_csv('t' || '/a.csv')`: nil, `FROM read_csv(list_value('t/a.csv'))`: nil,
		`FROM read_csv($p)`: params, `FROM read_csv(concat($p))`: params, `FROM read_csv(['t/a.csv'] || ['plain/a.csv'])`: nil,
		`WITH c AS (FROM 't/a.csv') SELECT * FROM c`: nil, `SELECT (SELECT max(x) FROM 't/a.csv') AS m`: nil, `SELECT 1 AS a WHERE 1 IN (SELECT x FROM 't/a.csv')`: nil,
		`FROM 'plain/a.csv' UNION ALL FROM 't/a.csv'`: nil, `FROM 'plain/a.csv' AS a JOIN 't/a.csv' AS b USING (x)`: nil, `FROM delta_scan('t')`: nil,
		`SELECT * FROM (VALUES (1)) AS v(x), LATERAL (SELECT count(*) AS n FROM 't/a.csv') AS l`: nil,
	} {
		src, err := Open(t.Context(), query, Options{Params: params})
		if err == nil {
			err = src.Close()
		}
		var table *files.TableError
		if !errors.As(err, &table) || !strings.HasSuffix(table.Folder, "/t") {
			t.Errorf("%s: %v, want a TableError of t", query, err)
		}
	}
	for _, query := range []string{`FROM query_table('t/a.csv')`, `FROM query('FROM ''t/a.csv''')`, `PIVOT 't/a.csv' ON x USING count(*)`} {
		if src, err := Open(t.Context(), query, Options{}); err == nil {
			t.Errorf("%s: want that DuckDB opens no file", query)
			src.Close()
		}
	}
	if _, rows := read(t, `FROM 't/a.csv'`, Options{Rules: sources.Rules{AsFiles: true}}); len(rows) != 1 {
		t.Errorf("as files: %d rows", len(rows))
	}
	if _, rows := read(t, `SELECT x, 't/a.csv' AS name FROM 'plain/a.csv' WHERE x < 5 OR 't/a.csv' = 'b'`, Options{}); len(rows) != 1 {
		t.Errorf("a text that is the name of a file: %d rows", len(rows))
	}
}

// makeDatabase makes a database file by statements.
func makeDatabase(t *testing.T, path, statements string) {
	t.Helper()
	db, err := dbsql.Open("duckdb", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(statements)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestViewsOfADatabaseAreLookedInto(t *testing.T) {
	dir := deltaFolder(t)
	makeDatabase(t, filepath.Join(dir, "v.db"), "CREATE VIEW seen AS FROM 't/a.csv'; CREATE MACRO called(a) AS TABLE SELECT * FROM read_csv('t/a.csv'); CREATE TABLE y AS SELECT 1 AS x")
	opt := Options{Database: filepath.Join(dir, "v.db")}
	for _, query := range []string{"FROM seen", "FROM SEEN", "FROM called(1)"} {
		if _, err := Open(t.Context(), query, opt); err == nil {
			t.Errorf("%s: want that DuckDB opens no file", query)
		}
		text := "SELECT * FROM (" + query + "), read_text('plain/a.csv')" // which leaves files to DuckDB
		if _, err := Open(t.Context(), text, opt); !errors.As(err, new(*files.TableError)) {
			t.Errorf("%s: %v, want a TableError", text, err)
		}
	}
	if _, rows := read(t, "FROM y", opt); len(rows) != 1 {
		t.Errorf("%d rows", len(rows))
	}
}

// DuckDB has read a file that is another one by the end.
func TestFilesThatDuckDBReadsAreWatched(t *testing.T) {
	for _, query := range []string{"SELECT count(*) AS n FROM 'a.csv'", "SELECT x FROM 'a.csv'", "SELECT sum(x) AS x FROM read_csv('*.csv')", "PIVOT 'a.csv' ON x IN (1, 2) USING count(*)"} {
		t.Chdir(t.TempDir())
		if err := os.WriteFile("a.csv", []byte("x\n1\n2\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		src := open(t, query, Options{})
		if err := files.Unchanged(t.Context(), src); err != nil {
			t.Errorf("%s: %v", query, err)
		}
		if err := os.WriteFile("a.csv", []byte("x\n1\n2\n3\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := files.Unchanged(t.Context(), src); !errors.As(err, new(*store.ChangedError)) {
			t.Errorf("%s: %v, want a ChangedError", query, err)
		}
	}
}

// A folder's value is one, whoever reads the files: a percent sign that begins no code
// stands for itself.
func TestFoldersHaveOneValueInAllQueries(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "k=5%25%zz", "a.csv")
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte("x\n1\n"), 0o666)); err != nil {
		t.Fatal(err)
	}
	makeDatabase(t, filepath.Join(dir, "p.db"), "COPY (SELECT 1 AS x) TO '"+filepath.Join(filepath.Dir(path), "a.parquet")+"' (FORMAT parquet)")
	for _, query := range []string{"SELECT k FROM 'URL'", "SELECT k, 1 AS one FROM 'URL'", "SELECT k FROM 'URL' WHERE k = '5%%zz'", "SELECT k, x + 1 AS y FROM 'URL' WHERE k = '5%%zz'"} {
		query = strings.ReplaceAll(query, "URL", "file://"+dir+"/*/*.parquet")
		if _, rows := read(t, query, Options{Files: &urls{}}); len(rows) != 1 || rows[0][0] != "5%%zz" {
			t.Errorf("%s: %q, want one row of 5%%%%zz", query, rows)
		}
	}
}
