package summary

import (
	"cmp"
	"math"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// labels counts text. If there are more than maxLabels different ones, it goes on
// with those whose hash starts with a zero bit, then with two, and so on: the
// rest is a sample that depends on the set of labels alone, and gives an estimate
// of their number.
type labels struct {
	seen  map[uint64]*label // by hash
	zeros int               // leading bits of the hashes
	rows  int64
}

type label struct {
	text  string
	count int64
}

const (
	maxLabels = 1024
	maxText   = 200 // bytes of a label that are kept
)

func newLabels() *labels { return &labels{seen: map[uint64]*label{}} }

// add counts text n times. It does not keep text.
func (l *labels) add(text string, n int64) {
	l.rows += n
	h := xxhash.Sum64String(text)
	if h > math.MaxUint64>>l.zeros {
		return
	}
	if x := l.seen[h]; x != nil {
		x.count += n
		return
	}
	l.insert(h, &label{shortened(text), n})
}

func (l *labels) insert(h uint64, x *label) {
	l.seen[h] = x
	for len(l.seen) > maxLabels {
		l.zeros++
		for h := range l.seen {
			if h > math.MaxUint64>>l.zeros {
				delete(l.seen, h)
			}
		}
	}
}

// shortened returns a copy of text, or of its start.
func shortened(text string) string {
	if len(text) <= maxText {
		return string([]byte(text))
	}
	cut := maxText
	for cut > 0 && text[cut]&0xC0 == 0x80 { // within a character
		cut--
	}
	return string(append([]byte(text[:cut]), "…"...))
}

// merge adds what o has counted, and may change o.
func (l *labels) merge(o *labels) {
	l.rows += o.rows
	for l.zeros < o.zeros {
		l.zeros++
		for h := range l.seen {
			if h > math.MaxUint64>>l.zeros {
				delete(l.seen, h)
			}
		}
	}
	for h, x := range o.seen {
		if h > math.MaxUint64>>l.zeros {
			continue
		}
		if have := l.seen[h]; have != nil {
			have.count += x.count
		} else {
			l.insert(h, x)
		}
	}
}

func (l *labels) summary() *Labels {
	s := &Labels{Distinct: int64(len(l.seen)), Other: l.rows}
	if l.zeros > 0 {
		s.Sampled = true
		s.Distinct = int64(math.Ldexp(float64(len(l.seen)), l.zeros))
		return s
	}
	all := make([]Count, 0, len(l.seen))
	for _, x := range l.seen {
		all = append(all, Count{x.text, x.count})
	}
	s.Top = top(all)
	for _, c := range s.Top {
		s.Other -= c.Count
	}
	return s
}

// top returns the most frequent of all, and of equally frequent ones those that
// sort first.
func top(all []Count) []Count {
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return all[:min(len(all), maxTop)]
}
