package parquet_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	parquetgo "github.com/parquet-go/parquet-go"

	"leapscore/sources"
	"leapscore/sources/parquet"
	"leapscore/sources/sourcetest"
)

// listing is a row of the files that these tests write with parquet-go.
type listing struct {
	ID    int64     `parquet:"id"`
	Price *float64  `parquet:"price,optional"`
	State string    `parquet:"state,dict"`
	Name  string    `parquet:"name"`
	OK    bool      `parquet:"ok"`
	Vec   []float64 `parquet:"vec,list"`
	Bare  []int32   `parquet:"bare"`
}

func listingAt(i int) listing {
	l := listing{ID: int64(i), State: []string{"NY", "CA", "WA"}[i%3], Name: fmt.Sprint("name ", i), OK: i%5 == 0}
	if i%4 > 0 {
		price := float64(i) / 8
		l.Price = &price
	}
	for j := range i % 4 {
		l.Vec = append(l.Vec, float64(i+j))
		l.Bare = append(l.Bare, int32(i-j))
	}
	return l
}

// writeListings writes rows from to to-1, a row group for every group rows.
func writeListings(tb testing.TB, name string, from, to, group int, opts ...parquetgo.WriterOption) string {
	tb.Helper()
	f, err := os.Create(name)
	if err != nil {
		tb.Fatal(err)
	}
	opts = append(opts, parquetgo.MaxRowsPerRowGroup(int64(group)))
	w := parquetgo.NewGenericWriter[listing](f, opts...)
	rows := make([]listing, 0, 1000)
	for i := from; i < to; i++ {
		if rows = append(rows, listingAt(i)); len(rows) == cap(rows) || i == to-1 {
			if _, err := w.Write(rows); err != nil {
				tb.Fatal(err)
			}
			rows = rows[:0]
		}
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		tb.Fatal(err)
	}
	return name
}

func wantListings(from, to int) map[string][]string {
	out := make(map[string][]string)
	for i := from; i < to; i++ {
		l := listingAt(i)
		price := "null"
		if l.Price != nil {
			price = fmt.Sprint(*l.Price)
		}
		out["id"] = append(out["id"], fmt.Sprint(l.ID))
		out["price"] = append(out["price"], price)
		out["state"] = append(out["state"], fmt.Sprintf("%q", l.State))
		out["name"] = append(out["name"], fmt.Sprintf("%q", l.Name))
		out["ok"] = append(out["ok"], fmt.Sprint(l.OK))
		out["vec"] = append(out["vec"], fmt.Sprint(l.Vec))
		out["bare"] = append(out["bare"], fmt.Sprint(l.Bare))
	}
	return out
}

func TestFilesOfParquetGoReadAsWritten(t *testing.T) {
	for name, opts := range map[string][]parquetgo.WriterOption{
		"default": nil,
		"v1":      {parquetgo.DataPageVersion(1), parquetgo.Compression(&parquetgo.Snappy)},
		"pages":   {parquetgo.PageBufferSize(500), parquetgo.Compression(&parquetgo.Zstd)},
		"lz4":     {parquetgo.Compression(&parquetgo.Lz4Raw), parquetgo.PageBufferSize(2000)},
	} {
		t.Run(name, func(t *testing.T) {
			s := sourcetest.Open(t, sources.Options{BatchRows: 333}, writeListings(t, filepath.Join(t.TempDir(), "a.parquet"), 0, 3000, 1100, opts...))
			got, err := sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Diff(t, wantListings(0, 3000), got)
		})
	}
}

// splitsOf returns the names and row counts of the splits of a scan.
func splitsOf(t *testing.T, s sources.Source, cols ...string) []string {
	t.Helper()
	var out []string
	for _, sp := range sourcetest.ReadAll(t, s, memory.DefaultAllocator, cols, 2).Splits {
		_, name, _ := strings.Cut(filepath.ToSlash(sp.Name), "plan/")
		if _, last, ok := strings.Cut(name, ".."); ok && strings.Contains(last, "plan/") {
			name = name[:strings.Index(name, "..")+2] + last[strings.Index(last, "plan/")+5:]
		}
		out = append(out, fmt.Sprint(name, " ", sp.Rows))
	}
	return out
}

