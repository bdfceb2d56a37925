package parquet_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

// watched is an Opener that says what is open.
type watched struct {
	sources.Opener
	opened chan string // may be nil

	mu   sync.Mutex
	open int
}

func (w *watched) Open(ctx context.Context, name string) (store.Reader, error) {
	r, err := w.Opener.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.open++
	w.mu.Unlock()
	if w.opened != nil {
		w.opened <- name
	}
	return &watchedReader{Reader: r, of: w}, nil
}

type watchedReader struct {
	store.Reader
	of   *watched
	once sync.Once
}

func (r *watchedReader) Close() error {
	r.once.Do(func() {
		r.of.mu.Lock()
		r.of.open--
		r.of.mu.Unlock()
	})
	return r.Reader.Close()
}

// manyFiles writes small files, and one with row groups that are a split each.
func manyFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for i := range 40 {
		writeListings(t, filepath.Join(dir, fmt.Sprintf("small-%02d.parquet", i)), i*100, i*100+100, 1000)
	}
	writeListings(t, filepath.Join(dir, "z.parquet"), 4000, 180_000, 45_000)
	return dir
}

func TestPartsAreReadAheadWhereReadsHaveALatency(t *testing.T) {
	w := &watched{Opener: files.Local(), opened: make(chan string, 1000)}
	s := sourcetest.Open(t, sources.Options{Opener: w, Remote: true}, manyFiles(t))
	for len(w.opened) > 0 {
		<-w.opened // footers
	}
	scan, err := s.Scan(t.Context(), []string{"id"})
	if err != nil {
		t.Fatal(err)
	}
	for len(w.opened) > 0 {
		<-w.opened // page indexes of row groups that are cut
	}
	split, err := scan.Next()
	if err != nil {
		t.Fatal(err)
	}
	r, err := split.Open(t.Context(), memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	b.Release()
	// The test would wait for ever if less were opened.
	for range 9 {
		<-w.opened
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := scan.Close(); err != nil {
		t.Error(err)
	}
	if w.open != 0 {
		t.Errorf("%d files are still open", w.open)
	}
}

func TestReadingAheadChangesNoRow(t *testing.T) {
	dir := manyFiles(t)
	for _, workers := range []int{1, 3} {
		for _, cols := range [][]string{{"id", "price", "vec"}, {"name"}, {}} {
			w := &watched{Opener: files.Local()}
			near := sourcetest.ReadAll(t, sourcetest.Open(t, sources.Options{}, dir), memory.DefaultAllocator, cols, workers)
			far := sourcetest.ReadAll(t, sourcetest.Open(t, sources.Options{Opener: w, Remote: true}, dir), memory.DefaultAllocator, cols, workers)
			if d := cmp.Diff(near, far); d != "" {
				t.Error(d)
			}
			if w.open != 0 {
				t.Errorf("%d files are still open", w.open)
			}
		}
	}
}

func TestAScanThatEndsEarlyFreesWhatWasReadAhead(t *testing.T) {
	w := &watched{Opener: files.Local()}
	s := sourcetest.Open(t, sources.Options{Opener: w, Remote: true}, manyFiles(t))
	ctx, cancel := context.WithCancel(t.Context())
	scan, err := s.Scan(ctx, []string{"id", "vec"})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		split, err := scan.Next()
		if err != nil {
			t.Fatal(err)
		}
		r, err := split.Open(ctx, memory.DefaultAllocator)
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		b.Release()
		defer r.Close()
	}
	cancel()
	if err := scan.Close(); err != nil {
		t.Error(err)
	}
	if w.open != 3 {
		t.Errorf("%d files are open, want those of 3 readers", w.open)
	}
}
