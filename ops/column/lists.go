package column

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// StringLists is a view of a column of lists of strings. The words of all rows
// stand one after the other, and each may be null.
type StringLists struct {
	arr       arrow.Array
	hasNull   bool
	off       []int32
	words     *array.String
	nullWords bool
	ends      []int32 // where word i starts, and where the one before it ends
	text      string
}

// ViewStringLists returns a view of arr, a list whose elements are plain strings.
func ViewStringLists(arr arrow.Array) *StringLists {
	l := arr.(*array.List)
	words := l.ListValues().(*array.String)
	s := &StringLists{arr: arr, hasNull: arr.NullN() > 0, off: listOffsets(l), words: words, nullWords: words.NullN() > 0}
	if words.Len() > 0 {
		s.ends = words.ValueOffsets()
	}
	if buf := words.Data().Buffers()[2]; buf != nil && buf.Len() > 0 {
		s.text = unsafe.String(unsafe.SliceData(buf.Bytes()), buf.Len())
	}
	return s
}

// Len is the number of rows.
func (s *StringLists) Len() int { return s.arr.Len() }

// IsNull reports whether row is null.
func (s *StringLists) IsNull(row int) bool { return s.hasNull && s.arr.IsNull(row) }

// Row returns the positions of the words of a row that is not null: all from
// lo up to hi, which is not one of them.
func (s *StringLists) Row(row int) (lo, hi int) { return int(s.off[row]), int(s.off[row+1]) }

// IsNullWord reports whether word i is null.
func (s *StringLists) IsNullWord(i int) bool { return s.nullWords && s.words.IsNull(i) }

// Word returns word i if it is not null. It aliases the column.
func (s *StringLists) Word(i int) string { return s.text[s.ends[i]:s.ends[i+1]] }

// Text returns the words from lo up to hi, one after the other, and what stands under
// nulls. It aliases the column.
func (s *StringLists) Text(lo, hi int) string {
	if lo == hi {
		return ""
	}
	return s.text[s.ends[lo]:s.ends[hi]]
}

// Size is the number of words, and the number of their bytes, in all rows, for
// sizing builders.
func (s *StringLists) Size() (words, bytes int) {
	lo, hi := s.off[0], s.off[len(s.off)-1]
	if lo == hi {
		return 0, 0
	}
	return int(hi - lo), int(s.ends[hi] - s.ends[lo])
}

// StringBuilder makes a column of strings.
type StringBuilder struct {
	mem   memory.Allocator
	ends  grow[int32]
	text  *memory.Buffer
	room  []byte // of text, all of it
	n     int    // bytes that are words
	nulls []int
	full  bool
}

// NewStringBuilder returns a builder for about that many strings of that many
// bytes in all.
func NewStringBuilder(mem memory.Allocator, strings, bytes int) *StringBuilder {
	b := &StringBuilder{mem: mem, text: memory.NewResizableBuffer(mem)}
	b.ends = newGrow(mem, 4, strings+1, arrow.Int32Traits.CastFromBytes)
	b.ends.extend(1)[0] = 0
	b.text.Resize(bytes)
	b.room = b.text.Bytes()
	return b
}

// Len is the number of strings so far.
func (b *StringBuilder) Len() int { return b.ends.n - 1 }

// Room returns n bytes to be written to before the next call but Cut, which
// makes strings of them.
func (b *StringBuilder) Room(n int) []byte {
	if len(b.room)-b.n < n {
		if b.n+n > math.MaxInt32 {
			// Array refuses the column, so the text so far is of no use.
			b.full, b.n = true, 0
		}
		if len(b.room) < b.n+n {
			b.text.Resize(max(b.n+n, min(2*len(b.room), math.MaxInt32), 64))
			b.room = b.text.Bytes()
		}
	}
	return b.room[b.n : b.n+n : b.n+n]
}

// Cut appends a string of the next n bytes of what Room returned.
func (b *StringBuilder) Cut(n int) {
	b.n += n
	if b.ends.n == len(b.ends.vals) {
		b.moreEnds()
	}
	b.ends.vals[b.ends.n] = int32(b.n)
	b.ends.n++
}

// moreEnds makes place for one end more.
func (b *StringBuilder) moreEnds() {
	if b.ends.n > math.MaxInt32 {
		b.full, b.ends.n = true, 1 // as Room
		return
	}
	b.ends.extend(1)
	b.ends.n--
}

// Append appends s.
func (b *StringBuilder) Append(s string) {
	copy(b.Room(len(s)), s)
	b.Cut(len(s))
}

