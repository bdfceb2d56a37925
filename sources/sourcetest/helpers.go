package sourcetest

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/files"
)

func Open(tb testing.TB, opt sources.Options, globs ...string) sources.Source {
	tb.Helper()
	s, err := files.Open(context.Background(), globs, opt)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func ColumnNames(s sources.Source) []string {
	var names []string
	for _, f := range s.Schema().Fields() {
		names = append(names, f.Name)
	}
	return names
}

// EachBatch calls fn for each batch of all splits, in order.
func EachBatch(s sources.Source, cols []string, mem memory.Allocator, fn func(sources.Split, sources.Batch)) error {
	ctx := context.Background()
	scan, err := s.Scan(ctx, cols)
	if err != nil {
		return err
	}
	defer scan.Close()
	for {
		split, err := scan.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		r, err := split.Open(ctx, mem)
		if err != nil {
			return err
		}
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				r.Close()
				return err
			}
			fn(split, b)
			b.Release()
		}
		if err := r.Close(); err != nil {
			return err
		}
	}
}

// TextColumns reads a whole source as text, by column.
func TextColumns(s sources.Source, cols []string) (map[string][]string, error) {
	out := make(map[string][]string)
	err := EachBatch(s, cols, memory.DefaultAllocator, func(_ sources.Split, b sources.Batch) {
		for i, c := range b.Columns() {
			out[cols[i]] = append(out[cols[i]], Text(c)...)
		}
	})
	return out, err
}

func Diff(t *testing.T, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestFiles(tb testing.TB, pattern string) []string {
	tb.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(names) == 0 {
		tb.Fatalf("%s: %d files, %v", pattern, len(names), err)
	}
	return names
}

func WriteFile(tb testing.TB, name, content string) string {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		tb.Fatal(err)
	}
	var b strings.Builder
	switch filepath.Ext(name) {
	case ".gz":
		w := gzip.NewWriter(&b)
		w.Write([]byte(content))
		w.Close()
	case ".zst":
		w, err := zstd.NewWriter(&b)
		if err != nil {
			tb.Fatal(err)
		}
		w.Write([]byte(content))
		w.Close()
	default:
		b.WriteString(content)
	}
	if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
		tb.Fatal(err)
	}
	return name
}

// Truncate writes the first part of a file beside it.
func Truncate(t *testing.T, name string, share float64) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(filepath.Dir(name), "cut"+filepath.Base(name))
	if err := os.WriteFile(cut, b[:int(float64(len(b))*share)], 0o666); err != nil {
		t.Fatal(err)
	}
	return cut
}

// OneFile returns an Opener of one file in memory.
func OneFile(name string, data []byte) sources.Opener { return memFile{name, data} }

type memFile struct {
	name string
	data []byte
}

func (m memFile) Glob(context.Context, string) ([]store.Object, error) {
	return []store.Object{{Name: m.name, Size: int64(len(m.data))}}, nil
}

func (m memFile) Open(context.Context, string) (store.Reader, error) {
	return memReader{bytes.NewReader(m.data)}, nil
}

// Bytes is a file in memory.
func Bytes(data []byte) store.Reader { return memReader{bytes.NewReader(data)} }

type memReader struct{ *bytes.Reader }

func (memReader) Close() error { return nil }

// Narrow hides columns that not all files have.
func Narrow(s sources.Source, cols ...string) sources.Source { return narrowed{s, cols} }

type narrowed struct {
	sources.Source
	cols []string
}

func (n narrowed) Schema() *arrow.Schema {
	var fields []arrow.Field
	for _, c := range n.cols {
		f, _ := n.Source.Schema().FieldsByName(c)
		fields = append(fields, f...)
	}
	return arrow.NewSchema(fields, nil)
}

// OpenAs opens what patterns match on the local file system by the function of one
// format, or what opt.Opener has.
func OpenAs(tb testing.TB, open func(context.Context, []store.Object, sources.Options) (sources.Source, error), opt sources.Options, globs ...string) sources.Source {
	tb.Helper()
	if opt.Opener == nil {
		opt.Opener = files.Local()
	}
	if opt.BatchRows == 0 {
		opt.BatchRows = sources.DefaultBatchRows
	}
	opt.Warn = func(string) {}
	found, err := files.FindAll(context.Background(), globs, opt)
	if err != nil {
		tb.Fatal(err)
	}
	opt.Format = found.Format
	s, err := open(context.Background(), found.Files, opt)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Types returns the types of the columns of a source.
func Types(s sources.Source) map[string]string {
	got := make(map[string]string)
	for _, f := range s.Schema().Fields() {
		got[f.Name] = f.Type.String()
	}
	return got
}

// OpenStream opens a stream as standard input.
func OpenStream(format sources.Format, in io.Reader) (sources.Source, error) {
	return files.Open(context.Background(), []string{"-"}, sources.Options{Stdin: in, Format: format})
}

// BenchmarkColumns measures how fast the columns cols of a source are read.
func BenchmarkColumns(b *testing.B, s sources.Source, cols []string) {
	b.ReportAllocs()
	var rows int64
	for b.Loop() {
		err := EachBatch(s, cols, memory.DefaultAllocator, func(_ sources.Split, rec sources.Batch) {
			rows += rec.NumRows()
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
