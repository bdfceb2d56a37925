package duckfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// header is what a DuckDB 2.0.1 writes at the beginning of a file.
var header = "\xc6\x33\xd7\xef\xb9\x4c\x4a\xedDUCK\xe7\x03" + strings.Repeat("\x00", 38) + "v2.0.1" + strings.Repeat("\x00", 26) + "8d78114e90" + strings.Repeat("\x00", 22)

func TestTheHeaderTellsVersions(t *testing.T) {
	h, err := Read(write(t, "new.db", header))
	if want := (Header{999, "v2.0.1"}); h != want || err != nil {
		t.Errorf("%+v, %v; want %+v", h, err, want)
	}
}

func TestOtherFilesAreNamed(t *testing.T) {
	for _, x := range []struct{ name, content, want string }{
		{"x.csv", "a,b\n1,2\n", "is no DuckDB database; leave out --db: a query reads files by name, as in --sql \"FROM '"},
		{"x.db", "SQLite format 3\x00", "is no DuckDB database but one of SQLite"},
		{"x.db", "", "is no DuckDB database: it is empty"},
		{"x.db", header[:83], "is no DuckDB database"},
	} {
		_, err := Read(write(t, x.name, x.content))
		if !errors.Is(err, ErrOther) || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s with %q: %v, want %q", x.name, x.content, err, x.want)
		}
	}
	if _, err := Read(t.TempDir()); !errors.Is(err, ErrOther) || !strings.Contains(err.Error(), "but a folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// Whatever the bytes are, reading them is a header or an error.
func FuzzRead(f *testing.F) {
	f.Add([]byte(header))
	f.Add([]byte("PAR1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x.db")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if h, err := Read(path); err == nil && (len(data) < headerBytes || len(h.Writer) > writerBytes) {
			t.Errorf("%d bytes are read as %+v", len(data), h)
		}
	})
}
