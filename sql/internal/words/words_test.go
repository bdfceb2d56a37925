package words

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDatabasesThatCannotBeOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.db")
	header := strings.Repeat("x", 8) + "DUCK\xe7\x03" + strings.Repeat("\x00", 38) + "v2.0.1" + strings.Repeat("\x00", 60)
	if err := os.WriteFile(path, []byte(header), 0o600); err != nil {
		t.Fatal(err)
	}
	for msg, want := range map[string]string{
		"IO Error: Trying to read a database file with version number 999, but we can only read versions between 64 and 67.\nMore.": path + " was written by DuckDB v2.0.1 (storage version 999); " +
			"leapscore has DuckDB v1.4.1, which reads 64 to 67. Write a copy with that DuckDB:\n  ATTACH '" + path + "' AS new (READ_ONLY); ATTACH 'copy.db' AS copy (STORAGE_VERSION 'v1.4.0'); COPY FROM DATABASE new TO copy;",
		`IO Error: Could not set lock on file "x": Conflicting lock is held in /usr/bin/python3.11 (PID 123) by user root. See also https://duckdb.org/docs`: path +
			" is open for writing in /usr/bin/python3.11 (PID 123) by user root; wait until that has ended",
		"IO Error: other": `open "` + path + `": IO Error: other`,
	} {
		if got := Open(path, msg, "v1.4.1"); !strings.HasPrefix(got, want) {
			t.Errorf("%q\n is %q\n want %q", msg, got, want)
		}
	}
}

func TestErrorsOfQueries(t *testing.T) {
	for _, x := range []struct {
		msg      string
		database bool
		want     string
	}{
		{"INTERNAL Error: Assertion failed!\nThis error signals an assertion failure within DuckDB.\n\nStack Trace:\n\n0 duckdb::Exception", false,
			"INTERNAL Error: Assertion failed!\nThis is a fault of DuckDB: write the query in another way, or read the files with --input."},
		{"Catalog Error: Table with name x does not exist!\nDid you mean \"pg_settings\"?\n\nLINE 1: x", false,
			"Catalog Error: Table with name x does not exist!\nA query names files, as FROM 'folder/*.parquet', or tables of --db FILE.\n\nLINE 1: x"},
		{"Catalog Error: Table with name x does not exist!\nDid you mean \"xy\"?", true, "Catalog Error: Table with name x does not exist!\nDid you mean \"xy\"?"},
		{"Catalog Error: Table Function with name \"delta_scan\" is not in the catalog, but it exists in the delta extension.\n\nPlease try installing", false,
			"delta_scan is a function of DuckDB's extension delta, which leapscore does not have; " + without},
		{"IO Error: Extension \"/root/.duckdb/sqlite_scanner.duckdb_extension\" not found.\nInstall it first", false,
			"this needs DuckDB's extension sqlite_scanner, which leapscore does not have; " + without},
		{"Parser Error: x", false, "Parser Error: x"},
	} {
		got := Query(x.msg, x.database)
		if got = strings.TrimPrefix(strings.TrimPrefix(got, "Catalog Error: Table Function "), "IO Error: "); !strings.HasSuffix(got, x.want) {
			t.Errorf("%q\n is %q\n want %q", x.msg, got, x.want)
		}
	}
}

func TestStatementsThatAreNoQueries(t *testing.T) {
	for text, want := range map[string]string{
		"LOAD delta": "LOAD is no query", "install delta": "INSTALL is no query", "-- a\n/* b */ ATTACH 'x'": "ATTACH is no query", "COPY (SELECT 1) TO 'x'": "COPY is no query",
		"SELECT 1": "", "FROM x": "", "WITH a AS (SELECT 1) FROM a": "", "(SELECT 1)": "", "VALUES (1)": "", "DESCRIBE x": "", "": "", "SETTING": "", "/* open": "",
	} {
		if got := Statement(text); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
