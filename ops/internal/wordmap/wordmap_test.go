package wordmap

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"leapscore/internal/testseed"
)

// TestMapsAreMaps compares with Go's map, words of all lengths.
func TestMapsAreMaps(t *testing.T) {
	rnd := testseed.Rand(t, 1, 1)
	for _, size := range []int{0, 1, 7, 100, 3000} {
		got, want := New[int](rnd.IntN(size+1)), map[string]int{}
		var order []string
		for i := range size {
			w := randomWord(rnd)
			if _, known := want[w]; !known {
				order = append(order, w)
			}
			got.Put(w, i)
			want[w] = i
		}
		if got.Len() != len(want) {
			t.Errorf("%d words, want %d", got.Len(), len(want))
		}
		for range 2000 {
			w := randomWord(rnd)
			x, ok := got.Get(w)
			y, known := want[w]
			if x != y || ok != known {
				t.Errorf("%q is %d, %t, want %d, %t", w, x, ok, y, known)
			}
		}
		i := 0
		for w, x := range got.All() {
			if w != order[i] || x != want[w] {
				t.Errorf("word %d is %q with %d, want %q with %d", i, w, x, order[i], want[order[i]])
			}
			i++
		}
	}
}

func randomWord(rnd *rand.Rand) string {
	var b strings.Builder
	for range rnd.IntN(4) * rnd.IntN(14) {
		b.WriteByte("abc\x00"[rnd.IntN(4)])
	}
	return b.String()
}

// Every byte of a word counts.
func TestHashesDiffer(t *testing.T) {
	seen := map[uint64]string{}
	for n := range 40 {
		word := strings.Repeat("\x00", n)
		for i := range n + 1 {
			w := word
			if i < n {
				w = word[:i] + "x" + word[i+1:]
			}
			h := hash(w)
			if other, dup := seen[h]; dup {
				t.Errorf("%q and %q have the same hash", w, other)
			}
			seen[h] = w
		}
	}
}

func BenchmarkGet(b *testing.B) {
	m, words := New[int](0), []string{}
	for i := range 200 {
		words = append(words, fmt.Sprintf("word%d", i*i))
		if i%2 == 0 {
			m.Put(words[i], i)
		}
	}
	n := 0
	for b.Loop() {
		if _, ok := m.Get(words[n%len(words)]); ok != (n%2 == 0) {
			b.Fatal(words[n%len(words)])
		}
		if n++; n == len(words) {
			n = 0
		}
	}
}
