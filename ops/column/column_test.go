package column

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/bundle"
)

// fromJSON returns a column in the form of arrow's JSON.
func fromJSON(t *testing.T, mem memory.Allocator, dt arrow.DataType, text string) arrow.Array {
	t.Helper()
	arr, _, err := array.FromJSON(mem, dt, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return arr
}

// text prints each row; a vector as its form and entries.
func text(arr arrow.Array) []string {
	rows := []string{}
	for i := range arr.Len() {
		switch {
		case arr.IsNull(i):
			rows = append(rows, "null")
		case IsVector(arr.DataType()):
			v := ViewVectors(arr)
			rows = append(rows, fmt.Sprintf("%+v", v.Row(i)))
		default:
			rows = append(rows, arr.ValueStr(i))
		}
	}
	return rows
}

func checked(t *testing.T) memory.Allocator {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	return mem
}

func TestSourcesAreBroughtIntoTheFormOfTheirType(t *testing.T) {
	dict := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.PrimitiveTypes.Int64}
	spark := arrow.StructOf(
		arrow.Field{Name: "type", Type: arrow.PrimitiveTypes.Int8},
		arrow.Field{Name: "size", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
		arrow.Field{Name: "indices", Type: arrow.ListOfNonNullable(arrow.PrimitiveTypes.Int32), Nullable: true},
		arrow.Field{Name: "values", Type: arrow.ListOfNonNullable(arrow.PrimitiveTypes.Float64), Nullable: true},
	)
	cases := []struct {
		name string
		dt   arrow.DataType
		to   bundle.Type
		in   string
		want []string
	}{
		{"unsigned", arrow.PrimitiveTypes.Uint32, bundle.Scalar(bundle.Long), `[4294967295, null]`, []string{"4294967295", "null"}},
		{"large unsigned", arrow.PrimitiveTypes.Uint64, bundle.Scalar(bundle.Double), `[9007199254740993]`, []string{"9.007199254740992e+15"}},
		{"decimal, rounded once", &arrow.Decimal128Type{Precision: 38, Scale: 20}, bundle.Scalar(bundle.Double), `["0.1", null, "-123456789.123456789123456789"]`, []string{"0.1", "null", "-1.2345678912345679e+08"}},
		{"dictionary of numbers", dict, bundle.Scalar(bundle.Long), `[7, null, 8, 7]`, []string{"7", "null", "8", "7"}},
		{"large list", arrow.LargeListOf(arrow.PrimitiveTypes.Uint8), bundle.List(bundle.Short), `[[1, 2], null, []]`, []string{"[1,2]", "null", "[]"}},
		{"fixed-size list", arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Float64), bundle.List(bundle.Double), `[[1, 2], null, [3, null]]`, []string{"[1,2]", "null", "[3,null]"}},
		{"nulls for numbers", arrow.Null, bundle.Scalar(bundle.Double), `[null, null]`, []string{"null", "null"}},
		{"nulls for strings", arrow.Null, bundle.Scalar(bundle.String), `[null, null]`, []string{"null", "null"}},
		{"nulls for lists", arrow.Null, bundle.List(bundle.Double), `[null, null]`, []string{"null", "null"}},
		{"nulls for maps", arrow.Null, bundle.Map(bundle.String, bundle.Double), `[null, null]`, []string{"null", "null"}},
		{"nulls for vectors", arrow.Null, bundle.Tensor(bundle.Double), `[null, null]`, []string{"null", "null"}},
		{"large strings in lists", arrow.ListOf(arrow.BinaryTypes.LargeString), bundle.List(bundle.String), `[["a", null], ["b"]]`, []string{`["a",null]`, `["b"]`}},
		{"map of large strings", arrow.MapOf(arrow.BinaryTypes.LargeString, arrow.PrimitiveTypes.Uint8), bundle.Map(bundle.String, bundle.Short), `[[{"key": "a", "value": 1}], null]`, []string{`[{"key":"a","value":1}]`, "null"}},
		{
			"Spark's vectors", spark, bundle.Tensor(bundle.Double),
			`[{"type": 1, "size": null, "indices": null, "values": [1, 0]}, null, {"type": 0, "size": 4, "indices": [3, 1], "values": [5, 6]},
			  {"type": 0, "size": 2, "indices": [2], "values": [1]}, {"type": 0, "size": 2, "indices": [1, 1], "values": [1, 2]}]`,
			[]string{"{Size:2 Dense:true Indices:[] Values:[1 0]}", "null", "{Size:4 Dense:false Indices:[1 3] Values:[6 5]}", "null", "null"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			mem := checked(t)
			norm, err := NewNorm(c.dt, c.to)
			if err != nil {
				t.Fatal(err)
			}
			whole := fromJSON(t, mem, c.dt, c.in)
			defer whole.Release()
			got := norm(mem, whole)
			defer got.Release()
			if !arrow.TypeEqual(got.DataType(), ArrowType(c.to)) {
				t.Errorf("type %v, want %v", got.DataType(), ArrowType(c.to))
			}
			if diff := cmp.Diff(c.want, text(got)); diff != "" {
				t.Error(diff)
			}
			part := array.NewSlice(whole, 1, int64(whole.Len()))
			defer part.Release()
			rest := norm(mem, part)
			defer rest.Release()
			if diff := cmp.Diff(c.want[1:], text(rest)); diff != "" {
				t.Error("of a slice:", diff)
			}
		})
	}
}

