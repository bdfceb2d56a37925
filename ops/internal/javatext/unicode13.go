package javatext

import (
	"sync/atomic"
	"unicode"
)

// JDK 17 knows Unicode 13, Go a later one. Category and letter case of a
// character that was assigned by then are the same in both, except for the
// exceptions in this file; all other characters are unassigned to Java. Tests
// compare every code point with what the JVM says.

// pamudpod is HANUNOO SIGN PAMUDPOD, a Mn that became Mc in Unicode 14.
const pamudpod = 0x1734

// is13 reports whether r is in table for Java.
func is13(table *unicode.RangeTable, r rune) bool {
	if r < unicode.MaxASCII {
		return unicode.Is(table, r)
	}
	if r == pamudpod {
		return table == unicode.Mn || table == unicode.M
	}
	return unicode.Is(table, r) && assigned.has(r)
}

// IsLetter is Character.isLetter(char) of r. It is false beyond the BMP, where
// Java sees two chars that are no letters.
func IsLetter(r rune) bool {
	if r <= unicode.MaxASCII {
		return 'a' <= r|0x20 && r|0x20 <= 'z'
	}
	return r <= 0xffff && letterBits(r)[r>>6&3]>>(r&63)&1 != 0
}

// letterBlocks remembers which characters of the BMP are letters, 256 by 256.
var letterBlocks [256]atomic.Pointer[[4]uint64]

// letterBits returns the block of r.
func letterBits(r rune) *[4]uint64 {
	block := letterBlocks[r>>8].Load()
	if block == nil {
		block = new([4]uint64)
		for c := range rune(256) {
			if is13(unicode.L, r&^0xff|c) {
				block[c>>6] |= 1 << (c & 63)
			}
		}
		letterBlocks[r>>8].Store(block)
	}
	return block
}

// UTF16Len is String.length of s: the number of its UTF-16 units.
func UTF16Len(s string) int {
	n := 0
	for i := range len(s) {
		// Every byte that starts a character counts one, and the first of
		// four, which make a surrogate pair, one more.
		if s[i]&0xc0 != 0x80 {
			n++
		}
		if s[i] >= 0xf0 {
			n++
		}
	}
	return n
}

func toLower(r rune) rune {
	if l := unicode.ToLower(r); l != r && assigned.has(r) {
		return l
	}
	return r
}
