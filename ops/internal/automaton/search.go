package automaton

import (
	"strings"
	"unicode/utf8"
)

// Automaton searches texts. It may be used by many goroutines at once.
type Automaton struct {
	classes
	// next is indexed by row + class. An entry is the next row, shifted left by one;
	// the lowest bit says that a match ends before the character.
	next     []uint32
	starts   []uint32 // the rows to start with, by the number of what is before
	before   []uint8  // by class: the number of what is before the next character
	last     []uint8  // by class: the class of such a line end at the end of the text
	end      uint8    // the class of the end of the text
	skips    bool     // whether live holds
	live     [256]bool
	anchored bool
	all      bool
	lastLine bool
	lineEnds [3]int
}

// Outcome is how a search ended.
type Outcome byte

// The ways in which a search ends.
const (
	None    Outcome = iota // no match
	Found                  // a match
	Unknown                // a refused character, or too many attempts
)

// Search is a search in one text.
type Search struct {
	a    *Automaton
	s    string
	tail int // where the line end is that ends the text, or the end of the text
	left int // characters that attempts may still read
}

// Search starts a search in s.
func (a *Automaton) Search(s string) Search {
	m := Search{a: a, s: s, tail: len(s), left: 64*len(s) + 4096}
	if a.lastLine && len(s) > 0 {
		m.tail = a.lastLineEnd(s)
	}
	return m
}

// lastLineEnd returns where the line end starts that ends s.
func (a *Automaton) lastLineEnd(s string) int {
	r, size := utf8.DecodeLastRuneInString(s)
	bits := a.bits[a.of(r)]
	switch {
	case bits.Has(a.lineEnds[1]), bits.Has(a.lineEnds[2]):
		return len(s) - size
	case !bits.Has(a.lineEnds[0]):
		return len(s)
	}
	if a.lineEnds[1] >= 0 && strings.HasSuffix(s, "\r\n") {
		return len(s) - 2
	}
	return len(s) - size
}

// Next finds the first match that starts at from or after. With any, the end is
// that of some match from there.
func (m *Search) Next(from int, any bool) (start, end int, out Outcome) {
	a, i := m.a, from
	number := uint8(0)
	if i > 0 && len(a.starts) > 1 {
		number = a.preceding(m.s, i)
	}
	for {
		if a.skips && !a.anchored {
			for i < len(m.s) && !a.live[m.s[i]] {
				i++
			}
		}
		class, size := m.class(i)
		if entry := a.next[a.starts[number]+uint32(class)]; entry != 0 {
			if end, out = m.match(i, size, entry, any); out != None {
				return i, end, out
			}
		}
		if i == len(m.s) || a.anchored {
			return 0, 0, None
		}
		number = a.before[class]
		i += size
	}
}

// preceding returns the number of what is before a place after the start.
func (a *Automaton) preceding(s string, i int) uint8 {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return a.before[a.of(r)]
}

// class returns the class of the character at i, and its length.
func (m *Search) class(i int) (class uint8, size int) {
	switch {
	case i == len(m.s):
		return m.a.end, 0
	case m.s[i] < utf8.RuneSelf:
		class, size = m.a.ascii[m.s[i]], 1
	default:
		class, size = m.a.wide(m.s[i:])
	}
	if i == m.tail {
		class = m.a.last[class]
	}
	return class, size
}

// match looks for the match that starts at i, where a character of size bytes leads to
// entry.
func (m *Search) match(i, size int, entry uint32, any bool) (end int, out Outcome) {
	a, s, at := m.a, m.s, i
	for {
		if entry&1 != 0 {
			if entry == refused {
				return 0, Unknown
			}
			if end, out = at, Found; any {
				return end, out
			}
		}
		row := entry >> 1
		if row == 0 {
			break
		}
		at += size
		var class uint8
		if at < m.tail && s[at] < utf8.RuneSelf {
			class, size = a.ascii[s[at]], 1
		} else {
			class, size = m.class(at)
		}
		entry = a.next[row+uint32(class)]
	}
	if m.left -= at - i; m.left < 0 && out == None {
		return 0, Unknown
	}
	return end, out
}
