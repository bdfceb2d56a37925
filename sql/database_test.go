//go:build !nosql

package sql_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/sql"
)

// A database of DuckDB 2.0.1 is refused with both versions, and the way to a copy.
func TestADatabaseThatIsTooNewSaysHowItGetsRead(t *testing.T) {
	const header = "\xef\x1f\x3d\x1d\x4f\x26\xfa\x9dDUCK\xe7\x03"
	const hash = "\xc7\x00\x38\x78\xce\x91\xcd\xc7\x86\xfb\xc2\x0c\xff\x6f\x21\x2b"
	zeros := func(n int) string { return strings.Repeat("\x00", n) }
	first := header + zeros(38) + "v2.0.1" + zeros(26) + "8d78114e90" + zeros(30) + hash
	path := filepath.Join(t.TempDir(), "new.db")
	if err := os.WriteFile(path, []byte(first+zeros(3*4096-len(first))), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sql.Open(t.Context(), "FROM t", sql.Options{Database: path})
	want := path + " was written by DuckDB v2.0.1 (storage version 999); leapscore has DuckDB " + sql.Version() + ", which reads "
	if !errors.Is(err, sql.ErrQuery) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "(STORAGE_VERSION 'v1.4.0')") {
		t.Errorf("%v\nwant %s", err, want)
	}
}
