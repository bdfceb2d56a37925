package stream

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal256"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// wordsOf returns words as a dictionary of the given entries.
func wordsOf(entries []string, words ...string) arrow.Array {
	dict := array.NewStringBuilder(memory.DefaultAllocator)
	dict.AppendValues(entries, nil)
	at := array.NewInt8Builder(memory.DefaultAllocator)
	for _, w := range words {
		at.Append(int8(slices.Index(entries, w)))
	}
	t := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	return array.NewDictionaryArray(t, at.NewArray(), dict.NewArray())
}

// withCity is a batch of homes whose cities are a dictionary.
func withCity(schema *arrow.Schema, from int64, cities arrow.Array) arrow.Record {
	rows := rowsOf(from, slices.Repeat([]string{"Rome"}, cities.Len())...)
	cols := slices.Clone(rows.Columns())
	cols[1] = cities
	return array.NewRecord(schema, cols, rows.NumRows())
}

func dictionarySchema() *arrow.Schema {
	fields := slices.Clone(homes.Fields())
	fields[1] = arrow.Field{Name: "city", Type: wordsOf(nil).DataType(), Nullable: true}
	return withOptions(arrow.NewSchema(fields, nil), `{"keep":["id","city"]}`)
}

func TestDictionariesGrowAndAreReplaced(t *testing.T) {
	schema := dictionarySchema()
	batches := []arrow.Record{
		withCity(schema, 1, wordsOf([]string{"Rome", "Oslo"}, "Oslo", "Rome")),
		withCity(schema, 3, wordsOf([]string{"Rome", "Oslo", "Paris"}, "Paris", "Rome")), // a delta
		withCity(schema, 5, wordsOf([]string{"Oslo", "Rome"}, "Oslo", "Rome")),           // another
		withCity(schema, 7, wordsOf([]string{"Oslo", "Rome"}, "Rome")),
	}
	for _, opts := range [][]ipc.Option{{ipc.WithDictionaryDeltas(true)}, {ipc.WithDictionaryDeltas(false)}, {ipc.WithZstd()}} {
		a := answersOf(t, newServer(t, "error"), streamOf(t, schema, batches, opts...), streamOf(t, schema, batches[2:], opts...))
		var cities []string
		var prices []float64
		for _, x := range a {
			for _, b := range x.batches {
				for row := range int(b.NumRows()) {
					cities = append(cities, b.Column(1).ValueStr(row))
					if p := b.Column(2).(*array.Float64); p.IsValid(row) {
						prices = append(prices, p.Value(row))
					}
				}
			}
		}
		wantCities := []string{"Oslo", "Rome", "Paris", "Rome", "Oslo", "Rome", "Rome", "Oslo", "Rome", "Rome"}
		var wantPrices []float64
		for i, id := range []int64{1, 2, 3, 4, 5, 6, 7, 5, 6, 7} {
			if wantCities[i] != "Paris" {
				wantPrices = append(wantPrices, price(id, wantCities[i]))
			}
		}
		if !slices.Equal(cities, wantCities) || !slices.Equal(prices, wantPrices) {
			t.Errorf("cities %v, want %v; prices %v, want %v", cities, wantCities, prices, wantPrices)
		}
	}
}

// frames returns where the messages of a stream begin, and where their bodies do.
func frames(data []byte) (list [][3]int) {
	for at := 0; at+8 < len(data); {
		meta := int(binary.LittleEndian.Uint32(data[at+4:]))
		head := data[at+8 : at+8+meta]
		pos := int(binary.LittleEndian.Uint32(head))
		table := pos - int(int32(binary.LittleEndian.Uint32(head[pos:])))
		body := 0
		if o := int(binary.LittleEndian.Uint16(head[table+10:])); binary.LittleEndian.Uint16(head[table:]) > 10 && o != 0 {
			body = int(binary.LittleEndian.Uint64(head[pos+o:]))
		}
		list = append(list, [3]int{at, at + 8 + meta, at + 8 + meta + body})
		at += 8 + meta + body
	}
	return list
}

