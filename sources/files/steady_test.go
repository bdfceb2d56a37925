package files_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/hamba/avro/v2/ocf"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

// changes are ways in which a file becomes another one. None of them waits: a time of
// its own tells a file that is rewritten within a tick of the clock.
var changes = map[string]func(path string, data []byte) error{
	"appended": func(path string, data []byte) error {
		return os.WriteFile(path, slices.Concat(data, []byte{'\n'}), 0o666)
	},
	"cut off": func(path string, data []byte) error { return os.Truncate(path, int64(len(data)/2)) },
	"rewritten": func(path string, data []byte) error {
		return errors.Join(os.WriteFile(path, data, 0o666), os.Chtimes(path, time.Time{}, time.Unix(1, 0)))
	},
	"replaced by one of the same size and time": func(path string, data []byte) error {
		st, err := os.Stat(path)
		if err != nil {
			return err
		}
		return errors.Join(os.WriteFile(path+".new", data, 0o666), os.Chtimes(path+".new", time.Time{}, st.ModTime()), os.Rename(path+".new", path))
	},
	"removed": func(path string, _ []byte) error { return os.Remove(path) },
}

// steadyFiles are two files of each format.
func steadyFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{
		".csv": []byte("a,b\n1,x\n2,y\n"), ".jsonl": []byte(`{"a":1}` + "\n" + `{"a":2}` + "\n"),
		".leap.json": []byte(`{"schema":{"fields":[{"name":"a","type":"double"}]},"rows":[[1.0],[2.0]]}`),
		".avro":      sourcetest.AvroFile(t, sourcetest.AvroSchema, ocf.Null, sourcetest.AvroRows()...),
	}
	for ext, name := range map[string]string{".parquet": "../parquet/testdata/pyarrow_snappy.parquet", ".arrow": "../parquet/testdata/duckdb.arrow", ".arrows": "../arrow/testdata/arrow_deltas.arrows"} {
		data, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		files[ext] = data
	}
	return files
}

// readAfter reads a source, and changes a file after the first batch.
func readAfter(ctx context.Context, src sources.Source, change func() error) error {
	var cols []string
	for _, f := range src.Schema().Fields() {
		cols = append(cols, f.Name)
	}
	scan, err := src.Scan(ctx, cols)
	if err != nil {
		return err
	}
	defer scan.Close()
	for {
		split, err := scan.Next()
		if err == io.EOF {
			return files.Unchanged(ctx, src)
		}
		if err == nil {
			err = split.Each(ctx, memory.DefaultAllocator, func(sources.Batch) error {
				defer func() { change = func() error { return nil } }()
				return change()
			})
		}
		if err != nil {
			return err
		}
	}
}

func TestFilesThatChangeWhileTheyAreReadAreNoticed(t *testing.T) {
	for ext, data := range steadyFiles(t) {
		for how, change := range changes {
			for _, rejecting := range []bool{false, true} {
				for changed := range 2 {
					dir := t.TempDir()
					for i := range 2 {
						if err := os.WriteFile(fmt.Sprintf("%s/%d%s", dir, i, ext), data, 0o666); err != nil {
							t.Fatal(err)
						}
					}
					opt := sources.Options{}
					if rejecting {
						opt.Reject = func(sources.RejectedFile) {}
					}
					src, err := files.Open(t.Context(), []string{dir}, opt)
					if err != nil {
						t.Fatalf("%s: %v", ext, err)
					}
					path := fmt.Sprintf("%s/%d%s", dir, changed, ext)
					err = readAfter(t.Context(), src, func() error { return change(path, data) })
					var is *store.ChangedError
					if !errors.As(err, &is) || is.Name != path || is.Gone != (how == "removed") {
						t.Errorf("%s %s, rejecting %v: %v, want a ChangedError of %s", ext, how, rejecting, err, path)
					}
					if err := src.Close(); err != nil {
						t.Error(err)
					}
				}
			}
		}
	}
}

func TestFilesThatStayAreUnchanged(t *testing.T) {
	for ext, data := range steadyFiles(t) {
		dir := t.TempDir()
		if err := os.WriteFile(dir+"/0"+ext, data, 0o666); err != nil {
			t.Fatal(err)
		}
		src, err := files.Open(t.Context(), []string{dir}, sources.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := readAfter(t.Context(), sources.Limit(src, 1), func() error { return os.Chmod(dir+"/0"+ext, 0o600) }); err != nil {
			t.Errorf("%s: %v", ext, err)
		}
	}
}

func TestObjectsThatChangeAreNoticed(t *testing.T) {
	st := store.New(&store.Mem{})
	put := func(name, text string) {
		if err := st.WriteFile(t.Context(), name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"t/a.csv", "t/ab.csv", "t/b.csv", "u/a.csv"} {
		put(name, "x")
	}
	found, err := st.Glob(t.Context(), "*/*.csv")
	if err != nil || len(found) != 4 {
		t.Fatal(found, err)
	}
	if err := st.Verify(t.Context(), found); err != nil {
		t.Error(err)
	}
	put("t/ab.csv", "x")
	var is *store.ChangedError
	if err := st.Verify(t.Context(), found); !errors.As(err, &is) || is.Name != st.URL("t/ab.csv") || is.Gone {
		t.Errorf("%v, want a ChangedError of t/ab.csv", err)
	}
	if err := errors.Join(st.Delete(t.Context(), "t/a.csv")); err != nil {
		t.Fatal(err)
	}
	if err := st.Verify(t.Context(), found); !errors.As(err, &is) || is.Name != st.URL("t/a.csv") || !is.Gone {
		t.Errorf("%v, want that t/a.csv is gone", err)
	}
}
