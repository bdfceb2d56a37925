package parquet

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/internal/testseed"
)

var vectorLayout = arrow.StructOf(
	arrow.Field{Name: "type", Type: arrow.PrimitiveTypes.Int8},
	arrow.Field{Name: "size", Type: arrow.PrimitiveTypes.Int32},
	arrow.Field{Name: "indices", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32), Nullable: true},
	arrow.Field{Name: "values", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true},
)

// vectorRows returns n random vectors of up to width values, and the lists that
// they stand for.
func vectorRows(r *rand.Rand, n, width int, nulls bool, draw func() float64) (arrow.Array, []any) {
	b := array.NewStructBuilder(memory.DefaultAllocator, vectorLayout)
	defer b.Release()
	idx, val := b.FieldBuilder(2).(*array.ListBuilder), b.FieldBuilder(3).(*array.ListBuilder)
	var want []any
	for range n {
		if nulls && r.IntN(5) == 0 {
			b.AppendNull()
			want = append(want, nil)
			continue
		}
		size := r.IntN(width + 1)
		dense := r.IntN(3) == 0
		list := make([]any, size)
		for i := range list {
			list[i] = fmt.Sprintf("%016x", 0)
		}
		b.Append(true)
		b.FieldBuilder(1).(*array.Int32Builder).Append(int32(size))
		idx.Append(true)
		val.Append(true)
		for i := range list {
			if !dense && r.IntN(8) > 0 {
				continue
			}
			x := draw()
			list[i] = fmt.Sprintf("%016x", math.Float64bits(x))
			val.ValueBuilder().(*array.Float64Builder).Append(x)
			if !dense {
				idx.ValueBuilder().(*array.Int32Builder).Append(int32(i))
			}
		}
		form := int8(0)
		if dense {
			form = 1
		}
		b.FieldBuilder(0).(*array.Int8Builder).Append(form)
		want = append(want, list)
	}
	return b.NewArray(), want
}

// Vectors where lists are promised are read as the lists of all their values, by
// Arrow's reader: null, empty, dense and sparse ones, with and without dictionary.
func TestVectorsAreReadAsLists(t *testing.T) {
	for seed := range testseed.Seeds(t, 20) {
		r := rand.New(rand.NewPCG(seed, 3))
		draws := []func() float64{
			r.Float64,
			func() float64 { return float64(r.IntN(3)) },
			func() float64 { return 1 },
			func() float64 { return math.Copysign(0, -1) },
			func() float64 { return []float64{math.NaN(), math.Inf(-1), 0, 5}[r.IntN(4)] },
		}
		nullable := seed%2 == 0
		field := arrow.Field{Name: "x", Nullable: nullable, Type: arrow.ListOf(arrow.PrimitiveTypes.Float64)}
		if seed%3 == 0 {
			field.Type = arrow.ListOfNonNullable(arrow.PrimitiveTypes.Float64)
		}
		rows := 1 + r.IntN(120)
		arr, want := vectorRows(r, rows, []int{3, 40, 700}[r.IntN(3)], nullable, draws[r.IntN(len(draws))])
		rec := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "x", Type: vectorLayout, Nullable: true}}, nil), []arrow.Array{arr}, int64(rows))
		data := encode(t, r, arrow.NewSchema([]arrow.Field{field}, nil), rec, 2+r.IntN(rows), "snappy")
		var got []any
		for _, chunk := range readArrow(t, data).Column(0).Data().Chunks() {
			got = append(got, plain(chunk)...)
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("seed %d: (-want +read)\n%.3000s", seed, cmp.Diff(want, got))
		}
	}
}

// What zeros take in the encoder does not depend on how many they are.
func TestZerosOfVectorsAreRunLengths(t *testing.T) {
	size := func(width int32) (int, int) {
		b := array.NewStructBuilder(memory.DefaultAllocator, vectorLayout)
		defer b.Release()
		for i := range 50 {
			b.Append(true)
			b.FieldBuilder(0).(*array.Int8Builder).Append(0)
			b.FieldBuilder(1).(*array.Int32Builder).Append(width)
			idx, val := b.FieldBuilder(2).(*array.ListBuilder), b.FieldBuilder(3).(*array.ListBuilder)
			idx.Append(true)
			idx.ValueBuilder().(*array.Int32Builder).AppendValues([]int32{int32(i), width - 1}, nil)
			val.Append(true)
			val.ValueBuilder().(*array.Float64Builder).AppendValues([]float64{1, 2}, nil)
		}
		arr := b.NewArray()
		rec := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "x", Type: vectorLayout}}, nil), []arrow.Array{arr}, 50)
		s, err := NewSchema(arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64)}}, nil))
		if err != nil {
			t.Fatal(err)
		}
		c, err := NewCodec("none")
		if err != nil {
			t.Fatal(err)
		}
		e, g := NewEncoder(c), s.NewGroup()
		if err := g.Append(rec, 0, 50); err != nil {
			t.Fatal(err)
		}
		enc, err := e.Encode(g)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		f := NewFile(&out, s, "test", nil)
		if err := f.Append(enc); err != nil {
			t.Fatal(err)
		}
		return out.Len(), cap(e.scratch.body) + cap(e.scratch.idx)*4 + cap(e.scratch.coded)
	}
	narrow, _ := size(1000)
	wide, scratch := size(50_000_000)
	if wide > 3*narrow+1000 || scratch > 1<<20 {
		t.Errorf("50 rows take %d bytes with 1,000 values each, and %d with 50 million, and %d in the encoder", narrow, wide, scratch)
	}
}
