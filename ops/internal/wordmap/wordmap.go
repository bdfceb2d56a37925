// Package wordmap maps the words of a model to values. Its maps are made once and
// asked very often, also for words that they do not have.
package wordmap

import (
	"encoding/binary"
	"hash/maphash"
	"iter"
	"math/bits"
	"unsafe"
)

// Map maps words to values. It may be read by many goroutines at once.
type Map[V any] struct {
	places []place // a power of two, at most half of them taken
	words  []string
	values []V
}

// place holds the number of a word, plus 1, and a part of its hash, so that most
// words that are not in the map are not compared with any.
type place struct {
	hash   uint32
	number int32
}

// New returns a map for about n words.
func New[V any](n int) *Map[V] {
	size := 8
	for size < 2*n {
		size *= 2
	}
	return &Map[V]{places: make([]place, size), words: make([]string, 0, n), values: make([]V, 0, n)}
}

// Len is the number of words.
func (m *Map[V]) Len() int { return len(m.words) }

// All yields the words, in the order in which they first came, and their values.
func (m *Map[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for i, w := range m.words {
			if !yield(w, m.values[i]) {
				return
			}
		}
	}
}

// Get returns the value of a word.
func (m *Map[V]) Get(word string) (v V, ok bool) {
	h := hash(word)
	for i := int(h); ; i++ {
		p := m.places[i&(len(m.places)-1)]
		if p.number == 0 {
			return v, false
		}
		if p.hash == uint32(h>>32) && m.words[p.number-1] == word {
			return m.values[p.number-1], true
		}
	}
}

// Put gives a word a value, perhaps another one than before.
func (m *Map[V]) Put(word string, v V) {
	h := hash(word)
	i := int(h) & (len(m.places) - 1)
	for ; m.places[i].number > 0; i = (i + 1) & (len(m.places) - 1) {
		if p := m.places[i]; p.hash == uint32(h>>32) && m.words[p.number-1] == word {
			m.values[p.number-1] = v
			return
		}
	}
	m.words, m.values = append(m.words, word), append(m.values, v)
	m.places[i] = place{uint32(h >> 32), int32(len(m.words))}
	if 2*len(m.words) > len(m.places) {
		m.spread()
	}
}

// spread makes twice as many places.
func (m *Map[V]) spread() {
	m.places = make([]place, 2*len(m.places))
	for n, w := range m.words {
		h := hash(w)
		i := int(h) & (len(m.places) - 1)
		for m.places[i].number > 0 {
			i = (i + 1) & (len(m.places) - 1)
		}
		m.places[i] = place{uint32(h >> 32), int32(n + 1)}
	}
}

// The seeds differ from process to process, so that no model can choose words whose
// hashes are equal. No answer depends on them.
var seedA, seedB = maphash.String(maphash.MakeSeed(), "a"), maphash.String(maphash.MakeSeed(), "b")

// hash multiplies what a word has, eight bytes by eight, in the manner of wyhash.
func hash(s string) uint64 {
	n := len(s)
	h := seedA ^ uint64(n)
	for n > 16 {
		h = fold(load64(s, 0)^h, load64(s, 8)^seedB)
		s = s[16:]
		n -= 16
	}
	switch {
	case n >= 8:
		return fold(load64(s, 0)^h, load64(s, n-8)^seedB)
	case n >= 4:
		return fold(load32(s, 0)^h, load32(s, n-4)^seedB)
	case n > 0:
		return fold(uint64(s[0])<<16|uint64(s[n/2])<<8|uint64(s[n-1])^h, seedB)
	}
	return fold(h, seedB)
}

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

func load64(s string, i int) uint64 {
	_ = s[i+7]
	return binary.LittleEndian.Uint64(unsafe.Slice(unsafe.StringData(s[i:]), 8))
}

func load32(s string, i int) uint64 {
	_ = s[i+3]
	return uint64(binary.LittleEndian.Uint32(unsafe.Slice(unsafe.StringData(s[i:]), 4)))
}