func TestABatchThatFailsAsAWholeIsToldAndTheNextGoesOn(t *testing.T) {
	batches := []arrow.Record{rowsOf(1, "Rome", "Oslo"), rowsOf(3, "Rome", "Oslo"), rowsOf(5, "Rome", "Oslo")}
	data := streamOf(t, homes, batches)
	second := frames(data)[2]
	offsets := bytes.Index(data[second[1]:], []byte{0, 0, 0, 0, 4, 0, 0, 0, 8, 0, 0, 0})
	binary.LittleEndian.PutUint32(data[second[1]+offsets+4:], 1<<30) // of the cities
	a := answersOf(t, newServer(t, "error"), data, streamOf(t, homes, batches[:1]))
	rows := append(a[0].json(t), a[1].json(t)...)
	if len(rows) != 8 {
		t.Fatalf("%d rows: %v", len(rows), rows)
	}
	for i, row := range rows {
		failed := strings.Contains(row, `"code":"failed"`) && strings.Contains(row, `damaged: column \"city\"`) && strings.Contains(row, `"id":null,"price":null`)
		if failed != (i == 2 || i == 3) || !failed && !strings.Contains(row, `"_error":null`) {
			t.Errorf("row %d: %s", i, row)
		}
	}
}

func TestAfterADamagedDictionaryNoBatchIsScored(t *testing.T) {
	schema := dictionarySchema()
	data := streamOf(t, schema, []arrow.Record{
		withCity(schema, 1, wordsOf([]string{"Rome", "Oslo"}, "Oslo")),
		withCity(schema, 3, wordsOf([]string{"Bern", "Oslo"}, "Bern")),
		withCity(schema, 5, wordsOf([]string{"Bern", "Oslo"}, "Oslo")),
	})
	third := frames(data)[3] // schema, dictionary, batch, dictionary
	if data[third[1]-1] != 0 {
		t.Fatal("the header has no padding")
	}
	// The node of the dictionary's values says that there are more than the buffers hold.
	at := bytes.LastIndex(data[third[0]:third[1]], []byte{2, 0, 0, 0, 0, 0, 0, 0})
	binary.LittleEndian.PutUint32(data[third[0]+at:], 1<<20)
	rows := answersOf(t, newServer(t, "error"), data)[0].json(t)
	if len(rows) != 3 || !strings.Contains(rows[0], `"_error":null`) {
		t.Fatalf("%v", rows)
	}
	for _, row := range rows[1:] {
		if !strings.Contains(row, `"code":"failed"`) {
			t.Errorf("a batch behind a damaged dictionary: %s", row)
		}
	}
}

