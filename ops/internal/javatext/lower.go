package javatext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	capitalSigma = 'Σ'
	smallSigma   = 'σ'
	finalSigma   = 'ς'
	dottedI      = 'İ'
)

// ToLower is String.toLowerCase(Locale.ROOT) of s, which is also what it is in
// any locale but the Turkic and the Lithuanian. It returns s itself if nothing
// changes.
func ToLower(s string) string {
	ascii, same := true, true
	for i := range len(s) {
		c := s[i]
		ascii = ascii && c < utf8.RuneSelf
		same = same && (c < 'A' || c > 'Z')
	}
	switch {
	case ascii && same:
		return s
	case ascii:
		return strings.ToLower(s)
	}
	var words *wordBreaks // made for the first sigma
	var b strings.Builder
	b.Grow(len(s) + utf8.UTFMax)
	n := 0
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			b.WriteByte(byte(r))
		case r == dottedI:
			b.WriteString("i̇")
		case r == capitalSigma:
			if words == nil {
				words = newWordBreaks(s)
			}
			if words.final(n) {
				b.WriteRune(finalSigma)
			} else {
				b.WriteRune(smallSigma)
			}
		default:
			b.WriteRune(toLower(r))
		}
		n++
	}
	return b.String()
}

// final reports whether the capital sigma at i takes the form for the end of a
// word: a cased character comes before it in its word, and none after it.
// The JDK asks its own word breaker (java.text.BreakIterator), not Unicode's
// definition of the condition.
func (w *wordBreaks) final(i int) bool {
	j := i
	for ; ; j-- {
		if w.at(j) {
			return false
		}
		if isCased(w.text[j-1]) {
			break
		}
	}
	for j = i + 1; j < len(w.text) && !w.at(j); j++ {
		if isCased(w.text[j]) {
			return false
		}
	}
	return true
}

// isCased is the JDK's notion. It leaves out what no word contains.
func isCased(r rune) bool {
	return is13(unicode.Lu, r) || is13(unicode.Ll, r) || is13(unicode.Lt, r) || casedOthers.has(r)
}

var casedOthers = runeSet{
	{0x2b0, 0x2b8}, {0x2c0, 0x2c1}, {0x2e0, 0x2e4}, {0x345, 0x345}, {0x37a, 0x37a},
	{0x1d2c, 0x1d61}, {0x2160, 0x217f},
}
