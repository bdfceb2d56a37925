package column

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

// wordLists are rows; a nil row is null, and so is a word "\x00".
var wordLists = [][]string{
	{"a", "", "\x00"}, nil, {}, {"é", "😀"}, {"\x00"}, {strings.Repeat("long", 300)}, {"", ""}, {"z"},
}

func buildLists(mem memory.Allocator) arrow.Array {
	b := NewStringListBuilder(mem, 0, 0, 0)
	for _, row := range wordLists {
		if row == nil {
			b.EndNullRow()
			continue
		}
		for _, w := range row {
			if w == "\x00" {
				b.AppendNull()
			} else {
				b.Append(w)
			}
		}
		b.EndRow()
	}
	arr, err := b.Array()
	if err != nil {
		panic(err)
	}
	return arr
}

func readLists(arr arrow.Array) [][]string {
	s := ViewStringLists(arr)
	rows := make([][]string, s.Len())
	for row := range rows {
		if s.IsNull(row) {
			continue
		}
		rows[row] = []string{}
		lo, hi := s.Row(row)
		for i := lo; i < hi; i++ {
			w := "\x00"
			if !s.IsNullWord(i) {
				w = strings.Clone(s.Word(i))
			}
			rows[row] = append(rows[row], w)
		}
	}
	return rows
}

func TestStringListsReadWhatIsBuiltAlsoInSlices(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	arr := buildLists(mem)
	defer arr.Release()
	for lo := range wordLists {
		for hi := lo; hi <= len(wordLists); hi++ {
			part := array.NewSlice(arr, int64(lo), int64(hi))
			if diff := cmp.Diff(wordLists[lo:hi], readLists(part)); diff != "" {
				t.Errorf("rows %d to %d (-want +got):\n%s", lo, hi, diff)
			}
			part.Release()
		}
	}
}

func TestStringListsReadArrowsOwnLists(t *testing.T) {
	b := array.NewListBuilder(memory.DefaultAllocator, arrow.ListOf(arrow.BinaryTypes.String).Elem())
	defer b.Release()
	if got := readLists(b.NewArray()); len(got) != 0 {
		t.Errorf("no rows read as %q", got)
	}
	b.AppendNull()
	b.Append(true)
	if diff := cmp.Diff([][]string{nil, {}}, readLists(b.NewArray())); diff != "" {
		t.Errorf("rows without words (-want +got):\n%s", diff)
	}
}

func TestStringListSizeIsThatOfTheSlice(t *testing.T) {
	arr := buildLists(memory.DefaultAllocator)
	part := array.NewSlice(arr, 2, 5)
	if words, bytes := ViewStringLists(part).Size(); words != 3 || bytes != len("é😀") {
		t.Errorf("%d words of %d bytes, want 3 of %d", words, bytes, len("é😀"))
	}
}

func TestDropEmptyStopsAtTheRow(t *testing.T) {
	b := NewStringListBuilder(memory.DefaultAllocator, 0, 0, 0)
	for i, row := range [][]string{{"a", ""}, {"", "b", "", ""}, {"", ""}} {
		for _, w := range row {
			b.Append(w)
		}
		if i > 0 {
			b.DropEmpty()
		}
		b.EndRow()
	}
	arr, err := b.Array()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"a", ""}, {"", "b"}, {}}, readLists(arr)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCutMakesStringsOfOneRoom(t *testing.T) {
	b := NewStringBuilder(memory.DefaultAllocator, 0, 0)
	b.Append("x")
	copy(b.Room(100), "onetwo")
	b.Cut(3)
	b.Cut(0)
	b.Cut(3)
	b.AppendNull()
	arr, err := b.Array()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range arr.Len() {
		got = append(got, arr.ValueStr(i))
	}
	if want := []string{"x", "one", "", "two", array.NullValueStr}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestStringBuilderRefusesMoreThanAColumnHolds(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	b := NewStringListBuilder(mem, 0, 0, 0)
	// As if so many bytes had been appended.
	b.n = 1<<31 - 10
	b.Append(strings.Repeat("x", 20))
	b.EndRow()
	if arr, err := b.Array(); err == nil {
		t.Errorf("%d rows, want an error", arr.Len())
	} else if want := fmt.Sprint(1<<31 - 1); !strings.Contains(err.Error(), want) {
		t.Errorf("%q does not name the limit %s", err, want)
	}
}

// TestRunsOfWordsAreCopied starts from no room, so that the text moves while parts of
// it are repeated.
func TestRunsOfWordsAreCopied(t *testing.T) {
	mem := checked(t)
	lists := buildLists(mem)
	defer lists.Release()
	words := ViewStringLists(lists)
	b := NewStringListBuilder(mem, 0, 0, 0)
	want := [][]string{}
	b.AppendWords(words, 0, 0)
	for _, row := range []int{0, 3, 5, 6, 7} {
		lo, hi := words.Row(row)
		if row == 0 {
			hi-- // a null ends it
		}
		start := b.Len()
		b.AppendWords(words, lo, hi)
		end := b.Len()
		all := slices.Clone(wordLists[row][:hi-lo])
		for range 5 {
			b.Repeat(start, end)
			all = append(all, wordLists[row][:hi-lo]...)
		}
		b.Repeat(end, end)
		b.EndRow()
		want = append(want, all)
	}
	arr, err := b.Array()
	if err != nil {
		t.Fatal(err)
	}
	defer arr.Release()
	if diff := cmp.Diff(want, readLists(arr)); diff != "" {
		t.Errorf("repeated words (-want +got):\n%s", diff)
	}
}
