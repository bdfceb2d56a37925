package parquet

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// coded returns an array of the entries that codes stand for.
func coded(entries []string, codes ...int8) arrow.Array {
	values := array.NewStringBuilder(memory.DefaultAllocator)
	values.AppendValues(entries, nil)
	indices := array.NewInt8Builder(memory.DefaultAllocator)
	indices.AppendValues(codes, nil)
	t := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	return array.NewDictionaryArray(t, indices.NewArray(), values.NewArray())
}

func TestDictionariesFollowEachOther(t *testing.T) {
	v := &byteValues{text: true}
	add := func(arr arrow.Array) { v.append(arr, []span{{0, arr.Len()}}, bitmap{}) }
	for range 2 { // as a column is used again for the next row group
		colors := coded([]string{"red", "green", "blue"}, 2, 0, 2)
		add(colors)
		add(array.NewSlice(colors, 1, 3))
		add(coded([]string{"blue", "black"}, 0, 1, 1)) // the same codes for other words
		add(colors)
		want := []string{"blue", "red", "blue", "red", "blue", "blue", "black", "black", "blue", "red", "blue"}
		if v.len() != len(want) || v.all.len() != 3 {
			t.Fatalf("%d values of %d words, want %d of 3", v.len(), v.all.len(), len(want))
		}
		for i, w := range want {
			if got := string(v.all.at(int(v.idx[i]))); got != w {
				t.Errorf("value %d is %q, want %q", i, got, w)
			}
		}
		v.reset()
	}
}