// AppendNull appends a null.
func (b *StringBuilder) AppendNull() {
	b.nulls = append(b.nulls, b.Len())
	b.Cut(0)
}

// AppendWords appends the words of a list column from lo up to hi, none of which is
// null.
func (b *StringBuilder) AppendWords(words *StringLists, lo, hi int) {
	if lo < hi {
		from, to := words.ends[lo], words.ends[hi]
		copy(b.Room(int(to-from)), words.text[from:to])
		b.cutAs(words.ends[lo : hi+1])
	}
}

// Repeat appends the strings from lo up to hi once more, none of which is null.
func (b *StringBuilder) Repeat(lo, hi int) {
	if lo < hi && !b.full {
		from, to := b.ends.vals[lo], b.ends.vals[hi]
		room := b.Room(int(to - from)) // which may move what is there
		if b.full {
			return
		}
		copy(room, b.room[from:to])
		b.ends.atLeast(b.ends.n + hi - lo) // before its values are read
		b.cutAs(b.ends.vals[lo : hi+1])
	}
}

// cutAs appends strings of what Room returned, as long as those between ends.
func (b *StringBuilder) cutAs(ends []int32) {
	if b.full {
		return
	}
	shift := int32(b.n) - ends[0]
	at := b.ends.extend(len(ends) - 1)
	for i, end := range ends[1:] {
		at[i] = end + shift
	}
	b.n += int(ends[len(ends)-1] - ends[0])
}

func (b *StringBuilder) data() (*array.Data, error) {
	n := b.Len()
	b.text.ResizeNoShrink(b.n)
	valid := validity(b.mem, n, b.nulls)
	ends := b.ends.done()
	d := array.NewData(arrow.BinaryTypes.String, n, []*memory.Buffer{valid, ends, b.text}, nil, len(b.nulls), 0)
	ends.Release()
	b.text.Release()
	if valid != nil {
		valid.Release()
	}
	if b.full {
		d.Release()
		return nil, fmt.Errorf("a batch with more than %d words or bytes of text", math.MaxInt32)
	}
	return d, nil
}

// Array ends the construction; the caller owns the result. It fails if there
// is more text than a column holds.
func (b *StringBuilder) Array() (arrow.Array, error) {
	d, err := b.data()
	if err != nil {
		return nil, err
	}
	defer d.Release()
	return array.MakeFromData(d), nil
}

// StringListBuilder makes a column of lists of strings: the strings of a row
// are appended, then EndRow.
type StringListBuilder struct {
	StringBuilder
	rows     grow[int32]
	nullRows []int
}

// NewStringListBuilder returns a builder for about that many rows, and words of
// that many bytes in all rows.
func NewStringListBuilder(mem memory.Allocator, rows, words, bytes int) *StringListBuilder {
	b := &StringListBuilder{StringBuilder: *NewStringBuilder(mem, words, bytes)}
	b.rows = newGrow(mem, 4, rows+1, arrow.Int32Traits.CastFromBytes)
	b.rows.extend(1)[0] = 0
	return b
}

// EndRow ends a row.
func (b *StringListBuilder) EndRow() { b.rows.extend(1)[0] = int32(b.Len()) }

// EndNullRow ends a row that has no words as null.
func (b *StringListBuilder) EndNullRow() {
	b.nullRows = append(b.nullRows, b.rows.n-1)
	b.EndRow()
}

// DropEmpty takes back the empty words at the end of the row that is being
// made, which has no nulls.
func (b *StringListBuilder) DropEmpty() {
	start := int(b.rows.vals[b.rows.n-1])
	for n := b.Len(); n > start && b.ends.vals[n] == b.ends.vals[n-1]; n-- {
		b.ends.n--
	}
}

// Array ends the construction; the caller owns the result. It fails if there
// is more text than a column holds.
func (b *StringListBuilder) Array() (arrow.Array, error) {
	n := b.rows.n - 1
	off := b.rows.done()
	defer off.Release()
	words, err := b.data()
	if err != nil {
		return nil, err
	}
	defer words.Release()
	valid := validity(b.mem, n, b.nullRows)
	if valid != nil {
		defer valid.Release()
	}
	dt := arrow.ListOf(arrow.BinaryTypes.String)
	d := array.NewData(dt, n, []*memory.Buffer{valid, off}, []arrow.ArrayData{words}, len(b.nullRows), 0)
	defer d.Release()
	return array.MakeFromData(d), nil
}
