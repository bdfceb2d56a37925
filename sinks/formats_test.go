package sinks_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/engine/store"
	"leapscore/internal/filetype"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
	"leapscore/sources"
	"leapscore/sources/files"
)

// otherFormats are the formats besides Parquet, with the codecs that they have.
var otherFormats = []struct {
	ext    string
	format sinks.Format
	codec  sinks.Compression
}{
	{".csv", sinks.FormatCSV, sinks.CompressionDefault},
	{".csv", sinks.FormatCSV, sinks.CompressionNone},
	{".csv.gz", sinks.FormatCSV, sinks.CompressionGzip},
	{".csv.zst", sinks.FormatCSV, sinks.CompressionZstd},
	{".json", sinks.FormatJSON, sinks.CompressionDefault},
	{".json.gz", sinks.FormatJSON, sinks.CompressionGzip},
	{".json.zst", sinks.FormatJSON, sinks.CompressionZstd},
	{".arrow", sinks.FormatArrow, sinks.CompressionDefault},
	{".arrow", sinks.FormatArrow, sinks.CompressionLZ4Raw},
	{".arrow", sinks.FormatArrow, sinks.CompressionZstd},
	{".arrows", sinks.FormatArrowStream, sinks.CompressionNone},
	{".arrows", sinks.FormatArrowStream, sinks.CompressionLZ4Raw},
	{".arrows", sinks.FormatArrowStream, sinks.CompressionZstd},
}

func TestTablesOfOtherFormatsConform(t *testing.T) {
	for _, f := range otherFormats {
		t.Run(f.format.String()+" "+f.codec.String(), func(t *testing.T) {
			given := func(o sinks.Options) sinks.Options {
				o.Format, o.Compression = f.format, f.codec
				return o
			}
			sinktest.RunConformance(t, func(t *testing.T) sinktest.Destination {
				st := store.New(&store.Mem{})
				return sinktest.Destination{
					Append: true,
					Create: func(ctx context.Context, o sinks.Options) (sinks.Table, error) {
						return sinks.Create(ctx, st, "dir/preds", given(o))
					},
					Read: func(context.Context) ([]sinktest.Row, error) { return readRows(t, st, "dir/preds/*"+f.ext), nil },
				}
			})
			if f.codec != sinks.CompressionDefault {
				return
			}
			t.Run("one file", func(t *testing.T) {
				sinktest.RunConformance(t, func(t *testing.T) sinktest.Destination {
					st := store.New(&store.Mem{})
					name := "dir/preds" + f.ext
					return sinktest.Destination{
						Create: func(ctx context.Context, o sinks.Options) (sinks.Table, error) {
							return sinks.CreateFile(ctx, st, name, given(o))
						},
						Read: func(context.Context) ([]sinktest.Row, error) { return readRows(t, st, name), nil },
					}
				})
			})
		})
	}
}

// readRows reads what sinktest wrote with the readers of package sources.
func readRows(t *testing.T, st *store.Store, pattern string) []sinktest.Row {
	t.Helper()
	found, err := st.Glob(t.Context(), pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		return nil
	}
	var rows []sinktest.Row
	for _, rec := range readAll(t, st, pattern, sinktest.Schema) {
		for i := range int(rec.NumRows()) {
			r := sinktest.Row{Run: strings.Clone(rec.Column(0).ValueStr(i)), Row: rec.Column(1).(*array.Int64).Value(i)}
			if noise := rec.Column(2).(*array.Float64); noise.IsValid(i) {
				x := noise.Value(i)
				r.Noise = &x
			}
			rows = append(rows, r)
		}
	}
	return rows
}

// readAll returns the columns of schema of the files that pattern names; formats
// without types are asked for its types. There may be no rows, and, in JSON
// lines, then no columns.
func readAll(t *testing.T, st *store.Store, pattern string, schema *arrow.Schema) []arrow.Record {
	t.Helper()
	types := map[string]arrow.DataType{}
	var names []string
	for _, f := range schema.Fields() {
		types[f.Name] = f.Type
		names = append(names, f.Name)
	}
	src, err := files.Open(t.Context(), []string{pattern}, sources.Options{Opener: st, Types: types})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if src.Schema().NumFields() == 0 {
		return nil
	}
	scan, err := src.Scan(t.Context(), names)
	if err != nil {
		t.Fatal(err)
	}
	defer scan.Close()
	var recs []arrow.Record
	for {
		split, err := scan.Next()
		if err == io.EOF {
			return recs
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := split.Open(t.Context(), memory.NewGoAllocator())
		if err != nil {
			t.Fatal(err)
		}
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			recs = append(recs, b.Record)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEmptyFieldsOfCSVAreNullAndNothingElse(t *testing.T) {
	types := []arrow.DataType{arrow.Null, arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeBinary, arrow.BinaryTypes.String, arrow.ListOf(arrow.Null)}
	var fields []arrow.Field
	for i, typ := range types {
		fields = append(fields, arrow.Field{Name: string(rune('a' + i)), Type: typ, Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for i := range types {
		b.Field(i).AppendEmptyValue()
		b.Field(i).AppendNull()
	}
	b.Field(4).(*array.ListBuilder).Append(true)
	b.Field(4).(*array.ListBuilder).ValueBuilder().AppendNull()
	b.Field(0).AppendNull()
	b.Field(1).(*array.BinaryBuilder).Append([]byte{0xff})
	b.Field(2).(*array.BinaryBuilder).Append([]byte{0xff})
	b.Field(3).(*array.StringBuilder).Append("x")
	st := store.New(&store.Mem{})
	table, err := sinks.CreateFile(t.Context(), st, "t.csv", sinks.Options{Schema: schema, RunID: "r", Format: sinks.FormatCSV})
	if err != nil {
		t.Fatal(err)
	}
	p, err := table.Part(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Write(b.NewRecord()); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := table.Commit(t.Context(), sinks.Run{ID: "r"}); err != nil {
		t.Fatal(err)
	}
	got, err := st.ReadFile(t.Context(), "t.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := "a,b,c,d,e\n" + `,"","","",[]` + "\n,,,,\n" + `,/w==,/w==,x,[null]` + "\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFormatsAreThoseThatTheTableOfNamesCallsWritable(t *testing.T) {
	var names []string
	for f := sinks.FormatParquet; f <= sinks.FormatArrowStream; f++ {
		names = append(names, f.String())
	}
	if diff := cmp.Diff(filetype.Writable(), names); diff != "" {
		t.Errorf("formats that sinks write (-table +sinks)\n%s", diff)
	}
	for name, want := range map[string]bool{"x.pq": true, "x.csv.gz": true, "x.csv.gz.zst": false, "x.parquet.gz": false, "x.avro": false, "x": false} {
		if _, _, ok := sinks.NameFormat(name); ok != want {
			t.Errorf("%s tells a file that is written: %v, want %v", name, ok, want)
		}
	}
}
