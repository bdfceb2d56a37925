package javatext

import "unicode/utf8"

// classMatcher runs the patterns that tokenizers mostly have without an engine:
// one character of a set, or as many as possible.
type classMatcher struct {
	bytes [256]byteKind
	set   runeSet
	many  bool
}

// byteKind says what a byte that starts a character is.
type byteKind byte

const (
	outside byteKind = iota // not in the set
	inside
	unclear // part of a longer character, and some of those are in the set
)

func newClassMatcher(n *node) *classMatcher {
	m := &classMatcher{}
	for (n.op == opConcat || n.op == opGroup) && len(n.subs) == 1 {
		n = n.subs[0]
	}
	if n.op == opRepeat && n.min == 1 && n.max == unbounded && n.mode != lazy {
		m.many = true
		n = n.subs[0]
	}
	if n.op != opSet {
		return nil
	}
	m.set = n.set
	wide := len(n.set) > 0 && n.set[len(n.set)-1].hi >= utf8.RuneSelf
	for b := range m.bytes {
		switch {
		case b >= utf8.RuneSelf && wide:
			m.bytes[b] = unclear
		case b < utf8.RuneSelf && n.set.has(rune(b)):
			m.bytes[b] = inside
		}
	}
	return m
}

// next returns where the first match from i on is; start is -1 if there is none.
func (m *classMatcher) next(s string, i int) (start, end int) {
	for {
		for i < len(s) && m.bytes[s[i]] == outside {
			i++
		}
		if i == len(s) {
			return -1, -1
		}
		in, size := m.at(s, i)
		if in {
			start, i = i, i+size
			break
		}
		i += size
	}
	for m.many {
		for i < len(s) && m.bytes[s[i]] == inside {
			i++
		}
		if i == len(s) || m.bytes[s[i]] == outside {
			break
		}
		in, size := m.at(s, i)
		if !in {
			break
		}
		i += size
	}
	return start, i
}

// at reports whether the character at i is in the set, and its length.
func (m *classMatcher) at(s string, i int) (in bool, size int) {
	if m.bytes[s[i]] == inside {
		return true, 1
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return m.set.has(r), size
}

func (m *classMatcher) appendAll(dst []string, s string) []string {
	for start, end := m.next(s, 0); start >= 0; start, end = m.next(s, end) {
		dst = append(dst, s[start:end])
	}
	return dst
}

func (m *classMatcher) appendSplit(dst []string, s string) []string {
	first, from := len(dst), 0
	for start, end := m.next(s, 0); start >= 0; start, end = m.next(s, end) {
		dst = append(dst, s[from:start])
		from = end
	}
	if from == 0 {
		return append(dst, s)
	}
	return dropEmptyTail(append(dst, s[from:]), first)
}