func TestPackedBatchesAreRead(t *testing.T) {
	batches := []arrow.Record{rowsOf(1, "Rome", "Oslo"), rowsOf(3, "Rome")}
	want := answersOf(t, newServer(t, "error"), streamOf(t, homes, batches))[0].json(t)
	for name, opt := range map[string]ipc.Option{"lz4": ipc.WithLZ4(), "zstd": ipc.WithZstd()} {
		for _, a := range answersOf(t, newServer(t, "error"), streamOf(t, homes, batches, opt), streamOf(t, homes, batches), streamOf(t, homes, batches, opt)) {
			if got := a.json(t); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
	}
}

func TestABatchThatHasNoRoomIsTold(t *testing.T) {
	wide := make([]string, 40)
	for i := range wide {
		wide[i] = strings.Repeat("x", 8<<20)
	}
	s := newServer(t, "error", "memory=256MiB")
	for name, opt := range map[string][]ipc.Option{"packed": {ipc.WithZstd()}, "plain": nil} {
		a := answersOf(t, s, streamOf(t, homes, []arrow.Record{rowsOf(1, "Rome"), rowsOf(1, wide...), rowsOf(2, "Rome")}, opt...))
		rows := a[0].json(t)
		if len(rows) != 42 || !strings.Contains(rows[1], "raise --memory") || !strings.Contains(rows[41], `"_error":null`) {
			t.Errorf("%s: %d rows, %s", name, len(rows), rows[min(1, len(rows)-1)])
		}
	}
}

// keptColumns returns columns of three rows, of all kinds of types.
func keptColumns(t *testing.T) (fields []arrow.Field, cols []arrow.Array) {
	t.Helper()
	point := arrow.StructOf(arrow.Field{Name: "x", Type: arrow.PrimitiveTypes.Float32, Nullable: true}, arrow.Field{Name: "s", Type: arrow.BinaryTypes.LargeString})
	for _, c := range []struct {
		typ  arrow.DataType
		json string
	}{
		{arrow.Null, `[null,null,null]`},
		{arrow.FixedWidthTypes.Boolean, `[true,null,false]`},
		{arrow.PrimitiveTypes.Uint64, `[18446744073709551615,null,0]`},
		{arrow.FixedWidthTypes.Float16, `[1.5,null,0]`},
		{arrow.BinaryTypes.LargeString, `["a",null,"b"]`},
		{arrow.BinaryTypes.LargeBinary, `["YQ==",null,"Yg=="]`},
		{&arrow.FixedSizeBinaryType{ByteWidth: 3}, `["YWFh",null,"YmJi"]`},
		{&arrow.Decimal128Type{Precision: 30, Scale: 2}, `["1.25",null,"-3.5"]`},
		{arrow.FixedWidthTypes.Date64, `["2026-01-31",null,"1969-01-01"]`},
		{arrow.FixedWidthTypes.Time64ns, `["10:00:00.000000001",null,"00:00:00"]`},
		{&arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "Europe/Berlin"}, `["2026-01-31 10:00:00.123456789",null,"1969-01-01"]`},
		{arrow.FixedWidthTypes.Duration_ms, `["1ms",null,"3ms"]`},
		{arrow.FixedWidthTypes.MonthDayNanoInterval, `[{"months":1,"days":2,"nanoseconds":3},null,{"months":0,"days":0,"nanoseconds":1}]`},
		{point, `[{"x":1,"s":"a"},null,{"x":null,"s":"b"}]`},
		{arrow.ListOf(point), `[[{"x":1,"s":"a"}],null,[]]`},
		{arrow.LargeListOf(arrow.PrimitiveTypes.Int8), `[[1,2],null,[]]`},
		{arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Int16), `[[1,2],null,[3,4]]`},
		{arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64), `[[{"key":"a","value":1}],null,[]]`},
		{arrow.ListOf(wordsOf(nil).DataType()), `[["a","b","a"],null,[]]`},
		{arrow.BinaryTypes.StringView, `["short","a text that is longer than twelve bytes",null]`},
	} {
		col, _, err := array.FromJSON(memory.DefaultAllocator, c.typ, strings.NewReader(c.json))
		if err != nil {
			t.Fatalf("%s: %v", c.typ, err)
		}
		cols = append(cols, col)
	}
	big := array.NewDecimal256Builder(memory.DefaultAllocator, &arrow.Decimal256Type{Precision: 60, Scale: 3})
	big.AppendValues([]decimal256.Num{decimal256.FromI64(1), decimal256.FromI64(-2), decimal256.FromI64(3)}, []bool{true, true, false})
	cols = append(cols, big.NewArray(), wordsOf([]string{"p", "q"}, "q", "p", "q"))
	for i, c := range cols {
		meta := arrow.NewMetadata([]string{"note"}, []string{"kept"})
		fields = append(fields, arrow.Field{Name: "kept" + string(rune('a'+i)), Type: c.DataType(), Nullable: true, Metadata: meta})
	}
	return fields, cols
}

