//go:build !nosql

package sql

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/hamba/avro/v2/ocf"

	"leapscore/engine/store"
	"leapscore/internal/testseed"
	"leapscore/sources"
)

// writeArrow writes records as an Arrow file.
func writeArrow(t *testing.T, path string, recs ...arrow.Record) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := ipc.NewFileWriter(f, ipc.WithSchema(recs[0].Schema()))
	for _, r := range recs {
		err = errors.Join(err, w.Write(r))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
}

// randomValues appends n values, nulls among them.
func randomValues(rnd *rand.Rand, b array.Builder, n int) {
	for range n {
		if rnd.IntN(5) == 0 {
			b.AppendNull()
			continue
		}
		text := strings.Repeat("é", rnd.IntN(3)) + "text of any length"[:rnd.IntN(18)] + fmt.Sprint(rnd.IntN(50))
		switch b := b.(type) {
		case *array.BooleanBuilder:
			b.Append(rnd.IntN(2) == 0)
		case *array.Int8Builder:
			b.Append(int8(rnd.Int64()))
		case *array.Uint16Builder:
			b.Append(uint16(rnd.Int64()))
		case *array.Int64Builder:
			b.Append(rnd.Int64() - rnd.Int64())
		case *array.Uint64Builder:
			b.Append(rnd.Uint64())
		case *array.Float32Builder:
			b.Append(float32(rnd.NormFloat64()))
		case *array.Float64Builder:
			b.Append(rnd.NormFloat64())
		case *array.Date32Builder:
			b.Append(arrow.Date32(rnd.IntN(40000) - 20000))
		case *array.TimestampBuilder:
			b.Append(arrow.Timestamp(rnd.Int64N(1e15) - 5e14))
		case *array.StringBuilder:
			b.Append(text)
		case *array.BinaryDictionaryBuilder:
			if err := b.AppendString(text); err != nil {
				panic(err)
			}
		case *array.ListBuilder:
			b.Append(true)
			randomValues(rnd, b.ValueBuilder(), rnd.IntN(4))
		case *array.StructBuilder:
			b.Append(true)
			for k := range b.NumField() {
				randomValues(rnd, b.FieldBuilder(k), 1)
			}
		default:
			panic(fmt.Sprintf("%T", b))
		}
	}
}