// TestCastsAreThoseOfTheJVM has what Casting.scala gives for values at the
// edges of their types.
func TestCastsAreThoseOfTheJVM(t *testing.T) {
	f64, f32, i64, str := arrow.PrimitiveTypes.Float64, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String
	scalar := bundle.Scalar
	cases := []struct {
		name     string
		dt       arrow.DataType
		from, to bundle.Type
		in       string
		want     []string
	}{
		{"double to int saturates", f64, scalar(bundle.Double), scalar(bundle.Int), `[1.9, -1.9, 1e20, -1e20, null]`, []string{"1", "-1", "2147483647", "-2147483648", "null"}},
		{"double to byte keeps the low bits", f64, scalar(bundle.Double), scalar(bundle.Byte), `[300, 1e20]`, []string{"44", "-1"}},
		{"long to byte keeps the low bits", i64, scalar(bundle.Long), scalar(bundle.Byte), `[300, -129]`, []string{"44", "127"}},
		{"long to float rounds to even", i64, scalar(bundle.Long), scalar(bundle.Float), `[16777217, 16777219]`, []string{"1.6777216e+07", "1.677722e+07"}},
		{"boolean to text is a digit", arrow.FixedWidthTypes.Boolean, scalar(bundle.Boolean), scalar(bundle.String), `[true, false, null]`, []string{"1", "0", "null"}},
		{"boolean to double", arrow.FixedWidthTypes.Boolean, scalar(bundle.Boolean), scalar(bundle.Double), `[true, false]`, []string{"1", "0"}},
		{"double to text", f64, scalar(bundle.Double), scalar(bundle.String), `[1, 1e7, 0.001, 1e-4, 2e23]`, []string{"1.0", "1.0E7", "0.001", "1.0E-4", "1.9999999999999998E23"}},
		{"float to text", f32, scalar(bundle.Float), scalar(bundle.String), `[0.1, 1e10]`, []string{"0.1", "1.0E10"}},
		{"number to boolean", f64, scalar(bundle.Double), scalar(bundle.Boolean), `[0, -0.0, 2]`, []string{"false", "false", "true"}},
		{"text to boolean", str, scalar(bundle.String), scalar(bundle.Boolean), `["true", "no", "", "00", "12", "False"]`, []string{"true", "false", "false", "false", "true", "true"}},
		{"text to double", str, scalar(bundle.String), scalar(bundle.Double), `[" 2.5 ", "7d", "0x1p3", "null", "", null]`, []string{"2.5", "7", "8", "null", "null", "null"}},
		{"text that is null where none can be", str, scalar(bundle.String), scalar(bundle.Double).NonNull(), `["null", "", "3"]`, []string{"0", "0", "3"}},
		{"text to int", str, scalar(bundle.String), scalar(bundle.Int), `["+5", "-7"]`, []string{"5", "-7"}},
		{"list of text to list of numbers", arrow.ListOf(str), bundle.List(bundle.String), bundle.List(bundle.Double), `[["1", "null"], [], null]`, []string{"[1,null]", "[]", "null"}},
		{"list to vector", arrow.ListOf(i64), bundle.List(bundle.Long), bundle.Tensor(bundle.Double, 2), `[[1, 2], null, []]`, []string{"{Size:2 Dense:true Indices:[] Values:[1 2]}", "null", "{Size:0 Dense:true Indices:[] Values:[]}"}},
		{"scalar to a tensor without dimensions", i64, scalar(bundle.Long), bundle.TensorOf(bundle.Double, nil), `[7, null]`, []string{"{Size:1 Dense:true Indices:[] Values:[7]}", "null"}},
		{"values of a map", arrow.MapOf(str, i64), bundle.Map(bundle.String, bundle.Long), bundle.Map(bundle.String, bundle.String), `[[{"key": "a", "value": 1}], null]`, []string{`[{"key":"a","value":"1"}]`, "null"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			mem := checked(t)
			cast, err := NewCast(c.from, c.to)
			if err != nil {
				t.Fatal(err)
			}
			whole := fromJSON(t, mem, c.dt, c.in)
			defer whole.Release()
			for from := range min(2, whole.Len()) {
				part := array.NewSlice(whole, int64(from), int64(whole.Len()))
				got := cast(mem, part, func(row int, format string, args ...any) {
					t.Errorf("row %d: "+format, append([]any{row}, args...)...)
				})
				if diff := cmp.Diff(c.want[from:], text(got)); diff != "" {
					t.Error(diff)
				}
				got.Release()
				part.Release()
			}
		})
	}
}

