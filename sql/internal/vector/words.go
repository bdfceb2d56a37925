//go:build !nosql

package vector

// #include "duckdb.h"
import "C"

import (
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// maxWords is how many distinct words a batch may have to be given as a
// dictionary.
const maxWords = 1024

// dictType is the type of string columns with few distinct words. A source may
// give it where its schema says string.
var dictType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// wordsAppender appends strings as a dictionary as long as there are few
// distinct ones, and as they are from then on: what a model does once per word
// costs little then, and words are not copied.
//
// DuckDB's strings are 16 bytes: up to 12 bytes of text stand in them, longer
// ones are pointed at. Words are found by these bytes, so that a word of a
// Parquet dictionary is recognised without being read; equal words in other
// places only cost a second look.
type wordsAppender struct {
	plain *bytesAppender // from when there are many words
	mem   memory.Allocator
	codes *fixedAppender
	table [4 * maxWords]wordEntry // open addressing
	used  []int32                 // occupied entries of table
	words []string
	index map[string]int32 // of words
}

type wordEntry struct {
	lo, hi uint64 // the 16 bytes
	code   int32  // plus one, 0 for a free entry
}

func newWordsAppender(mem memory.Allocator) *wordsAppender {
	return &wordsAppender{mem: mem, index: map[string]int32{}, codes: &fixedAppender{mem: mem, dt: arrow.PrimitiveTypes.Int32, width: 4}}
}

func (a *wordsAppender) appendRange(v C.duckdb_vector, lo, hi int) {
	if a.plain != nil {
		a.plain.appendRange(v, lo, hi)
		return
	}
	src, mask := values[text](v, hi), validity(v, hi)
	// A pointer need not mean in this chunk what it meant in the one before.
	a.forget()
	out := a.codes.extend(hi - lo)
	for i := lo; i < hi; i++ {
		if mask != nil && !isValid(mask, i) {
			a.codes.setNull(a.codes.n + i - lo)
			out[i-lo] = 0
			continue
		}
		code, ok := a.code(&src[i])
		if !ok {
			a.codes.data = a.codes.data[:4*a.codes.n]
			a.codes.trim()
			a.give()
			a.plain.appendRange(v, lo, hi)
			return
		}
		out[i-lo] = code
	}
	a.codes.n += hi - lo
}

// forget empties the table of the entries that are pointers.
func (a *wordsAppender) forget() {
	kept := a.used[:0]
	clean := true
	for _, at := range a.used {
		if uint32(a.table[at].lo) > 12 {
			clean = false
		}
		kept = append(kept, at)
	}
	if clean {
		return
	}
	old := make([]wordEntry, 0, len(kept))
	for _, at := range kept {
		if e := a.table[at]; uint32(e.lo) <= 12 {
			old = append(old, e)
		}
		a.table[at] = wordEntry{}
	}
	a.used = a.used[:0]
	for _, e := range old {
		at := a.find(e.lo, e.hi)
		a.table[at] = e
		a.used = append(a.used, at)
	}
}

// find returns the entry of the given bytes, or the free one where it belongs.
func (a *wordsAppender) find(lo, hi uint64) int32 {
	h := (lo ^ hi*0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93
	at := h >> 52 // of 4096 entries
	for {
		e := &a.table[at]
		if e.code == 0 || e.lo == lo && e.hi == hi {
			return int32(at)
		}
		at = (at + 1) & (4*maxWords - 1)
	}
}

// code returns the code of a word, and ok false if there are too many.
func (a *wordsAppender) code(t *text) (int32, bool) {
	raw := (*[2]uint64)(unsafe.Pointer(t))
	at := a.find(raw[0], raw[1])
	if c := a.table[at].code; c != 0 {
		return c - 1, true
	}
	if len(a.used) >= maxWords {
		return 0, false
	}
	code, ok := a.word(t)
	if !ok {
		return 0, false
	}
	a.table[at] = wordEntry{lo: raw[0], hi: raw[1], code: code + 1}
	a.used = append(a.used, at)
	return code, true
}

// word returns the code of a word that the table does not have. It may be known
// all the same, from another place.
func (a *wordsAppender) word(t *text) (int32, bool) {
	b := t.bytes()
	if c, ok := a.index[string(b)]; ok {
		return c, true
	}
	if len(a.words) >= maxWords {
		return 0, false
	}
	w, c := string(b), int32(len(a.words))
	a.words, a.index[w] = append(a.words, w), c
	return c, true
}

// give hands what was appended so far on as plain strings.
func (a *wordsAppender) give() {
	b := array.NewStringBuilder(a.mem)
	a.plain = &bytesAppender{b: b}
	codes := arrow.Int32Traits.CastFromBytes(a.codes.data)
	for i, c := range codes[:a.codes.n] {
		if a.codes.isNull(i) {
			b.AppendNull()
		} else {
			b.Append(a.words[c])
		}
	}
}

func (a *wordsAppender) appendNulls(n int) {
	if a.plain != nil {
		a.plain.appendNulls(n)
		return
	}
	a.codes.appendNulls(n)
}

func (a *wordsAppender) array() arrow.Array {
	if a.plain != nil {
		return a.plain.array()
	}
	b := array.NewStringBuilder(a.mem)
	defer b.Release()
	for _, w := range a.words {
		b.Append(w)
	}
	dict := b.NewArray()
	defer dict.Release()
	codes := a.codes.array()
	defer codes.Release()
	return array.NewDictionaryArray(dictType, codes, dict)
}

func (a *wordsAppender) release() {
	if a.plain != nil {
		a.plain.release()
	}
}
