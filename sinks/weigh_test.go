package sinks_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"

	"leapscore/engine/store"
	"leapscore/sinks"
)

// bigTexts are rows of n texts, of which one in eight is large.
func bigTexts(n int) arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range n {
		text := fmt.Sprint("row ", i, " ")
		if i%8 == 0 {
			text += strings.Repeat("x", 2<<20)
		}
		b.Field(0).(*array.StringBuilder).Append(text)
	}
	return b.NewRecord()
}

// writeBatches writes rec in batches of up to most rows, and returns the file.
func writeBatches(t *testing.T, rec arrow.Record, most int) []byte {
	t.Helper()
	st := store.New(&store.Mem{})
	table, err := sinks.CreateFile(t.Context(), st, "t.parquet", sinks.Options{Schema: rec.Schema(), RunID: "r", Buffer: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	p, err := table.Part(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(uint64(most), 1))
	for lo := int64(0); lo < rec.NumRows(); {
		hi := min(rec.NumRows(), lo+1+int64(r.IntN(most)))
		if err := p.Write(rec.NewSlice(lo, hi)); err != nil {
			t.Fatal(err)
		}
		lo = hi
	}
	if err := p.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := table.Commit(t.Context(), sinks.Run{ID: "r"}); err != nil {
		t.Fatal(err)
	}
	data, err := st.ReadFile(t.Context(), "t.parquet")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Row groups end before large values would make them too large, and where they end
// does not depend on batches.
func TestLargeValuesEndRowGroups(t *testing.T) {
	rec := bigTexts(400)
	var first []byte
	for _, most := range []int{400, 7, 64} {
		data := writeBatches(t, rec, most)
		if first == nil {
			first = data
		}
		if !bytes.Equal(first, data) {
			t.Fatalf("batches of %d rows give other bytes", most)
		}
	}
	f, err := file.NewParquetReader(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if f.NumRows() != 400 || f.NumRowGroups() != 4 {
		t.Errorf("%d rows in %d groups, want 400 in 4", f.NumRows(), f.NumRowGroups())
	}
	for i := range f.NumRowGroups() {
		if n := f.MetaData().RowGroup(i).TotalByteSize(); n > 33<<20 {
			t.Errorf("group %d has %d bytes, want at most 32 MiB", i, n)
		}
	}
}
