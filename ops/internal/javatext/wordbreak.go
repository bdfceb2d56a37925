package javatext

import "unicode"

// This file finds the word boundaries that JDK 17's
// BreakIterator.getWordInstance(Locale.ROOT) finds. Its rules are older than
// Unicode's and were found from its answers:
//
//	word    (letter mark*)+ (midWord (letter mark*)+)* danda?
//	number  (digit mark*)+ (midNumber (digit mark*)+)*
//	run     words and numbers in turn; before a number that comes first a
//	        preNumber and after one that comes last a postNumber
//	blanks  (blank mark*)* return? newline?
//	kana    katakana or hiragana, each with its marks, or kanji
//	others  one character and its marks
//
// whichever is longest. Format characters belong to what precedes them.

// breakClass is a character's part in the rules.
type breakClass byte

const (
	control    breakClass = iota // takes no marks
	other                        // takes marks, as all further ones do except newline, carriage, mark, hyphen
	letter                       //
	digit                        //
	blank                        //
	newline                      //
	carriage                     //
	mark                         // Mn and Me
	kanaMark                     // a mark that also continues a run of kana
	format                       // transparent
	softHyphen                   // midWord
	dash                         // midWord
	quote                        // midWord and midNumber
	period                       // midWord, midNumber and preNumber
	comma                        // midNumber
	currency                     // preNumber
	percent                      // postNumber
	danda                        //
	kanji                        //
	hiragana                     //
	katakana                     //
	kanaBoth                     // continues runs of both kana
)

func breakClassOf(r rune) breakClass {
	switch {
	case 'a' <= r|0x20 && r|0x20 <= 'z':
		return letter
	case '0' <= r && r <= '9':
		return digit
	}
	if c, ok := breakSpecials[r]; ok {
		return c
	}
	switch {
	case r == 0x3005 || 0x4e00 <= r && r <= 0x9fa5 || 0xf900 <= r && r <= 0xfa2d:
		return kanji
	case 0x3041 <= r && r <= 0x3094 || r == 0x309d || r == 0x309e:
		return hiragana
	case 0x30a1 <= r && r <= 0x30fa || r == 0x30fd || r == 0x30fe:
		return katakana
	case breakFormerLetters.has(r):
		return letter
	}
	for _, c := range breakCategories {
		for _, table := range c.tables {
			if is13(table, r) {
				return c.class
			}
		}
	}
	return other
}

// breakSpecials are the characters that their category does not decide. The
// rarer format characters among them end a range of such beyond the BMP: the
// JDK's table loses them.
var breakSpecials = map[rune]breakClass{
	'\t': blank, '\n': newline, '\f': newline, '\r': carriage, 0x85: control,
	0xad: softHyphen, '"': quote, '\'': quote, '#': currency, '.': period, ',': comma, 0x66b: comma, 0x2027: dash,
	'%': percent, '&': percent, '¢': percent, 0x66a: percent, '‰': percent, '‱': percent,
	0x964: danda, 0x965: danda,
	0x3099: kanaMark, 0x309a: kanaMark, 0x309b: kanaBoth, 0x309c: kanaBoth, 0x30fb: kanaBoth, 0x30fc: kanaBoth,
	0x110bd: control, 0x110cd: control, 0x13438: control, 0x1bca3: control, 0x1d17a: control, 0xe0001: control, 0xe007f: control,
}

var breakCategories = []struct {
	tables []*unicode.RangeTable
	class  breakClass
}{
	{[]*unicode.RangeTable{unicode.L, unicode.Mc}, letter},
	{[]*unicode.RangeTable{unicode.Mn, unicode.Me}, mark},
	{[]*unicode.RangeTable{unicode.N}, digit},
	{[]*unicode.RangeTable{unicode.Zs}, blank},
	{[]*unicode.RangeTable{unicode.Zl, unicode.Zp}, newline},
	{[]*unicode.RangeTable{unicode.Cc}, control},
	{[]*unicode.RangeTable{unicode.Cf}, format},
	{[]*unicode.RangeTable{unicode.Pd, unicode.Pc}, dash},
	{[]*unicode.RangeTable{unicode.Sc}, currency},
}

