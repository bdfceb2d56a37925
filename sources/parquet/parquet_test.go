package parquet_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/sources"
	"leapscore/sources/internal/scan"
	"leapscore/sources/sourcetest"
)

func TestParquetOfEachWriterReadsAsPyArrowReadsIt(t *testing.T) {
	for _, name := range sourcetest.TestFiles(t, "*.parquet") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			schema, want := sourcetest.ArrowColumns(t, strings.TrimSuffix(name, ".parquet")+".arrow")
			for _, batch := range []int{1, 7, 64, 8192} {
				s := sourcetest.Open(t, sources.Options{BatchRows: batch}, name)
				names := sourcetest.ColumnNames(s)
				got, err := sourcetest.TextColumns(s, names)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Fatalf("batches of %d rows (-PyArrow +ours):\n%s", batch, d)
				}
				for i, f := range schema.Fields() {
					if g := s.Schema().Field(i); g.Name != f.Name || !scan.SameType(g.Type, f.Type) {
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
	err := sourcetest.EachBatch(s, []string{name}, memory.DefaultAllocator, func(_ sources.Split, b sources.Batch) {
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
	types, dicts := stringTypes(t, sourcetest.Open(t, sources.Options{BatchRows: 100}, "testdata/duckdb.parquet"), "state")
	// The last row group has twelve rows and no dictionary.
	if d := cmp.Diff([]string{"DICTIONARY", "STRING"}, types); d != "" {
		t.Error(d)
	}
	if len(slices.Compact(dicts)) != 1 {
		t.Errorf("%d batches of one row group have dictionaries of their own", len(dicts))
	}
}

func TestParquetStringsArePlainWhereTheDictionaryFellBack(t *testing.T) {
	types, _ := stringTypes(t, sourcetest.Open(t, sources.Options{BatchRows: 100}, "testdata/pyarrow_fallback.parquet"), "s")
	if d := cmp.Diff([]string{"STRING"}, types); d != "" {
		t.Error(d)
	}
}