func TestKeptColumnsComeBackAsTheyAre(t *testing.T) {
	fields, cols := keptColumns(t)
	rows := rowsOf(1, "Rome", "Paris", "Oslo")
	fields, cols = append(fields, homes.Fields()...), append(cols, rows.Columns()...)
	schema := arrow.NewSchema(fields, nil)
	whole := array.NewRecord(schema, cols, 3)
	for _, opts := range [][]ipc.Option{nil, {ipc.WithLZ4()}} {
		a := answersOf(t, newServer(t, "error", "keep=all"), streamOf(t, schema, []arrow.Record{whole, whole}, opts...))[0]
		if len(a.batches) != 2 {
			t.Fatalf("%d batches", len(a.batches))
		}
		for _, b := range a.batches {
			for i, f := range fields {
				got := a.schema.Field(i)
				if got.Name != f.Name || !arrow.TypeEqual(got.Type, f.Type) || !got.Metadata.Equal(f.Metadata) {
					t.Errorf("field %d is %v, want %v", i, got, f)
				}
				if !array.Equal(b.Column(i), cols[i]) {
					t.Errorf("%s: %v, want %v", f.Type, b.Column(i), cols[i])
				}
			}
			if e := b.Column(int(b.NumCols()) - 1); e.IsValid(0) || e.IsNull(1) || e.IsValid(2) {
				t.Errorf("errors %v", e)
			}
		}
	}
}

// A batch that fails has nulls of every type.
func TestKeptColumnsOfAFailedBatchAreNull(t *testing.T) {
	fields, cols := keptColumns(t)
	fields, cols = append(fields, homes.Fields()...), append(cols, rowsOf(1, "Rome", "Oslo", "Bern").Columns()...)
	schema := arrow.NewSchema(fields, nil)
	whole := array.NewRecord(schema, cols, 3)
	s := newServer(t, "error", "keep=all", "memory=128MiB")
	data := streamOf(t, schema, []arrow.Record{whole, whole})
	all := frames(data)
	last := all[len(all)-1]
	clear(data[last[1]+64 : last[2]]) // of the second batch
	a := answersOf(t, s, data)[0]
	if len(a.batches) != 2 || a.batches[1].NumRows() != 3 {
		t.Fatalf("%d batches", len(a.batches))
	}
}

// closedWriter is a reader of the answers that has gone.
type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestAServerEndsIfItsAnswersCannotBeWritten(t *testing.T) {
	s := newServer(t, "error")
	var batches []arrow.Record
	for range 50 {
		batches = append(batches, rowsOf(1, "Rome"))
	}
	s.In, s.Out = bytes.NewReader(streamOf(t, homes, batches)), closedWriter{}
	if err := s.Serve(context.Background()); err == nil || !strings.Contains(err.Error(), io.ErrClosedPipe.Error()) {
		t.Errorf("%v", err)
	}
}

// Whatever comes in, the server ends, with an error or with streams that can be read.
func FuzzServe(f *testing.F) {
	schema := dictionarySchema()
	plain := streamOf(f, homes, []arrow.Record{rowsOf(1, "Rome", "Paris"), rowsOf(3)})
	f.Add(plain)
	f.Add(streamOf(f, homes, []arrow.Record{rowsOf(1, "Rome")}, ipc.WithZstd()))
	f.Add(append(streamOf(f, withOptions(homes, `{"keep":"all"}`), nil), plain...))
	f.Add(streamOf(f, schema, []arrow.Record{withCity(schema, 1, wordsOf([]string{"Rome", "Oslo"}, "Oslo")), withCity(schema, 3, wordsOf([]string{"Bern", "Oslo"}, "Bern"))}))
	s := newServer(f, "error", "memory=128MiB", "keep=all")
	f.Fuzz(func(t *testing.T, data []byte) {
		var out bytes.Buffer
		s.In, s.Out = bytes.NewReader(data), &out
		if err := s.Serve(context.Background()); err == nil {
			read(t, out.Bytes())
		}
	})
}
