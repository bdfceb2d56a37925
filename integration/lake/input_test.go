package lake

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"leapscore/sources"
	"leapscore/sources/files"
)

// Tables that deltalake has changed have files whose rows are not theirs any more:
// none is read, however it is asked for.
func TestDeltaTablesAreNotReadAsFiles(t *testing.T) {
	for _, kind := range []string{"overwrite", "delete", "update", "optimize", "restore", "checkpoint"} {
		dir := filepath.Join(t.TempDir(), "t")
		rows, ok := python(t, "history.py", kind, dir).(float64)
		inputs, err := filepath.Glob(dir + "/*.parquet")
		if err != nil || !ok || rows < 5 || len(inputs) < 2 {
			t.Fatalf("%s: %v rows in %d files, %v: want a table with files that it does not have any more", kind, rows, len(inputs), err)
		}
		for _, patterns := range [][]string{{dir}, {dir + "/*.parquet"}, {filepath.Dir(dir)}, inputs, inputs[:1]} {
			if _, err := files.Open(t.Context(), patterns, sources.Options{}); !errors.As(err, new(*files.TableError)) {
				t.Errorf("%s: %q: %v, want a TableError", kind, patterns, err)
			}
		}
		if err := os.RemoveAll(dir + "/_delta_log"); err != nil {
			t.Fatal(err)
		}
		if src, err := files.Open(t.Context(), []string{dir}, sources.Options{}); err != nil {
			t.Errorf("%s: files without a log: %v", kind, err)
		} else if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
}
