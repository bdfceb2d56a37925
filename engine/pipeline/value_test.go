package pipeline_test

import (
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/pipeline"
)

func TestValueTextIsThatOfArrow(t *testing.T) {
	vector := arrow.StructOf(
		arrow.Field{Name: "size", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
		arrow.Field{Name: "indices", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32), Nullable: true},
		arrow.Field{Name: "values", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true},
		arrow.Field{Name: "a<b", Type: arrow.BinaryTypes.String, Nullable: true},
	)
	b := array.NewListBuilder(memory.DefaultAllocator, vector)
	defer b.Release()
	if err := b.UnmarshalJSON([]byte(`[null, [], [null, {"size": 3, "indices": [0, 2], "values": [1e-7, 2.5e21], "a<b": "x\"é<"},
		{"size": null, "indices": null, "values": [null, -0.1], "a<b": null}]]`)); err != nil {
		t.Fatal(err)
	}
	nested := b.NewListArray()
	defer nested.Release()
	for _, arr := range []arrow.Array{nested, nested.ListValues(), nested.ListValues().(*array.Struct).Field(2), nested.ListValues().(*array.Struct).Field(3)} {
		for row := range arr.Len() {
			if got, want := pipeline.ValueText(arr, row), arr.ValueStr(row); got != want {
				t.Errorf("%s row %d: %s, want %s", arr.DataType(), row, got, want)
			}
		}
	}
}

func TestValueTextOfWhatJSONHasNoNumberFor(t *testing.T) {
	b := array.NewListBuilder(memory.DefaultAllocator, arrow.PrimitiveTypes.Float64)
	defer b.Release()
	b.Append(true)
	b.ValueBuilder().(*array.Float64Builder).AppendValues([]float64{1, math.NaN(), math.Inf(1), math.Inf(-1), 0.5}, nil)
	arr := b.NewListArray()
	defer arr.Release()
	if got, want := pipeline.ValueText(arr, 0), "[1,NaN,+Inf,-Inf,0.5]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestValueTextEndsAtAWholeCharacter(t *testing.T) {
	for n := 195; n <= 203; n++ {
		text := strings.Repeat("a", n)
		want := text + "€"
		switch {
		case n > 200:
			want = text[:200] + "..."
		case n > 197:
			want = text + "..."
		}
		if got := pipeline.Shortened(text + "€"); got != want {
			t.Errorf("%d characters and one of three bytes: %q, want %q", n, got, want)
		}
	}
}
