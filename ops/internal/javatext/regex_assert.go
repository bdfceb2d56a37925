package javatext

import (
	"sync"
	"unicode"
)

// holds reports whether the assertion n is true at the machine's place. The
// text is as a whole what Java calls the region.
func (m *machine) holds(n *instr) bool {
	i, size := int(m.i), len(m.text)
	switch n.assert {
	case textStart:
		return i == 0
	case textEnd:
		return i == size
	case matchStart:
		return m.i == m.oldLast
	case lineStart:
		return i < size && (i == 0 || m.lineEnded(i, n.unix))
	case lineEnd:
		return i == size || m.atLineEnd(i, n.unix)
	case lastLineEnd:
		return i == size || m.atLineEnd(i, n.unix) &&
			(i == size-1 || i == size-2 && !n.unix && m.text[i] == '\r' && m.text[i+1] == '\n')
	case wordBound:
		return m.wordAt(i-1, i, false) != m.wordAt(i, i, false)
	case notWordBound:
		return m.wordAt(i-1, i, false) == m.wordAt(i, i, false)
	case wordBoundU:
		return m.wordAt(i-1, i, true) != m.wordAt(i, i, true)
	case notWordBoundU:
		return m.wordAt(i-1, i, true) == m.wordAt(i, i, true)
	}
	panic("unknown assertion")
}

func isLineFeed(c uint16, unix bool) bool {
	return c == '\n' || !unix && (c == '\r' || c == 0x85 || c|1 == 0x2029)
}

// lineEnded reports whether a line ends before i.
func (m *machine) lineEnded(i int, unix bool) bool {
	c := m.text[i-1]
	return isLineFeed(c, unix) && (unix || c != '\r' || m.text[i] != '\n')
}

// atLineEnd reports whether a line ends at i.
func (m *machine) atLineEnd(i int, unix bool) bool {
	c := m.text[i]
	return isLineFeed(c, unix) && (unix || c != '\n' || i == 0 || m.text[i-1] != '\r')
}

// wordAt reports whether the character at unit x, on one side of the boundary
// at i, is part of a word as \b sees it, or as it does in (?U) if all.
func (m *machine) wordAt(x, i int, all bool) bool {
	if x < 0 || x >= len(m.text) {
		return false
	}
	c := m.text[x]
	if c < 0x80 {
		return c == '_' || isASCIIAlnum(rune(c))
	}
	var r rune
	if x < i {
		r, _ = m.before(int32(i))
	} else {
		r, _ = m.at(int32(i))
	}
	set := wordClass()
	if all {
		set = wordClassU()
	}
	return set.has(r) || markClass().has(r) && m.hasBase(x)
}

// hasBase reports whether the combining mark at unit x has a letter or digit to
// belong to. Java goes back by units, so that no character beyond the BMP is
// seen but one at x.
func (m *machine) hasBase(x int) bool {
	for ; x >= 0; x-- {
		r, _ := m.at(int32(x))
		if letterClass().has(r) {
			return true
		}
		if !markClass().has(r) {
			return false
		}
		m.left--
	}
	return false
}

// A combining mark belongs to a word too, if only such marks lie between it and
// a letter or digit before.
var (
	letterClass = sync.OnceValue(func() *charSet { return newCharSet(tableSet(unicode.L, unicode.Nd)) })
	wordClass   = sync.OnceValue(func() *charSet {
		return newCharSet(tableSet(unicode.L, unicode.Nd).union(oneRune('_')))
	})
	wordClassU = sync.OnceValue(func() *charSet { return newCharSet(wordRunes()) })
	markClass  = sync.OnceValue(func() *charSet { return newCharSet(tableSet(unicode.Mn)) })
)