// TestRandomRowsComeThroughDuckDBUnchanged reads random nested columns as
// package sources gives them and through a query.
func TestRandomRowsComeThroughDuckDBUnchanged(t *testing.T) {
	words := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	point := arrow.StructOf(arrow.Field{Name: "x", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		arrow.Field{Name: "s", Type: arrow.BinaryTypes.String, Nullable: true},
		arrow.Field{Name: "l", Type: arrow.ListOf(arrow.PrimitiveTypes.Int64), Nullable: true})
	types := []arrow.DataType{
		arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Uint64,
		arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64, arrow.FixedWidthTypes.Date32, &arrow.TimestampType{Unit: arrow.Microsecond},
		arrow.BinaryTypes.String, words, arrow.ListOf(arrow.PrimitiveTypes.Float64), arrow.ListOf(arrow.ListOf(arrow.BinaryTypes.String)),
		point, arrow.ListOf(point), arrow.StructOf(arrow.Field{Name: "p", Type: point, Nullable: true}),
	}
	var fields []arrow.Field
	for i, dt := range types {
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("c%d", i), Type: dt, Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	for seed := range testseed.Seeds(t, 4) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		dir := t.TempDir()
		for _, rows := range []int{0, 1, 2047, 5000} {
			b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
			for i := range fields {
				if d, ok := b.Field(i).(*array.BinaryDictionaryBuilder); ok {
					for range rows {
						_ = d.AppendString(fmt.Sprintf("word number %d", rnd.IntN(100)))
					}
					continue
				}
				randomValues(rnd, b.Field(i), rows)
			}
			rec := b.NewRecord()
			writeArrow(t, filepath.Join(dir, fmt.Sprintf("%04d.arrow", rows)), rec)
			rec.Release()
			b.Release()
		}
		_, want := read(t, "FROM '"+dir+"/*.arrow'", Options{})
		_, got := read(t, "FROM '"+dir+"/*.arrow' WHERE random() >= 0", Options{Threads: 2})
		if len(got) != 7048 {
			t.Fatalf("seed %d: %d rows, want 7048", seed, len(got))
		}
		for i := range got {
			if diff := cmp.Diff(want[i], got[i]); diff != "" {
				t.Fatalf("seed %d, row %d: %s", seed, i, diff)
			}
		}
	}
}

func TestTypesThatDuckDBHasOtherwiseAreConverted(t *testing.T) {
	cases := []struct {
		dt        arrow.DataType
		json      string
		typ, want string
	}{
		{arrow.FixedWidthTypes.Float16, `1.5`, "float32", "1.5"},
		{arrow.FixedWidthTypes.Date64, `"1969-12-30"`, "date32", "1969-12-30"},
		{arrow.FixedWidthTypes.Time32s, `"01:02:03"`, "time64[us]", "01:02:03.000000"},
		{arrow.FixedWidthTypes.Time32ms, `"01:02:03.456"`, "time64[us]", "01:02:03.456000"},
		{arrow.FixedWidthTypes.Time64ns, `"01:02:03.456789000"`, "time64[us]", "01:02:03.456789"},
		{arrow.FixedWidthTypes.Timestamp_s, `"1969-12-31 01:02:03"`, "timestamp[us, tz=UTC]", "1969-12-31 01:02:03Z"},
		{&arrow.TimestampType{Unit: arrow.Millisecond}, `"2026-01-01 01:02:03.5"`, "timestamp[us]", "2026-01-01 01:02:03.5Z"},
		{&arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "Europe/Rome"}, `"2026-01-01 01:02:03.123456000"`, "timestamp[us, tz=UTC]", "2026-01-01 01:02:03.123456Z"},
		{arrow.BinaryTypes.LargeString, `"a large string, as they say"`, "utf8", "a large string, as they say"},
		{&arrow.FixedSizeBinaryType{ByteWidth: 3}, `"YWJj"`, "binary", "YWJj"},
		{arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Int32), `[1, null]`, "list<item: int32, nullable>", "[1,null]"},
		{arrow.LargeListOf(arrow.BinaryTypes.String), `["a", "b"]`, "list<item: utf8, nullable>", `["a","b"]`},
		{arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64), `[{"key": "k", "value": 7}]`, "map<utf8, int64, items_nullable>", `[{"key":"k","value":7}]`},
		{arrow.Null, `null`, "int32", "(null)"},
	}
	for _, c := range cases {
		t.Run(c.dt.String(), func(t *testing.T) {
			schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: c.dt, Nullable: true}}, nil)
			rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[{"x": `+c.json+`}, {"x": null}]`))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "x.arrow")
			writeArrow(t, path, rec)
			types, rows := read(t, "SELECT * FROM '"+path+"' WHERE random() >= 0", Options{})
			if diff := cmp.Diff([]string{c.typ, c.want, "(null)"}, []string{types[0], rows[0][0], rows[1][0]}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDigitsThatDuckDBCannotHoldAreRefused(t *testing.T) {
	for text, dt := range map[string]arrow.DataType{
		`"01:02:03.456789012"`:            arrow.FixedWidthTypes.Time64ns,
		`"2026-01-01 01:02:03.123456789"`: &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"},
	} {
		schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: dt, Nullable: true}}, nil)
		rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[{"x": `+text+`}, {"x": null}]`))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "x.arrow")
		writeArrow(t, path, rec)
		src := open(t, "SELECT * FROM '"+path+"' WHERE random() >= 0", Options{})
		if _, err := scanAll(t.Context(), src); err == nil || !strings.Contains(err.Error(), `x.arrow: column "x": `) || !strings.Contains(err.Error(), "nanoseconds") {
			t.Errorf("%s: %v, want an error of its nanoseconds", dt, err)
		}
	}
}