func TestSmallRowGroupsAndFilesShareSplits(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "plan")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	writeListings(t, filepath.Join(dir, "a.parquet"), 0, 60_000, 30_000)
	writeListings(t, filepath.Join(dir, "b.parquet"), 60_000, 160_000, 50_000)
	writeListings(t, filepath.Join(dir, "c.parquet"), 160_000, 161_000, 50_000)
	writeListings(t, filepath.Join(dir, "d.parquet"), 161_000, 300_000, 39_000)
	s := sourcetest.Open(t, sources.Options{}, dir)
	sourcetest.Diff(t, []string{
		"a.parquet#rg0..1 60000",
		"b.parquet#rg0 50000",
		"b.parquet#rg1 50000",
		"c.parquet#rg0..d.parquet#rg2 118000",
		"d.parquet#rg3 22000",
	}, splitsOf(t, s, "id"))
	next := int64(0)
	err := sourcetest.EachBatch(s, []string{"id"}, memory.DefaultAllocator, func(_ sources.Split, b sources.Batch) {
		for _, id := range b.Column(0).(*array.Int64).Int64Values() {
			if id != next {
				t.Fatalf("id %d where %d was to come", id, next)
			}
			next++
		}
	})
	if err != nil || next != 300_000 {
		t.Errorf("%d rows, error %v", next, err)
	}
}

// checkRows reads columns of a file of writeListings and compares each value
// with the row that its batch says it is.
func checkRows(t *testing.T, s sources.Source, cols ...string) {
	t.Helper()
	rows := 0
	err := sourcetest.EachBatch(s, cols, memory.DefaultAllocator, func(_ sources.Split, b sources.Batch) {
		for c, name := range cols {
			for i := range int(b.NumRows()) {
				if !isListing(b.Column(c), i, name, listingAt(int(b.Row)+i)) {
					t.Fatalf("row %d, column %s: %s", int(b.Row)+i, name, b.Column(c).ValueStr(i))
				}
			}
		}
		rows += int(b.NumRows())
	})
	if err != nil {
		t.Fatal(err)
	}
	if rows != 300_000 {
		t.Errorf("%d rows, want 300000", rows)
	}
}

func isListing(a arrow.Array, i int, name string, l listing) bool {
	switch a := a.(type) {
	case *array.Int64:
		return a.Value(i) == l.ID
	case *array.Float64:
		return a.IsNull(i) == (l.Price == nil) && (a.IsNull(i) || a.Value(i) == *l.Price)
	case *array.Dictionary:
		return a.ValueStr(i) == l.State
	case *array.String:
		return a.Value(i) == l.Name
	case *array.Boolean:
		return a.Value(i) == l.OK
	case *array.List:
		from, to := a.ValueOffsets(i)
		if name == "vec" {
			return slices.Equal(a.ListValues().(*array.Float64).Float64Values()[from:to], l.Vec)
		}
		return slices.Equal(a.ListValues().(*array.Int32).Int32Values()[from:to], l.Bare)
	}
	return false
}

func TestLargeRowGroupsAreCutAtPages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "plan")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	const rows = 300_000
	name := writeListings(t, filepath.Join(dir, "a.parquet"), 0, rows, rows, parquetgo.PageBufferSize(100_000))
	flat := []string{"id", "price", "state", "name", "ok"}
	whole := []string{"a.parquet#rg0 300000"}
	pieces := []string{"a.parquet#rg0+0 100352", "a.parquet#rg0+100352 100352", "a.parquet#rg0+200704 99296"}

	s := sourcetest.OpenAs(t, parquet.Open, sources.Options{}, name)
	sourcetest.Diff(t, pieces, splitsOf(t, s, "id", "vec"))
	checkRows(t, s, sourcetest.ColumnNames(s)...)
	parquet.SetReadAhead(s, 100_000)
	checkRows(t, s, sourcetest.ColumnNames(s)...)

	s = sourcetest.OpenAs(t, parquet.Open, sources.Options{Remote: true}, name)
	sourcetest.Diff(t, pieces, splitsOf(t, s, "id"))
	parquet.DropOffsetIndexes(s)
	sourcetest.Diff(t, whole, splitsOf(t, s, "id"))

	s = sourcetest.OpenAs(t, parquet.Open, sources.Options{}, name)
	parquet.DropOffsetIndexes(s)
	sourcetest.Diff(t, pieces, splitsOf(t, s, flat...))
	checkRows(t, s, flat...)
	// Without an index, nobody knows which rows a page of lists has.
	sourcetest.Diff(t, whole, splitsOf(t, s, "vec"))

	one := writeListings(t, filepath.Join(dir, "a.parquet"), 0, rows, rows, parquetgo.PageBufferSize(16<<20))
	s = sourcetest.OpenAs(t, parquet.Open, sources.Options{}, one)
	parquet.DropOffsetIndexes(s)
	sourcetest.Diff(t, whole, splitsOf(t, s, "id"))
	checkRows(t, s, sourcetest.ColumnNames(s)...)
}