// breakFormerLetters are unassigned and yet letters to the word breaker.
var breakFormerLetters = runeSet{
	{0x18cd6, 0x18cff}, {0x2a6de, 0x2a6ff}, {0x2b735, 0x2b73f}, {0x2b81e, 0x2b81f}, {0x2cea2, 0x2ceaf}, {0x2fa1e, 0x2ffff},
}

// wordBreaks are the word boundaries of a text.
type wordBreaks struct {
	text   []rune
	breaks []bool // by index into text
}

func newWordBreaks(s string) *wordBreaks {
	w := &wordBreaks{text: []rune(s)}
	w.breaks = make([]bool, len(w.text)+1)
	w.breaks[0], w.breaks[len(w.text)] = true, true
	var classes breakScan
	var at []int // index into text of each class
	for i, r := range w.text {
		if c := breakClassOf(r); c != format {
			classes = append(classes, c)
			at = append(at, i)
		}
	}
	for p := 0; p < len(classes); {
		p = classes.next(p)
		if p < len(classes) {
			w.breaks[at[p]] = true
		}
	}
	return w
}

// at reports whether BreakIterator.isBoundary(i) of a new iterator is true. It
// always is after a character beyond the BMP, unless that is the text's first.
func (w *wordBreaks) at(i int) bool {
	return w.breaks[i] || i >= 2 && w.text[i-1] > 0xffff
}

// breakScan is a text as classes, without those of class format.
type breakScan []breakClass

// next returns the boundary after the one at p.
func (s breakScan) next(p int) int {
	switch s[p] {
	case letter, digit:
		return s.run(p)
	case currency, period:
		if s.is(p+1, digit) {
			return s.run(p + 1)
		}
	case blank:
		for s.is(p, blank) {
			p = s.marks(p + 1)
		}
		if s.is(p, carriage) {
			p++
		}
		if s.is(p, newline) {
			p++
		}
		return p
	case carriage:
		if s.is(p+1, newline) {
			return p + 2
		}
		return p + 1
	case kanaMark:
		return max(s.same(p, hiragana), s.same(p, katakana))
	case control, newline, mark, softHyphen:
		return p + 1
	case kanaBoth:
		return max(s.same(p, hiragana), s.same(p, katakana), s.marks(p+1))
	case hiragana, katakana, kanji:
		return max(s.same(p, s[p]), s.marks(p+1))
	}
	return s.marks(p + 1)
}

func (s breakScan) is(p int, c breakClass) bool { return p < len(s) && s[p] == c }

// marks skips the marks from p on.
func (s breakScan) marks(p int) int {
	for s.is(p, mark) || s.is(p, kanaMark) {
		p++
	}
	return p
}

// same skips characters of class c, or that join any kana if c is one.
func (s breakScan) same(p int, c breakClass) int {
	for s.is(p, c) || c != kanji && (s.is(p, kanaMark) || s.is(p, kanaBoth)) {
		p++
	}
	return p
}

// run skips the words and numbers that follow each other from p on.
func (s breakScan) run(p int) int {
	var last breakClass
	for p < len(s) {
		switch c := s[p]; {
		case c == percent && last == digit:
			return p + 1
		case c != letter && c != digit, c == last:
			return p
		default:
			last = c
			p = s.word(p, c)
		}
	}
	return p
}

// word skips a word, if c is letter, or a number, if c is digit.
func (s breakScan) word(p int, c breakClass) int {
	for {
		for s.is(p, c) {
			p = s.marks(p + 1)
		}
		if !s.is(p+1, c) || !joins(s[p], c) {
			break
		}
		p++
	}
	if c == letter && s.is(p, danda) {
		p++
	}
	return p
}

// joins reports whether mid may stand inside a word or number.
func joins(mid, c breakClass) bool {
	switch mid {
	case quote, period:
		return true
	case comma:
		return c == digit
	case softHyphen, dash:
		return c == letter
	}
	return false
}
