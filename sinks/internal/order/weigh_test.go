package order

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/testseed"
)

// TestSizesOfRows compares the sizes of all rows with those of each row alone.
func TestSizesOfRows(t *testing.T) {
	text, number := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Float64
	pair := arrow.StructOf(arrow.Field{Name: "n", Type: number, Nullable: true}, arrow.Field{Name: "s", Type: text, Nullable: true})
	vector := arrow.StructOf(
		arrow.Field{Name: "type", Type: arrow.PrimitiveTypes.Int8}, arrow.Field{Name: "size", Type: arrow.PrimitiveTypes.Int32},
		arrow.Field{Name: "indices", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32)}, arrow.Field{Name: "values", Type: arrow.ListOf(number)})
	types := []arrow.DataType{
		text, arrow.BinaryTypes.LargeString, pair, vector, arrow.ListOf(number), arrow.ListOf(text), arrow.ListOf(pair), arrow.LargeListOf(text),
		arrow.FixedSizeListOf(3, text), arrow.MapOf(text, number), arrow.ListOf(arrow.ListOf(text)), arrow.ListOf(arrow.FixedWidthTypes.Boolean), arrow.Null,
	}
	rng := testseed.Rand(t, 1, 2)
	s := scale{}
	for _, dt := range types {
		t.Run(dt.String(), func(t *testing.T) {
			for _, rows := range []int{0, 1, 9, 40} {
				all := randomArray(t, rng, dt, rows+3)
				defer all.Release()
				arr := array.NewSlice(all, 2, int64(2+rows))
				defer arr.Release()
				for i, got := range s.weigh(arr) {
					if want := spanBytes(arr, i, i+1); got != want {
						t.Fatalf("row %d of %d, %s: %d bytes among others, %d alone", i, rows, arr.ValueStr(i), got, want)
					}
				}
			}
		})
	}
}

func randomArray(t *testing.T, rng *rand.Rand, dt arrow.DataType, rows int) arrow.Array {
	t.Helper()
	var values []string
	for range rows {
		values = append(values, randomJSON(rng, dt))
	}
	arr, _, err := array.FromJSON(memory.DefaultAllocator, dt, strings.NewReader("["+strings.Join(values, ",")+"]"))
	if err != nil {
		t.Fatal(err)
	}
	return arr
}

func randomJSON(rng *rand.Rand, dt arrow.DataType) string {
	if rng.IntN(6) == 0 && dt.ID() != arrow.INT8 && dt.ID() != arrow.INT32 {
		return "null"
	}
	some := func(n int, one func() string) string {
		var all []string
		for range n {
			all = append(all, one())
		}
		return strings.Join(all, ",")
	}
	switch dt := dt.(type) {
	case *arrow.StringType, *arrow.LargeStringType:
		return fmt.Sprintf("%q", strings.Repeat("x", rng.IntN(5)))
	case *arrow.StructType:
		var fields []string
		for _, f := range dt.Fields() {
			fields = append(fields, fmt.Sprintf("%q:%s", f.Name, randomJSON(rng, f.Type)))
		}
		return "{" + strings.Join(fields, ",") + "}"
	case *arrow.MapType:
		return "[" + some(rng.IntN(4), func() string {
			return fmt.Sprintf(`{"key":"k%d","value":%s}`, rng.IntN(100), randomJSON(rng, dt.ItemType()))
		}) + "]"
	case *arrow.FixedSizeListType:
		return "[" + some(int(dt.Len()), func() string { return randomJSON(rng, dt.Elem()) }) + "]"
	case arrow.ListLikeType:
		return "[" + some(rng.IntN(4), func() string { return randomJSON(rng, dt.Elem()) }) + "]"
	case *arrow.BooleanType:
		return "true"
	case *arrow.NullType:
		return "null"
	}
	return fmt.Sprint(rng.IntN(100))
}
