package sinks_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/engine/store"
	"leapscore/internal/testseed"
	"leapscore/sinks"
)

// textTypes are those that come back from text if they are asked for; arrowTypes
// come back from Arrow IPC too.
var (
	textTypes = []arrow.DataType{
		arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
		arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
		arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.String,
		arrow.ListOf(arrow.PrimitiveTypes.Float64), arrow.ListOf(arrow.BinaryTypes.String), arrow.ListOf(arrow.ListOf(arrow.PrimitiveTypes.Int64)),
		arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Float64),
	}
	arrowTypes = append(textTypes[:len(textTypes):len(textTypes)],
		arrow.BinaryTypes.Binary, arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Timestamp_us, &arrow.Decimal128Type{Precision: 20, Scale: 3},
		&arrow.FixedSizeBinaryType{ByteWidth: 3}, arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Int32), arrow.FixedWidthTypes.Time64us,
		arrow.StructOf(arrow.Field{Name: "x", Type: arrow.PrimitiveTypes.Float64, Nullable: true}, arrow.Field{Name: "y", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true},
			arrow.Field{Name: "z", Type: arrow.PrimitiveTypes.Int16}),
		arrow.ListOf(arrow.StructOf(arrow.Field{Name: "b", Type: arrow.FixedWidthTypes.Boolean, Nullable: true})),
	)
)

var words = []string{"", " ", "a", "null", "NaN", "\"", "a,b", "x\r\ny", "\ufeffmark", "日本", "\x00\x1f", "\\", "'", "end ", "{}", "=1+1", "\u2028", "\U0001f600"}

// appendRandom appends a value that may be null.
func appendRandom(r *rand.Rand, b array.Builder, nullable bool) {
	if nullable && r.IntN(5) == 0 {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(r.IntN(2) == 0)
	case *array.Int8Builder:
		b.Append(int8(r.Uint32()))
	case *array.Int16Builder:
		b.Append(int16(r.Uint32()))
	case *array.Int32Builder:
		b.Append(int32(r.Uint32()))
	case *array.Int64Builder:
		b.Append(int64(r.Uint64()) >> r.IntN(64))
	case *array.Uint8Builder:
		b.Append(uint8(r.Uint32()))
	case *array.Uint16Builder:
		b.Append(uint16(r.Uint32()))
	case *array.Uint32Builder:
		b.Append(r.Uint32())
	case *array.Uint64Builder:
		b.Append(r.Uint64() >> r.IntN(64))
	case *array.Float32Builder:
		b.Append(float32(randomFloat(r)))
	case *array.Float64Builder:
		b.Append(randomFloat(r))
	case *array.StringBuilder:
		b.Append(words[r.IntN(len(words))] + strings.Repeat(words[r.IntN(len(words))], r.IntN(3)))
	case *array.BinaryBuilder:
		b.Append([]byte{byte(r.Uint32()), 0xff}[:r.IntN(3)])
	case *array.FixedSizeBinaryBuilder:
		b.Append([]byte{byte(r.Uint32()), 0, 0xff})
	case *array.Date32Builder:
		b.Append(arrow.Date32(r.Int32N(50_000) - 10_000))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(r.Int64N(1<<52) - 1<<51))
	case *array.Time64Builder:
		b.Append(arrow.Time64(r.Int64N(86_400_000_000)))
	case *array.Decimal128Builder:
		b.Append(decimal128.FromI64(int64(r.Uint64())))
	case *array.StructBuilder:
		b.Append(true)
		for i := range b.NumField() {
			appendRandom(r, b.FieldBuilder(i), b.Type().(*arrow.StructType).Field(i).Nullable)
		}
	case *array.MapBuilder:
		b.Append(true)
		for i := range r.IntN(4) {
			b.KeyBuilder().(*array.StringBuilder).Append(fmt.Sprint(words[r.IntN(len(words))], i))
			appendRandom(r, b.ItemBuilder(), true)
		}
	case *array.FixedSizeListBuilder:
		b.Append(true)
		for range 2 {
			appendRandom(r, b.ValueBuilder(), true)
		}
	case *array.ListBuilder:
		b.Append(true)
		for range r.IntN(4) {
			appendRandom(r, b.ValueBuilder(), true)
		}
	default:
		panic(fmt.Sprint("no random ", b.Type()))
	}
}

func randomFloat(r *rand.Rand) float64 {
	switch r.IntN(6) {
	case 0:
		return []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 0, math.MaxFloat64, math.SmallestNonzeroFloat64, 1e16, 1e15, 1e-5, 9.999e-6}[r.IntN(11)]
	case 1:
		return float64(r.IntN(1000))
	case 2:
		return math.Float64frombits(r.Uint64())
	}
	return r.NormFloat64() * 100
}

