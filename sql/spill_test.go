//go:build !nosql

package sql

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
)

// sorted spills under sortMemory: it orders about 26 MB of text.
const (
	sorted     = "SELECT md5(i::VARCHAR) || md5((i+1)::VARCHAR) AS t FROM range(400000) r(i) ORDER BY t"
	sortMemory = 40 << 20
)

// countRows reads all of a query's rows, and calls look with each batch.
func countRows(t *testing.T, src sources.Source, look func()) (n int64, err error) {
	t.Helper()
	err = sources.Each(t.Context(), src, []string{"t"}, memory.NewGoAllocator(), func(b sources.Batch) error {
		n += b.NumRows()
		look()
		return nil
	})
	return n, err
}

func TestQueriesSpillApart(t *testing.T) {
	dir := t.TempDir()
	open := func() sources.Source {
		src, err := Open(t.Context(), sorted, Options{Memory: sortMemory, Threads: 2, TempDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		return src
	}
	a, b := open(), open()
	var spilled []string
	look := func() {
		found, _ := filepath.Glob(filepath.Join(dir, "*", "duckdb", "*"))
		spilled = append(spilled, found...)
	}
	for _, src := range []sources.Source{a, b} {
		if n, err := countRows(t, src, look); n != 400000 || err != nil {
			t.Errorf("%d rows, %v, want 400000", n, err)
		}
	}
	if len(spilled) == 0 {
		t.Error("nothing was spilled: the test proves nothing")
	}
	for _, src := range []sources.Source{a, b} {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
	if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestAQueryNeedsNoPlaceToSpill(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for query, fits := range map[string]bool{"SELECT i::VARCHAR AS t FROM range(10) r(i)": true, sorted: false} {
		src, err := Open(t.Context(), query, Options{Memory: sortMemory, Threads: 2, TempDir: missing})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := countRows(t, src, func() {}); (err == nil) != fits {
			t.Errorf("%s: %v, want an error: %v", query, err, !fits)
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
}