func TestCastsSayWhichRowIsBad(t *testing.T) {
	mem := checked(t)
	cast, err := NewCast(bundle.List(bundle.String), bundle.Tensor(bundle.Double))
	if err != nil {
		t.Fatal(err)
	}
	arr := fromJSON(t, mem, arrow.ListOf(arrow.BinaryTypes.String), `[["1"], [], ["2", "x"], ["3", null], ["4"]]`)
	defer arr.Release()
	var bad []int
	cast(mem, arr, func(row int, _ string, _ ...any) { bad = append(bad, row) }).Release()
	if diff := cmp.Diff([]int{2, 3}, bad); diff != "" {
		t.Error(diff)
	}
}

// Of a dictionary each word is read once, and only words that rows have are bad.
func TestCastsOfDictionaries(t *testing.T) {
	mem := checked(t)
	cast, err := NewCast(bundle.Scalar(bundle.String), bundle.Scalar(bundle.Double))
	if err != nil {
		t.Fatal(err)
	}
	words := fromJSON(t, mem, arrow.BinaryTypes.String, `["1.5", "x", "null", "unused", null]`)
	defer words.Release()
	codes := fromJSON(t, mem, arrow.PrimitiveTypes.Int32, `[0, 2, 1, 0, null, 1, 4, 0]`)
	defer codes.Release()
	arr := array.NewDictionaryArray(&arrow.DictionaryType{IndexType: codes.DataType(), ValueType: words.DataType()}, codes, words)
	defer arr.Release()
	var bad []string
	got := cast(mem, arr, func(row int, format string, args ...any) {
		bad = append(bad, fmt.Sprintf("%d: "+format, append([]any{row}, args...)...))
	})
	defer got.Release()
	if diff := cmp.Diff([]string{`2: "x" is not a double`, `5: "x" is not a double`}, bad); diff != "" {
		t.Error(diff)
	}
	want := []string{"1.5", "null", "", "1.5", "null", "", "null", "1.5"}
	for row, text := range text(got) {
		if want[row] != "" && text != want[row] {
			t.Errorf("row %d is %s, want %s", row, text, want[row])
		}
	}
}

func TestCastsThatMLeapLacksAreRefused(t *testing.T) {
	cases := [][2]bundle.Type{
		{bundle.Scalar(bundle.ByteString), bundle.Scalar(bundle.String)},
		{bundle.Scalar(bundle.Double), bundle.Tensor(bundle.Double, 1)},
		{bundle.Scalar(bundle.Double), bundle.Tensor(bundle.Double)},
		{bundle.Tensor(bundle.Double, 2), bundle.Scalar(bundle.Double)},
		{bundle.List(bundle.Double), bundle.Scalar(bundle.Double)},
		{bundle.Map(bundle.String, bundle.Double), bundle.List(bundle.Double)},
	}
	for _, c := range cases {
		if _, err := NewCast(c[0], c[1]); err == nil {
			t.Errorf("%v is cast to %v", c[0], c[1])
		}
	}
}

func TestFilterKeepsTheRowsAskedFor(t *testing.T) {
	mem := checked(t)
	b := NewVectorBuilder(mem, 5, 2)
	b.AppendDense([]float64{1, 2})
	b.AppendNull()
	b.AppendSparse(9, []int32{4}, []float64{math.Pi})
	b.AppendDense([]float64{3})
	b.AppendSparse(2, nil, nil)
	v := b.Array()
	defer v.Release()
	all := text(v)
	for mask := range 1 << 5 {
		var want []string
		for i, s := range all {
			if mask>>i&1 == 1 {
				want = append(want, s)
			}
		}
		got, err := Filter(mem, []arrow.Array{v}, 5, func(row int) bool { return mask>>row&1 == 1 })
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Join(want, " "), strings.Join(text(got[0]), " ")); diff != "" {
			t.Errorf("mask %b: %s", mask, diff)
		}
		got[0].Release()
	}
}

func TestVectorsAreWrittenAsLists(t *testing.T) {
	mem := checked(t)
	b := NewVectorBuilder(mem, 3, 2)
	b.AppendDense([]float64{1, math.Copysign(0, -1)})
	b.AppendNull()
	b.AppendSparse(4, []int32{1, 3}, []float64{5, 6})
	v := b.Array()
	defer v.Release()
	for from, want := range [][]string{{"[1,-0]", "null", "[0,5,0,6]"}, {"null", "[0,5,0,6]"}} {
		part := array.NewSlice(v, int64(from), 3)
		got := Edge(mem, bundle.Tensor(bundle.Double), part)
		if diff := cmp.Diff(want, text(got)); diff != "" {
			t.Error(diff)
		}
		got.Release()
		part.Release()
	}
}
