package column_test

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/testseed"
	"leapscore/ops/column"
)

func plainStrings(words ...string) *array.String {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	b.AppendValues(words, nil)
	return b.NewStringArray()
}

func TestFewWordsAreCoded(t *testing.T) {
	r := testseed.Rand(t, 1, 2)
	for range 300 {
		// Words that differ in one byte, at any place, and in their length.
		kinds := make([]string, 1+r.IntN(40))
		for i := range kinds {
			w := []byte(strings.Repeat("x", r.IntN(40)))
			if len(w) > 0 {
				w[r.IntN(len(w))] = byte(r.IntN(3))
			}
			kinds[i] = string(w)
		}
		rows := make([]string, 1+r.IntN(500))
		for i := range rows {
			rows[i] = kinds[r.IntN(len(kinds))]
		}
		from := r.IntN(len(rows))
		arr := array.NewSlice(plainStrings(rows...), int64(from), int64(len(rows)))
		got, ok := column.ViewStrings(arr).Coded(make([]int32, arr.Len()))
		if !ok {
			t.Fatalf("%d rows of up to %d words are not coded", arr.Len(), len(kinds))
		}
		words, _, _ := got.Dict()
		seen := map[string]bool{}
		for i := range words.Len() {
			if seen[words.Value(i)] {
				t.Fatalf("the word %q is there twice", words.Value(i))
			}
			seen[words.Value(i)] = true
		}
		for i := range arr.Len() {
			if got.Value(i) != rows[from+i] {
				t.Fatalf("row %d is %q, want %q", i, got.Value(i), rows[from+i])
			}
		}
	}
}

func TestManyWordsAndNullsAreNotCoded(t *testing.T) {
	many := make([]string, 65)
	for i := range many {
		many[i] = strings.Repeat("a", i)
	}
	b := array.NewStringBuilder(memory.DefaultAllocator)
	b.AppendValues([]string{"a", "b"}, []bool{true, false})
	for name, arr := range map[string]*array.String{"65 words": plainStrings(many...), "a null": b.NewStringArray(), "no rows": plainStrings()} {
		if _, ok := column.ViewStrings(arr).Coded(make([]int32, arr.Len())); ok {
			t.Errorf("%s: is coded", name)
		}
	}
	if _, ok := column.ViewStrings(plainStrings(many[:64]...)).Coded(make([]int32, 64)); !ok {
		t.Error("64 words are not coded")
	}
}