func TestWideTablesHaveShortBatches(t *testing.T) {
	var fields []string
	group := parquetgo.Group{}
	for i := range 2000 {
		fields = append(fields, fmt.Sprintf("c%04d", i))
		group[fields[i]] = parquetgo.Leaf(parquetgo.DoubleType)
	}
	name := filepath.Join(t.TempDir(), "wide.parquet")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := parquetgo.NewWriter(f, parquetgo.NewSchema("wide", group))
	row := make(parquetgo.Row, 2000)
	for i := range 1000 {
		for c := range row {
			row[c] = parquetgo.DoubleValue(float64(i*c)).Level(0, 0, c)
		}
		if _, err := w.WriteRows([]parquetgo.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	s := sourcetest.OpenAs(t, parquet.Open, sources.Options{}, name)
	parquet.SetReadAhead(s, 1<<20)
	var sum, want float64
	err = sourcetest.EachBatch(s, fields, memory.DefaultAllocator, func(_ sources.Split, b sources.Batch) {
		if b.NumRows() > 512 {
			t.Errorf("batch of %d rows of 16000 bytes", b.NumRows())
		}
		for _, c := range b.Columns() {
			for i := range c.Len() {
				sum += c.(*array.Float64).Value(i)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		for c := range 2000 {
			want += float64(i * c)
		}
	}
	if sum != want {
		t.Errorf("sum %v, want %v", sum, want)
	}
}

func TestParquetFilesAreMatchedByName(t *testing.T) {
	dir := t.TempDir()
	type first struct {
		A int64  `parquet:"a"`
		B string `parquet:"b"`
		C int32  `parquet:"c"`
	}
	type second struct {
		C bool   `parquet:"c"`
		X bool   `parquet:"x"`
		A *int64 `parquet:"a,optional"`
	}
	sourcetest.WriteRows(t, filepath.Join(dir, "1.parquet"), []first{{1, "x", 2}, {3, "y", 4}})
	sourcetest.WriteRows(t, filepath.Join(dir, "2.parquet"), []second{{C: true, A: nil}})
	s := sourcetest.Open(t, sources.Options{}, dir)
	if f, _ := s.Schema().FieldsByName("a"); !f[0].Nullable {
		t.Error("column a is not nullable, but it is in one of the files")
	}
	got, err := sourcetest.TextColumns(s, []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"a": {"1", "3", "null"}}, got)
	for col, want := range map[string]string{
		"b": `2.parquet: column "b" is missing, it is in `,
		"c": `2.parquet: column "c" is bool, it is int32 in `,
		"x": `1.parquet: column "x" is missing, it is in `,
	} {
		_, err := s.Scan(context.Background(), []string{"a", col})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("column %s: error %v, want ...%s...", col, err, want)
		}
	}
}

func TestScanOfColumnsTheFileCannotDeliverIsANamedError(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.parquet")
	schema := parquetgo.NewSchema("r", parquetgo.Group{
		"ok":  parquetgo.Leaf(parquetgo.Int64Type),
		"dec": parquetgo.Decimal(2, 50, parquetgo.FixedLenByteArrayType(24)),
	})
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := parquetgo.NewWriter(f, schema)
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	s := sourcetest.Open(t, sources.Options{}, name)
	if _, err := s.Scan(t.Context(), []string{"ok"}); err != nil {
		t.Error(err)
	}
	_, err = s.Scan(t.Context(), []string{"dec"})
	want := `a.parquet: column "dec": decimal(50,2): precision must be 1 to 38`
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v, want ...%s", err, want)
	}
}
