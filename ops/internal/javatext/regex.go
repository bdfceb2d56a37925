package javatext

import (
	"errors"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// ErrSplitsPair is returned for a text beyond the BMP on which Java matches
// between the halves of a surrogate pair, as a pattern that can match nothing
// may; and where it might: if such a character is left unmatched by a pattern
// that can match nothing and has back-references or \b, that has \B, or \b in a
// lookaround; and if the pattern has a lookbehind.
var ErrSplitsPair = errors.New("match may fall between the halves of a surrogate pair")

// ErrTooVaried is returned for a text with more than about a thousand different
// characters of one kind if the pattern has back-references.
var ErrTooVaried = errors.New("too many different characters for a pattern with back-references")

// Regex is a java.util.regex.Pattern. It may be used by many goroutines at
// once.
//
// Like Java's it backtracks, so there are patterns that take exponential time
// on some texts. Where Java runs out of stack it goes on.
type Regex struct {
	pattern  string
	class    *classMatcher // for patterns that are a class, perhaps with a plus
	letters  *alphabet
	programs [2][2]*regexp2.Regexp // by: the text has marks, \G is reset
	behind   bool                  // has a lookbehind
	between  bool                  // could match between the halves of a pair
	bounds   bool                  // has \b or \B
	resets   bool                  // has \G
	texts    sync.Pool             // of *symbolText
}

// Compile translates a pattern. Its errors are *SyntaxError, if Java refuses
// the pattern, and *UnsupportedError, if it uses what cannot be done exactly
// as Java does it.
func Compile(pattern string) (*Regex, error) {
	tree, p, err := parse(pattern)
	if err != nil {
		return nil, err
	}
	re := &Regex{pattern: pattern}
	if re.class = newClassMatcher(tree); re.class != nil {
		return re, nil
	}
	var sets []runeSet
	var resets, bounds bool
	re.between = tree.nullable()
	walk(tree, func(n *node) {
		switch n.op {
		case opSet:
			sets = append(sets, n.set)
		case opBreak:
			sets = append(sets, verticalSpace, oneRune('\r'), oneRune('\n'))
		case opAssert:
			sets = append(sets, assertedSets(n)...)
			resets = resets || n.assert == matchStart
			bounds = bounds || n.assert == wordBound || n.assert == notWordBound
			re.between = re.between || n.assert == notWordBound || n.assert == notWordBoundU
		case opLook:
			re.behind = re.behind || n.behind
			re.between = re.between || n.hasBounds()
		}
	})
	var words runeSet
	if bounds {
		words = boundSet()
	}
	re.letters, err = newAlphabet(sets, words, len(p.refs) > 0)
	if err != nil {
		return nil, &UnsupportedError{pattern, 0, err.Error()}
	}
	if bounds {
		re.letters.marked = boundMarks()
	}
	for marked := range 1 + b2i(bounds) {
		for reset := range 1 + b2i(resets) {
			g := program{re.letters, p.refs, marked == 1, reset == 1}
			re.programs[marked][reset], err = g.compile(tree)
			if err != nil {
				return nil, &UnsupportedError{pattern, 0, "what regexp2 makes of it (" + err.Error() + ")"}
			}
		}
	}
	re.resets, re.bounds = resets, bounds
	return re, nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func walk(n *node, visit func(*node)) {
	visit(n)
	for _, sub := range n.subs {
		walk(sub, visit)
	}
}

func (n *node) hasBounds() (has bool) {
	walk(n, func(sub *node) {
		has = has || sub.op == opAssert && sub.assert >= wordBound
	})
	return has
}

// String returns the pattern.
func (re *Regex) String() string { return re.pattern }

// Find reports whether the pattern matches anywhere in s (Matcher.find).
func (re *Regex) Find(s string) (found bool, err error) {
	err = re.each(s, func(int, int) bool {
		found = true
		return false
	})
	return found, err
}

// AppendAll appends the texts of all matches in s to dst, each found from the
// end of the one before (Matcher.find and group in a loop).
func (re *Regex) AppendAll(dst []string, s string) ([]string, error) {
	first := len(dst)
	err := re.each(s, func(start, end int) bool {
		dst = append(dst, s[start:end])
		return true
	})
	if err != nil {
		return dst[:first], err
	}
	return dst, nil
}

// AppendSplit appends the pieces of Pattern.split(s) to dst: what lies between
// the matches, less empty pieces at the end, and less an empty piece before an
// empty match at the start. A text without matches is one piece.
func (re *Regex) AppendSplit(dst []string, s string) ([]string, error) {
	first, from := len(dst), 0
	err := re.each(s, func(start, end int) bool {
		if end > 0 {
			dst = append(dst, s[from:start])
			from = end
		}
		return true
	})
	if err != nil {
		return dst[:first], err
	}
	if from == 0 {
		return append(dst, s), nil
	}
	return dropEmptyTail(append(dst, s[from:]), first), nil
}

// each calls visit with the place of each match in s, until it returns false.
func (re *Regex) each(s string, visit func(start, end int) bool) error {
	if re.class != nil {
		re.class.each(s, visit)
		return nil
	}
	t, _ := re.texts.Get().(*symbolText)
	if t == nil {
		t = new(symbolText)
	}
	defer re.texts.Put(t)
	if err := re.letters.encode(t, s); err != nil {
		return err
	}
	if re.behind && t.wide {
		return ErrSplitsPair
	}
	at := offsets{s: s, ascii: len(t.symbols) == len(s)}
	wide := t.wide && re.between
	reset, last, lastAt := 0, 0, 0
	for from := 0; from <= len(t.symbols); {
		m, err := re.programs[b2i(t.marked)][reset].FindRunesMatchStartingAt(t.symbols, from)
		if err != nil {
			return err
		}
		if m == nil {
			break
		}
		start := at.of(m.Index)
		end := at.of(m.Index + m.Length)
		if wide {
			if err := re.checkPairs(t, s[last:start], lastAt, reset); err != nil {
				return err
			}
		}
		if !visit(start, end) {
			return nil
		}
		from, last, reset = m.Index+m.Length, end, 0
		lastAt = from
		if m.Length == 0 {
			from++
			reset = b2i(re.resets)
		}
	}
	if wide {
		return re.checkPairs(t, s[last:], lastAt, reset)
	}
	return nil
}

// checkPairs returns ErrSplitsPair if Java would match between the halves of a
// character of part, an unmatched stretch of t that starts at symbol at. Where
// bounds or back-references are in the way of finding out it assumes so.
func (re *Regex) checkPairs(t *symbolText, part string, at, reset int) error {
	if !isWide(part) {
		return nil
	}
	if re.bounds || re.letters.distinct {
		return ErrSplitsPair
	}
	for _, r := range part {
		if r > 0xffff {
			high, low := utf16.EncodeRune(r)
			halves := append([]rune(nil), t.symbols[:at]...)
			halves = append(halves, re.letters.symbol(high), re.letters.symbol(low))
			halves = append(halves, t.symbols[at+1:]...)
			m, err := re.programs[b2i(t.marked)][reset].FindRunesMatchStartingAt(halves, at+1)
			if err != nil {
				return err
			}
			if m != nil && m.Index == at+1 {
				return ErrSplitsPair
			}
		}
		at++
	}
	return nil
}

// isWide reports whether s holds characters beyond the BMP.
func isWide(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xf0 {
			return true
		}
	}
	return false
}

// offsets turns indexes of characters, asked for in ascending order, into those
// of bytes.
type offsets struct {
	s           string
	ascii       bool
	index, byte int
}

func (o *offsets) of(index int) int {
	if o.ascii {
		return index
	}
	for ; o.index < index; o.index++ {
		_, size := utf8.DecodeRuneInString(o.s[o.byte:])
		o.byte += size
	}
	return o.byte
}

// classMatcher runs the patterns that tokenizers mostly have without an engine:
// one character of a set, or as many as possible.
type classMatcher struct {
	ascii [0x80]bool
	set   runeSet
	many  bool
}

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
	for r := range m.ascii {
		m.ascii[r] = n.set.has(rune(r))
	}
	return m
}

func (m *classMatcher) each(s string, visit func(start, end int) bool) {
	start := -1 // of the match that goes on
	for i := 0; i < len(s); {
		in, size := false, 1
		if c := s[i]; c < utf8.RuneSelf {
			in = m.ascii[c]
		} else {
			var r rune
			r, size = utf8.DecodeRuneInString(s[i:])
			in = m.set.has(r)
		}
		switch {
		case in && !m.many:
			if !visit(i, i+size) {
				return
			}
		case in && start < 0:
			start = i
		case !in && start >= 0:
			if !visit(start, i) {
				return
			}
			start = -1
		}
		i += size
	}
	if start >= 0 {
		visit(start, len(s))
	}
}