// shown is value i of arr as text that tells all values apart, except NaNs.
func shown(arr arrow.Array, i int) string {
	if arr.IsNull(i) {
		return "null"
	}
	switch a := arr.(type) {
	case *array.Float64:
		return shownFloat(a.Value(i))
	case *array.Float32:
		return shownFloat(float64(a.Value(i)))
	case *array.Dictionary:
		return shown(a.Dictionary(), a.GetValueIndex(i))
	case *array.Struct:
		var parts []string
		for f := range a.NumField() {
			parts = append(parts, shown(a.Field(f), i))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case array.ListLike:
		lo, hi := a.ValueOffsets(i)
		var parts []string
		for j := lo; j < hi; j++ {
			parts = append(parts, shown(a.ListValues(), int(j)))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	return fmt.Sprintf("%q", arr.ValueStr(i))
}

func shownFloat(x float64) string {
	if math.IsNaN(x) {
		return "NaN"
	}
	return fmt.Sprintf("%x", math.Float64bits(x))
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	for _, c := range []struct {
		format sinks.Format
		types  []arrow.DataType
	}{
		{sinks.FormatCSV, textTypes}, {sinks.FormatJSON, textTypes}, {sinks.FormatArrow, arrowTypes}, {sinks.FormatArrowStream, arrowTypes},
	} {
		t.Run(c.format.String(), func(t *testing.T) {
			for seed := range testseed.Seeds(t, 30) {
				roundTrip(t, rand.New(rand.NewPCG(seed, 5)), c.format, c.types)
			}
		})
	}
}

// roundTrip writes random rows, in slices and with strings as dictionaries now
// and then, and reads them back.
func roundTrip(t *testing.T, r *rand.Rand, format sinks.Format, types []arrow.DataType) {
	t.Helper()
	fields := []arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}}
	for i, typ := range types {
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("c%d %s", i, words[i%len(words)]), Type: typ, Nullable: r.IntN(4) > 0})
	}
	schema := arrow.NewSchema(fields, nil)
	rows := 1 + r.IntN(60)
	var cols []arrow.Array
	for _, f := range fields {
		b := array.NewBuilder(memory.DefaultAllocator, f.Type)
		for range rows {
			appendRandom(r, b, f.Nullable)
		}
		cols = append(cols, b.NewArray())
	}
	want := make(map[string][]string)
	for i, f := range fields {
		for row := range rows {
			want[f.Name] = append(want[f.Name], shown(cols[i], row))
		}
		if f.Type.ID() == arrow.STRING && r.IntN(2) == 0 {
			cols[i] = asDictionary(cols[i].(*array.String))
		}
	}
	st := store.New(&store.Mem{})
	name := "t." + format.String()
	table, err := sinks.CreateFile(t.Context(), st, name, sinks.Options{Schema: schema, RunID: "r", Format: format, GroupRows: 1 + r.IntN(40)})
	if err != nil {
		t.Fatal(err)
	}
	for n, lo := 0, 0; lo < rows; n++ {
		hi := min(rows, lo+1+r.IntN(30))
		p, err := table.Part(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Write(slice(cols, lo, hi)); err != nil {
			t.Fatal(err)
		}
		if err := p.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		lo = hi
	}
	if _, err := table.Commit(t.Context(), sinks.Run{ID: "r"}); err != nil {
		t.Fatal(err)
	}
	got := make(map[string][]string)
	for _, rec := range readAll(t, st, name, schema) {
		for i, f := range fields {
			for row := range int(rec.NumRows()) {
				got[f.Name] = append(got[f.Name], shown(rec.Column(i), row))
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		data, _ := st.ReadFile(t.Context(), name)
		t.Fatalf("%s (-want +got)\n%s\n%.2000q", format, diff, data)
	}
}

// slice is a record of some rows of cols.
func slice(cols []arrow.Array, lo, hi int) arrow.Record {
	var fields []arrow.Field
	for i, c := range cols {
		fields = append(fields, arrow.Field{Name: fmt.Sprint(i), Type: c.DataType(), Nullable: true})
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), cols, int64(cols[0].Len())).NewSlice(int64(lo), int64(hi))
}

func asDictionary(s *array.String) arrow.Array {
	b := array.NewDictionaryBuilder(memory.DefaultAllocator, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}).(*array.BinaryDictionaryBuilder)
	for i := range s.Len() {
		if s.IsNull(i) {
			b.AppendNull()
		} else if err := b.AppendString(s.Value(i)); err != nil {
			panic(err)
		}
	}
	return b.NewArray()
}

func TestNullsAreRefusedWhereTheSchemaHasNone(t *testing.T) {
	for _, format := range []sinks.Format{sinks.FormatCSV, sinks.FormatJSON, sinks.FormatArrow, sinks.FormatArrowStream, sinks.FormatParquet} {
		schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Int64}}, nil)
		table, err := sinks.CreateFile(t.Context(), store.New(&store.Mem{}), "x", sinks.Options{Schema: schema, RunID: "r", Format: format})
		if err != nil {
			t.Fatal(err)
		}
		p, err := table.Part(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		b := array.NewInt64Builder(memory.DefaultAllocator)
		b.AppendNull()
		err = p.Write(slice([]arrow.Array{b.NewArray()}, 0, 1))
		if err == nil || !strings.Contains(err.Error(), `column "x": null`) {
			t.Errorf("%s: error %v, want one about a null in column x", format, err)
		}
		if err := table.Abort(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestColumnsOfOtherTypesAreRefused(t *testing.T) {
	for _, format := range []sinks.Format{sinks.FormatCSV, sinks.FormatJSON, sinks.FormatArrow, sinks.FormatParquet} {
		schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Int64}}, nil)
		table, err := sinks.CreateFile(t.Context(), store.New(&store.Mem{}), "x", sinks.Options{Schema: schema, RunID: "r", Format: format})
		if err != nil {
			t.Fatal(err)
		}
		p, err := table.Part(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		b := array.NewStringBuilder(memory.DefaultAllocator)
		b.Append("1")
		err = p.Write(slice([]arrow.Array{b.NewArray()}, 0, 1))
		if err == nil || !strings.Contains(err.Error(), `column "x": found utf8, want int64`) {
			t.Errorf("%s: error %v", format, err)
		}
		if err := table.Abort(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
