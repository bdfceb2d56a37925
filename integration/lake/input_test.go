package lake

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"leapscore/sources"
)

// Tables that deltalake has changed have files whose rows are not theirs any more:
// none is read, however it is asked for.
func TestDeltaTablesAreNotReadAsFiles(t *testing.T) {
	for _, kind := range []string{"overwrite", "delete", "update", "optimize", "restore", "checkpoint"} {
		dir := filepath.Join(t.TempDir(), "t")
		rows, ok := python(t, "history.py", kind, dir).(float64)
		files, err := filepath.Glob(dir + "/*.parquet")
		if err != nil || !ok || rows < 5 || len(files) < 2 {
			t.Fatalf("%s: %v rows in %d files, %v: want a table with files that it does not have any more", kind, rows, len(files), err)
		}
		for _, patterns := range [][]string{{dir}, {dir + "/*.parquet"}, {filepath.Dir(dir)}, files, files[:1]} {
			if _, err := sources.OpenFiles(t.Context(), patterns, sources.Options{}); !errors.As(err, new(*sources.TableError)) {
				t.Errorf("%s: %q: %v, want a TableError", kind, patterns, err)
			}
		}
		if err := os.RemoveAll(dir + "/_delta_log"); err != nil {
			t.Fatal(err)
		}
		if src, err := sources.OpenFiles(t.Context(), []string{dir}, sources.Options{}); err != nil {
			t.Errorf("%s: files without a log: %v", kind, err)
		} else if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
}