func TestAvroFilesAreReadLikeAnyOther(t *testing.T) {
	dir := t.TempDir()
	var buf bytes.Buffer
	enc, err := ocf.NewEncoder(`{"type":"record","name":"r","fields":[{"name":"id","type":"long"},{"name":"s","type":["null","string"]}]}`, &buf)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		row := map[string]any{"id": int64(i), "s": fmt.Sprint("x", i)}
		if i == 3 {
			row["s"] = nil
		}
		if err := enc.Encode(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(enc.Close(), os.WriteFile(filepath.Join(dir, "x.avro"), buf.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	copyTo(t, "SELECT 2 AS id, 'two' AS name UNION ALL SELECT 3, 'three'", filepath.Join(dir, "y.parquet"))
	for _, from := range []string{"'" + dir + "/x.avro'", "read_avro('" + dir + "/*.avro')", "'file://" + dir + "/*.avro'"} {
		_, rows := read(t, "SELECT x.*, name FROM "+from+" x JOIN '"+dir+"/y.parquet' USING (id) ORDER BY id", Options{Files: &urls{}})
		if diff := cmp.Diff([][]string{{"2", "x2", "two"}, {"3", "(null)", "three"}}, rows); diff != "" {
			t.Error(diff)
		}
	}
}

// broken is an opener whose readers fail, or wait until they are cancelled,
// once the schema is known.
type broken struct {
	urls
	after atomic.Bool
	wait  bool
	reads atomic.Int64
}

type brokenReader struct {
	store.Reader
	b   *broken
	ctx context.Context
}

func (b *broken) Open(ctx context.Context, name string) (store.Reader, error) {
	r, err := b.urls.Open(ctx, name)
	return &brokenReader{r, b, ctx}, err
}

var errBroken = errors.New("the line is cut")

func (r *brokenReader) ReadAt(p []byte, at int64) (int, error) {
	if !r.b.after.Load() {
		return r.Reader.ReadAt(p, at)
	}
	r.b.reads.Add(1)
	if r.b.wait {
		<-r.ctx.Done()
		return 0, context.Cause(r.ctx)
	}
	return 0, errBroken
}

func TestErrorsOfAStoreNameTheObject(t *testing.T) {
	dir := t.TempDir()
	copyTo(t, "SELECT i FROM range(100) t(i)", filepath.Join(dir, "a.parquet"))
	b := &broken{}
	src := open(t, "SELECT sum(i) AS s FROM 'file://"+dir+"/*.parquet'", Options{Files: b})
	b.after.Store(true)
	_, err := scanAll(t.Context(), src)
	var file *sources.FileError
	if !errors.Is(err, errBroken) || !errors.As(err, &file) || !strings.HasSuffix(file.Name, "/a.parquet") {
		t.Errorf("%v, want one of a.parquet: the line is cut", err)
	}
}

func TestCancelEndsReadingFromAStore(t *testing.T) {
	dir := t.TempDir()
	copyTo(t, "SELECT i FROM range(100) t(i)", filepath.Join(dir, "a.parquet"))
	for _, query := range []string{"SELECT sum(i) AS s FROM 'file://%s/*.parquet'", "SELECT i FROM 'file://%s/a.parquet' WHERE i > 3"} {
		b := &broken{wait: true}
		src := open(t, fmt.Sprintf(query, dir), Options{Files: b, Threads: 2})
		b.after.Store(true)
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("enough")
		go func() {
			for b.reads.Load() == 0 {
				time.Sleep(time.Millisecond)
			}
			cancel(why)
		}()
		if _, err := scanAll(ctx, src); !errors.Is(err, why) && !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want that it was cancelled", err)
		}
	}
}

// scanAll counts the rows of a source.
func scanAll(ctx context.Context, src sources.Source) (rows int64, err error) {
	scan, err := src.Scan(ctx, []string{src.Schema().Field(0).Name})
	if err != nil {
		return 0, err
	}
	defer scan.Close()
	for {
		split, err := scan.Next()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		r, err := split.Open(ctx, memory.DefaultAllocator)
		if err != nil {
			return rows, err
		}
		for err == nil {
			var b sources.Batch
			if b, err = r.Next(); err == nil {
				rows += b.NumRows()
				b.Release()
			}
		}
		r.Close()
		if err != io.EOF {
			return rows, err
		}
	}
}

func TestLimitStopsReading(t *testing.T) {
	dir := t.TempDir()
	for i := range 20 {
		copyTo(t, "SELECT i FROM range(50000) t(i)", filepath.Join(dir, fmt.Sprintf("%02d.parquet", i)))
	}
	src := open(t, "SELECT i FROM 'file://"+dir+"/*.parquet' WHERE i >= 0 LIMIT 10", Options{Files: &urls{}, Threads: 2})
	if n, err := scanAll(t.Context(), src); n != 10 || err != nil {
		t.Errorf("%d rows and %v, want 10", n, err)
	}
}

func TestSimpleQueriesOverURLsReadTheFilesThemselves(t *testing.T) {
	dir := t.TempDir()
	for z := range 2 {
		for d, day := range []string{"2026-01-01", "2026-02-28"} {
			folder := filepath.Join(dir, fmt.Sprintf("z=%d/day=%s", z, day))
			if err := os.MkdirAll(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			copyTo(t, fmt.Sprintf("SELECT i, 'w' || (i %% 3) AS w, [i] AS l FROM range(%d) t(i)", 100+z*10+d), filepath.Join(folder, "x.parquet"))
		}
	}
	cases := []struct{ query, kind string }{
		{"SELECT * FROM '%s/*/*/*.parquet'", "*sql.direct"},
		{"SELECT w AS word, day AS DAY, z AS Z FROM '%s/**/*.parquet' t", "*sql.direct"},
		{"FROM '%s/z=1/day=2026-01-01/x.parquet'", "*sql.direct"},
		{"SELECT w, z + 1 AS z FROM '%s/*/*/*.parquet'", "*sql.source"},
		{"SELECT w FROM '%s/*/*/*.parquet' WHERE z >= 0", "*sql.direct"},
		{"SELECT w, day FROM '%s/*/*/*.parquet' t WHERE t.z = 1 AND month(day) > 1", "*sql.direct"},
		{"SELECT w, day, i, l FROM '%s/*/*/*.parquet' WHERE day > '2026-01-02' AND i % 10 <> 1", "*sql.filtered"},
		{"SELECT l, z FROM '%s/*/*/*.parquet' AS t WHERE (t.i = 1 OR i = 2 OR i = 7 OR i = 9 OR i = 11 OR i = 33 OR i = 44 OR i > 60)", "*sql.filtered"},
		{"SELECT * FROM '%s/*/*/*.parquet' WHERE i > 5 LIMIT 20", "*sql.source"},
	}
	for _, c := range cases {
		t.Run(c.query, func(t *testing.T) {
			query := strings.ReplaceAll(c.query, "%s", "file://"+dir)
			src := open(t, query, Options{Files: &urls{}})
			if kind := fmt.Sprintf("%T", src); kind != c.kind {
				t.Errorf("a %s, want %s", kind, c.kind)
			}
			types, got := read(t, query, Options{Files: &urls{}, Threads: 2})
			wantTypes, want := readFrom(t, duck(t, strings.ReplaceAll(strings.ReplaceAll(c.query, "FROM '%s/z=1", "SELECT * EXCLUDE (day, z) FROM '%s/z=1"), "%s", dir), Options{Threads: 2})) // the folders are fixed
			if diff := cmp.Diff(wantTypes, types); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(want, got); diff != "" || len(got) < 10 {
				t.Error(len(got), diff)
			}
		})
	}
}

func TestTextThatIsNotUTF8IsAnError(t *testing.T) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "s", Type: arrow.BinaryTypes.String}}, nil))
	b.Field(0).(*array.StringBuilder).Append("a\xff")
	path := filepath.Join(t.TempDir(), "x.arrow")
	writeArrow(t, path, b.NewRecord())
	src := open(t, "SELECT upper(s) AS s FROM '"+path+"'", Options{})
	if _, err := scanAll(t.Context(), src); err == nil || !strings.Contains(err.Error(), `x.arrow: row 0, column "s": "a\xff" is not UTF-8`) {
		t.Errorf("%v, want one of the text", err)
	}
}
