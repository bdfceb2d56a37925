package parquet

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// vectorUDT is the storage of Spark's vectors.
var vectorUDT = arrow.StructOf(
	arrow.Field{Name: "type", Type: arrow.PrimitiveTypes.Int8},
	arrow.Field{Name: "size", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	arrow.Field{Name: "indices", Type: arrow.ListOfNonNullable(arrow.PrimitiveTypes.Int32), Nullable: true},
	arrow.Field{Name: "values", Type: arrow.ListOfNonNullable(arrow.PrimitiveTypes.Float64), Nullable: true},
)

func dictionaryOf(index, value arrow.DataType) arrow.DataType {
	return &arrow.DictionaryType{IndexType: index, ValueType: value}
}

// flatTypes are all types without children.
func flatTypes() []arrow.DataType {
	p, b := arrow.PrimitiveTypes, arrow.BinaryTypes
	types := []arrow.DataType{
		arrow.Null, arrow.FixedWidthTypes.Boolean,
		p.Int8, p.Int16, p.Int32, p.Int64, p.Uint8, p.Uint16, p.Uint32, p.Uint64, p.Float32, p.Float64,
		b.String, b.LargeString, b.Binary, b.LargeBinary,
		dictionaryOf(p.Int8, b.String), dictionaryOf(p.Uint16, b.String), dictionaryOf(p.Uint32, b.String),
		dictionaryOf(p.Int64, b.Binary),
		p.Date32, p.Date64, &arrow.FixedSizeBinaryType{ByteWidth: 5},
		arrow.FixedWidthTypes.Time32s, arrow.FixedWidthTypes.Time32ms, arrow.FixedWidthTypes.Time64us, arrow.FixedWidthTypes.Time64ns,
	}
	for _, u := range []arrow.TimeUnit{arrow.Second, arrow.Millisecond, arrow.Microsecond, arrow.Nanosecond} {
		types = append(types, &arrow.TimestampType{Unit: u}, &arrow.TimestampType{Unit: u, TimeZone: "UTC"})
	}
	for _, d := range [][2]int32{{4, 1}, {9, 2}, {10, 0}, {18, 5}, {19, 3}, {38, 10}} {
		types = append(types, &arrow.Decimal128Type{Precision: d[0], Scale: d[1]})
	}
	return types
}

func nestedTypes() []arrow.DataType {
	p, b := arrow.PrimitiveTypes, arrow.BinaryTypes
	return []arrow.DataType{
		arrow.ListOf(p.Float64), arrow.ListOfNonNullable(p.Float64), arrow.ListOf(b.String), arrow.LargeListOf(p.Int32),
		arrow.ListOf(arrow.FixedWidthTypes.Boolean), arrow.ListOf(p.Int8), arrow.FixedSizeListOf(3, p.Float32),
		arrow.ListOf(dictionaryOf(p.Int8, b.String)),
		arrow.MapOf(b.String, p.Float64), arrow.MapOf(b.String, b.String), arrow.MapOf(p.Int64, p.Int16),
		vectorUDT,
		arrow.StructOf(
			arrow.Field{Name: "a", Type: p.Int32, Nullable: true},
			arrow.Field{Name: "b", Type: b.String},
			arrow.Field{Name: "c", Type: arrow.StructOf(arrow.Field{Name: "d", Type: p.Float64, Nullable: true}), Nullable: true},
		),
		arrow.ListOf(arrow.ListOf(p.Int64)), arrow.ListOf(vectorUDT), arrow.MapOf(b.String, arrow.ListOf(p.Float32)),
	}
}

// generator makes random arrays. Each has its own share of nulls and number of
// distinct values.
type generator struct {
	r        *rand.Rand
	nulls    int // in a hundred
	distinct int
}

func (g *generator) field(name string, t arrow.DataType) arrow.Field {
	return arrow.Field{Name: name, Type: t, Nullable: g.r.IntN(3) > 0 || t.ID() == arrow.NULL}
}

// array returns n values for f, as a slice of a longer array.
func (g *generator) array(f arrow.Field, n int) arrow.Array {
	g.nulls = []int{0, 5, 50, 100}[g.r.IntN(4)]
	g.distinct = []int{1, 3, 100, 1 << 30}[g.r.IntN(4)]
	b := array.NewBuilder(memory.DefaultAllocator, f.Type)
	defer b.Release()
	before, after := g.r.IntN(20), g.r.IntN(5)
	for range before + n + after {
		g.append(b, f)
	}
	whole := b.NewArray()
	return array.NewSlice(whole, int64(before), int64(before+n))
}

func (g *generator) append(b array.Builder, f arrow.Field) {
	if f.Nullable && g.r.IntN(100) < g.nulls {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.NullBuilder:
		b.AppendNull()
	case *array.ListBuilder:
		b.Append(true)
		g.elements(b.ValueBuilder(), f.Type.(*arrow.ListType).ElemField(), g.r.IntN(4))
	case *array.LargeListBuilder:
		b.Append(true)
		g.elements(b.ValueBuilder(), f.Type.(*arrow.LargeListType).ElemField(), g.r.IntN(4))
	case *array.FixedSizeListBuilder:
		b.Append(true)
		g.elements(b.ValueBuilder(), f.Type.(*arrow.FixedSizeListType).ElemField(), 3)
	case *array.MapBuilder:
		b.Append(true)
		t := f.Type.(*arrow.MapType)
		for range g.r.IntN(3) {
			g.append(b.KeyBuilder(), arrow.Field{Type: t.KeyType()})
			g.append(b.ItemBuilder(), t.ItemField())
		}
	case *array.StructBuilder:
		b.Append(true)
		for i, child := range f.Type.(*arrow.StructType).Fields() {
			g.append(b.FieldBuilder(i), child)
		}
	case *array.BinaryDictionaryBuilder:
		v := fmt.Sprint("word ", g.r.IntN(min(g.distinct, 100)))
		if err := b.AppendString(v); err != nil {
			panic(err)
		}
	default:
		g.scalar(b)
	}
}

func (g *generator) elements(b array.Builder, f arrow.Field, n int) {
	for range n {
		g.append(b, f)
	}
}

func (g *generator) scalar(b array.Builder) {
	x := g.r.Int64N(int64(g.distinct)) - int64(g.distinct)/2
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(x&1 == 0)
	case *array.Int8Builder:
		b.Append(int8(x))
	case *array.Int16Builder:
		b.Append(int16(x))
	case *array.Int32Builder:
		b.Append(int32(x))
	case *array.Int64Builder:
		b.Append(x << 20)
	case *array.Uint8Builder:
		b.Append(uint8(x))
	case *array.Uint16Builder:
		b.Append(uint16(x))
	case *array.Uint32Builder:
		b.Append(uint32(x))
	case *array.Uint64Builder:
		b.Append(uint64(x) << 20)
	case *array.Float32Builder:
		b.Append(float32(g.float(x)))
	case *array.Float64Builder:
		b.Append(g.float(x))
	case *array.StringBuilder:
		b.Append(g.text(x))
	case *array.LargeStringBuilder:
		b.Append(g.text(x))
	case *array.BinaryBuilder:
		b.Append([]byte(g.text(x)))
	case *array.FixedSizeBinaryBuilder:
		b.Append([]byte(fmt.Sprintf("%05d", uint64(x)%100_000)))
	case *array.Decimal128Builder:
		n := decimal128.FromI64(x % 1000)
		if b.Type().(*arrow.Decimal128Type).Precision > 18 {
			n = n.Mul(decimal128.FromU64(1 << 50))
		}
		b.Append(n)
	case *array.Date32Builder:
		b.Append(arrow.Date32(x % 100_000))
	case *array.Date64Builder:
		b.Append(arrow.Date64(x % 100_000 * 86_400_000))
	case *array.Time32Builder:
		b.Append(arrow.Time32(uint64(x) % 86_400))
	case *array.Time64Builder:
		b.Append(arrow.Time64(uint64(x) % 86_400))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(x))
	default:
		panic(fmt.Sprintf("no values for %T", b))
	}
}

func (g *generator) float(x int64) float64 {
	switch x % 17 {
	case 0:
		return math.NaN()
	case 1:
		return math.Copysign(0, -1)
	case 2:
		return math.Inf(-1)
	}
	return float64(x) / 4
}

func (g *generator) text(x int64) string {
	switch x % 11 {
	case 0:
		return ""
	case 1:
		return strings.Repeat("é", int(uint64(x)%50)) + "\U0010FFFF"
	}
	return fmt.Sprint("text ", x)
}
