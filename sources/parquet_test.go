package sources_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

func open(tb testing.TB, opt sources.Options, globs ...string) sources.Source {
	tb.Helper()
	s, err := sources.OpenFiles(context.Background(), globs, opt)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func columnNames(s sources.Source) []string {
	var names []string
	for _, f := range s.Schema().Fields() {
		names = append(names, f.Name)
	}
	return names
}

// scanRecords calls fn for each batch of all splits, in order.
func scanRecords(s sources.Source, cols []string, mem memory.Allocator, fn func(sources.Split, sources.Batch)) error {
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

// textColumns reads a whole source as text, by column.
func textColumns(s sources.Source, cols []string) (map[string][]string, error) {
	out := make(map[string][]string)
	err := scanRecords(s, cols, memory.DefaultAllocator, func(_ sources.Split, b sources.Batch) {
		for i, c := range b.Columns() {
			out[cols[i]] = append(out[cols[i]], sourcetest.Text(c)...)
		}
	})
	return out, err
}

func diff(t *testing.T, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// arrowColumns reads the rows that PyArrow found in a Parquet file and wrote as
// an Arrow file beside it.
func arrowColumns(tb testing.TB, name string) (*arrow.Schema, map[string][]string) {
	tb.Helper()
	f, err := os.Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	r, err := ipc.NewFileReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	defer r.Close()
	out := make(map[string][]string)
	for i := range r.NumRecords() {
		rec, err := r.Record(i)
		if err != nil {
			tb.Fatal(err)
		}
		for c, col := range rec.Columns() {
			out[rec.ColumnName(c)] = append(out[rec.ColumnName(c)], sourcetest.Text(col)...)
		}
	}
	return r.Schema(), out
}

func testFiles(tb testing.TB, pattern string) []string {
	tb.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(names) == 0 {
		tb.Fatalf("%s: %d files, %v", pattern, len(names), err)
	}
	return names
}

func TestParquetOfEachWriterReadsAsPyArrowReadsIt(t *testing.T) {
	for _, name := range testFiles(t, "*.parquet") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			schema, want := arrowColumns(t, strings.TrimSuffix(name, ".parquet")+".arrow")
			for _, batch := range []int{1, 7, 64, 8192} {
				s := open(t, sources.Options{BatchRows: batch}, name)
				names := columnNames(s)
				got, err := textColumns(s, names)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Fatalf("batches of %d rows (-PyArrow +ours):\n%s", batch, d)
				}
				for i, f := range schema.Fields() {
					if g := s.Schema().Field(i); g.Name != f.Name || !sources.SameType(g.Type, f.Type) {
						t.Errorf("column %s is %s, PyArrow says %s", g.Name, g.Type, f.Type)
					}
				}
			}
		})
	}
}

// stringTypes returns the types that a string column has in the batches of a
// file, and the first byte of each batch's dictionary.
func stringTypes(t *testing.T, s sources.Source, name string) (types []string, dicts []*byte) {
	t.Helper()
	err := scanRecords(s, []string{name}, memory.DefaultAllocator, func(_ sources.Split, b sources.Batch) {
		types = append(types, b.Column(0).DataType().ID().String())
		if d, ok := b.Column(0).(*array.Dictionary); ok {
			dicts = append(dicts, &d.Dictionary().Data().Buffers()[2].Buf()[0])
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Compact(types), dicts
}

func TestParquetStringsStayDictionariesWhereTheChunkIsAllDictionary(t *testing.T) {
	types, dicts := stringTypes(t, open(t, sources.Options{BatchRows: 100}, "testdata/duckdb.parquet"), "state")
	// The last row group has twelve rows and no dictionary.
	if d := cmp.Diff([]string{"DICTIONARY", "STRING"}, types); d != "" {
		t.Error(d)
	}
	if len(slices.Compact(dicts)) != 1 {
		t.Errorf("%d batches of one row group have dictionaries of their own", len(dicts))
	}
}

func TestParquetStringsArePlainWhereTheDictionaryFellBack(t *testing.T) {
	types, _ := stringTypes(t, open(t, sources.Options{BatchRows: 100}, "testdata/pyarrow_fallback.parquet"), "s")
	if d := cmp.Diff([]string{"STRING"}, types); d != "" {
		t.Error(d)
	}
}
