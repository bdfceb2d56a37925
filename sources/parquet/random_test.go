package parquet_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/testseed"
	"leapscore/sources"
	"leapscore/sources/internal/scan"
	"leapscore/sources/parquet"
	"leapscore/sources/sourcetest"
)

// randomType makes a type, nested at most depth times.
func randomType(r *rand.Rand, depth int) arrow.DataType {
	flat := []arrow.DataType{
		arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32,
		arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32,
		arrow.PrimitiveTypes.Uint64, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.String,
		arrow.BinaryTypes.Binary, arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Timestamp_us,
		&arrow.Decimal128Type{Precision: 20, Scale: 3}, &arrow.FixedSizeBinaryType{ByteWidth: 3},
	}
	k := r.IntN(len(flat) + 6)
	switch {
	case k < len(flat) || depth == 0:
		return flat[k%len(flat)]
	case k < len(flat)+3:
		return arrow.ListOf(randomType(r, depth-1))
	case k < len(flat)+4:
		return arrow.MapOf(arrow.BinaryTypes.String, randomType(r, depth-1))
	}
	var fields []arrow.Field
	for i := range 1 + r.IntN(3) {
		fields = append(fields, arrow.Field{Name: fmt.Sprint("f", i), Type: randomType(r, depth-1), Nullable: r.IntN(2) == 0})
	}
	return arrow.StructOf(fields...)
}

// appendRandom appends a value, or a null if the column may have them.
func appendRandom(r *rand.Rand, b array.Builder, nullable bool) {
	if nullable && r.IntN(4) == 0 {
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
		b.Append(int64(r.Uint64()))
	case *array.Uint8Builder:
		b.Append(uint8(r.Uint32()))
	case *array.Uint16Builder:
		b.Append(uint16(r.Uint32()))
	case *array.Uint32Builder:
		b.Append(r.Uint32())
	case *array.Uint64Builder:
		b.Append(r.Uint64())
	case *array.Float32Builder:
		b.Append(float32(r.NormFloat64()))
	case *array.Float64Builder:
		b.Append([]float64{r.NormFloat64(), math.NaN(), math.Copysign(0, -1), 1, 2}[r.IntN(5)])
	case *array.StringBuilder:
		b.Append(fmt.Sprint("s", r.IntN(1<<r.IntN(12))))
	case *array.BinaryBuilder:
		b.Append(bytes.Repeat([]byte{byte(r.Uint32())}, r.IntN(5)))
	case *array.Date32Builder:
		b.Append(arrow.Date32(r.IntN(30000)))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(r.Int64N(1 << 50)))
	case *array.Decimal128Builder:
		b.Append(decimal128.FromI64(int64(r.Uint64()) >> r.IntN(60)))
	case *array.FixedSizeBinaryBuilder:
		b.Append([]byte{byte(r.Uint32()), 0, 255})
	case *array.ListBuilder:
		b.Append(true)
		for range r.IntN(4) {
			appendRandom(r, b.ValueBuilder(), true)
		}
	case *array.MapBuilder:
		b.Append(true)
		for i := range r.IntN(3) {
			b.KeyBuilder().(*array.StringBuilder).Append(fmt.Sprint("k", i))
			appendRandom(r, b.ItemBuilder(), true)
		}
	case *array.StructBuilder:
		b.Append(true)
		for i, f := range b.Type().(*arrow.StructType).Fields() {
			appendRandom(r, b.FieldBuilder(i), f.Nullable)
		}
	default:
		panic(b.Type().String())
	}
}

func randomTable(r *rand.Rand, rows int) arrow.Table {
	var fields []arrow.Field
	for i := range 1 + r.IntN(6) {
		fields = append(fields, arrow.Field{Name: fmt.Sprint("c", i), Type: randomType(r, 2), Nullable: r.IntN(3) > 0})
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i, f := range fields {
		for range rows {
			appendRandom(r, b.Field(i), f.Nullable)
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	return array.NewTableFromRecords(schema, []arrow.Record{rec})
}

func tableText(t arrow.Table) map[string][]string {
	out := make(map[string][]string)
	for i := range int(t.NumCols()) {
		for _, c := range t.Column(i).Data().Chunks() {
			out[t.Column(i).Name()] = append(out[t.Column(i).Name()], sourcetest.Text(c)...)
		}
	}
	return out
}

func TestRandomTablesRoundTripThroughParquet(t *testing.T) {
	dir := t.TempDir()
	for seed := range testseed.Seeds(t, 200) {
		r := rand.New(rand.NewPCG(seed, 1))
		table := randomTable(r, 1+r.IntN(600))
		name := filepath.Join(dir, fmt.Sprint(seed, ".parquet"))
		sourcetest.WriteRandom(t, r, name, table)
		s := sourcetest.OpenAs(t, parquet.Open, sources.Options{BatchRows: 1 + r.IntN(300)}, name)
		if r.IntN(2) == 0 {
			parquet.SetReadAhead(s, 1000)
			parquet.SetStreamFrom(s, 1<<r.IntN(12))
		}
		got, err := sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		sourcetest.Diff(t, tableText(table), got)
		for i, f := range table.Schema().Fields() {
			if g := s.Schema().Field(i).Type; !scan.SameType(f.Type, g) {
				t.Errorf("seed %d: column %s is %s, want %s", seed, f.Name, g, f.Type)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}
