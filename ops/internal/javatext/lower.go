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
	for i, r := range s {
		switch {
		case r < utf8.RuneSelf:
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			b.WriteByte(byte(r))
		case r == dottedI:
			b.WriteString("i̇")
		case r == capitalSigma:
			low, ok := LowerSigma(s, i)
			if !ok {
				if words == nil {
					words = newWordBreaks(s)
				}
				if low = smallSigma; words.final(n) {
					low = finalSigma
				}
			}
			b.WriteRune(low)
		default:
			b.WriteRune(toLower(r))
		}
		n++
	}
	return b.String()
}

// LowerSigma returns the lower case of the capital sigma at byte i of s, if the
// characters beside it tell: between two letters there is no boundary of words, and
// between a letter and a blank there is one.
func LowerSigma(s string, i int) (r rune, ok bool) {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+len("Σ"):])
	starts := i == 0 || before == ' '
	ends := i+len("Σ") == len(s) || after == ' '
	switch {
	case !starts && !isPlainLetter(before), !ends && !isPlainLetter(after):
		return 0, false
	case !starts && ends:
		return finalSigma, true
	}
	return smallSigma, true
}

// isPlainLetter reports whether r is a cased letter of the alphabets that sigmas
// stand in.
func isPlainLetter(r rune) bool {
	return isASCIILetter(r) || 'Α' <= r && r <= 'Ω' && r != 0x3a2 || 'α' <= r && r <= 'ω'
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
