package column

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// fewWords is how many distinct words a batch may have for Coded.
const (
	fewWords  = 64
	wordSlots = 256
)

// word is a distinct word: its length, its first and last eight bytes, and where it is.
type word struct {
	head, tail uint64
	from, to   int32
	code       int32 // plus one; 0 is no word
}

// Coded returns the same rows as a dictionary, if they are a plain column without nulls
// and with few distinct words, as labels are, so that a kernel works once for each word.
// codes, of which there are as many as rows, become part of it.
func (s *Strings) Coded(codes []int32) (*Strings, bool) {
	a := s.plain
	if a == nil || a.NullN() > 0 || a.Len() != len(codes) || len(codes) == 0 {
		return nil, false
	}
	var text []byte
	if buf := a.Data().Buffers()[2]; buf != nil {
		text = buf.Bytes()
	}
	var slots [wordSlots]word
	words := array.NewStringBuilder(memory.DefaultAllocator)
	defer words.Release()
	offsets := a.ValueOffsets()
	from := offsets[0]
	for row, to := range offsets[1:] {
		w := wordAt(text, from, to)
		from = to
		at := uint8((w.head*0x9E3779B97F4A7C15 ^ w.tail*0xC2B2AE3D27D4EB4F + uint64(w.to-w.from)) >> 56)
		for slots[at].code != 0 && !slots[at].same(&w, text) {
			at++
		}
		if slots[at].code == 0 {
			if words.Len() == fewWords {
				return nil, false
			}
			words.Append(string(text[w.from:w.to]))
			w.code = int32(words.Len())
			slots[at] = w
		}
		codes[row] = slots[at].code - 1
	}
	return codedStrings(codes, words.NewStringArray()), true
}

func codedStrings(codes []int32, words *array.String) *Strings {
	bufs := []*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(codes))}
	indices := array.NewInt32Data(array.NewData(arrow.PrimitiveTypes.Int32, len(codes), bufs, nil, 0, 0))
	t := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	return ViewStrings(array.NewDictionaryArray(t, indices, words))
}

// wordAt returns the word that lies in text.
func wordAt(text []byte, from, to int32) word {
	w := word{from: from, to: to}
	switch n := to - from; {
	case n > 8:
		w.head, w.tail = binary.LittleEndian.Uint64(text[from:]), binary.LittleEndian.Uint64(text[to-8:])
	case int(from)+8 <= len(text):
		w.head = binary.LittleEndian.Uint64(text[from:])
		if n < 8 {
			w.head &= 1<<(8*n) - 1
		}
	default:
		var short [8]byte
		copy(short[:], text[from:to])
		w.head = binary.LittleEndian.Uint64(short[:])
	}
	return w
}

// same reports whether two words in text are equal: up to 16 bytes are all in head and tail.
func (w *word) same(o *word, text []byte) bool {
	n := w.to - w.from
	return w.head == o.head && w.tail == o.tail && n == o.to-o.from &&
		(n <= 16 || string(text[w.from:w.to]) == string(text[o.from:o.to]))
}
