package javatext

import (
	"strings"
	"sync"
	"unicode"
)

// class reads a class in brackets.
func (p *parser) class() runeSet {
	p.i++
	p.noSpace("a class's opening")
	negated := p.accept("^")
	set := p.classItems()
	p.i++ // ]
	if negated {
		p.wide = true
		return set.complement()
	}
	return set
}

// classItems reads the items of a class up to its bracket, which is an item
// itself if it comes first. As in Java, the right side of && is all that
// follows.
func (p *parser) classItems() runeSet {
	var set runeSet
	some := false
	for {
		p.skip()
		switch r := p.peek(); {
		case r < 0:
			p.fail("unclosed character class")
		case r == ']' && some:
			return set
		case r == '[':
			set = set.union(p.class())
		case r == '&' && p.peekAt(1) == '&':
			at := p.i
			p.i += 2
			right, ok := p.classRight()
			switch {
			case ok && some:
				set = set.intersect(right)
			case ok: // Java joins or drops parts of the right side
				p.refuse(at, "&& without a left side")
			case some: // Java compiles it and fails or not when it runs
				p.refuse(at, "&& without a right side")
			default:
				p.fail("bad class syntax")
			}
		default:
			set = set.union(p.classRange())
		}
		some = true
	}
}

// classRight reads what && takes from its right, which may be nothing.
func (p *parser) classRight() (set runeSet, ok bool) {
	for {
		p.skip()
		switch p.peek() {
		case ']':
			return set, ok
		case '&':
			if ok && p.peekAt(1) != '&' {
				p.refuse(p.i, "a right side of && that goes on after a bracket")
			}
			return set, ok
		case '[':
			set = set.union(p.class())
		default:
			if ok { // Java sometimes joins the two and sometimes drops the first
				p.refuse(p.i, "a right side of && that goes on after a bracket")
			}
			set = p.classItems()
		}
		ok = true
	}
}

// classRange reads a character, a range or an escape.
func (p *parser) classRange() runeSet {
	if p.peek() == '\\' {
		if set, ok := p.classEscape(); ok {
			return set
		}
	}
	lo := p.classRune()
	if p.peek() != '-' {
		at := p.i
		if p.skip(); p.i > at && (p.peek() == '-' || lo == '&') {
			p.refuse(at, "white space inside a range of a class, or after &,")
		}
		return p.classSet(lo)
	}
	switch p.peekAt(1) {
	case ']', '[':
		return p.classSet(lo)
	}
	p.i++
	p.noSpace("a range of a class")
	if r := p.peekAt(1); p.peek() == '\\' && (unicode.IsLetter(r) && isShorthand(r)) {
		p.fail("illegal character range")
	}
	hi := rune(-1)
	if p.more() {
		hi = p.classRune()
	}
	if hi < lo {
		p.fail("illegal character range")
	}
	return p.rangeSet(lo, hi)
}

func isShorthand(r rune) bool {
	switch r | 0x20 {
	case 'd', 'h', 's', 'v', 'w', 'p':
		return true
	}
	return false
}

func (p *parser) classRune() rune {
	if p.peek() != '\\' {
		p.i++
		return p.src[p.i-1]
	}
	if p.peekAt(1) == 'N' {
		p.refuse(p.i, "\\N")
	}
	return p.escapedRune()
}

// literalSet is what a single character of a pattern matches.
func (p *parser) literalSet(r rune) runeSet {
	switch {
	case !p.has(ignoreCase):
		return oneRune(r)
	case !p.has(unicodeCase):
		return asciiCases(r)
	case upper(r) == r && foldCase(r) == r:
		return oneRune(r)
	}
	return p.runSet(r)
}

// singleSet is literalSet of a character that stands for itself.
func (p *parser) singleSet(r rune) runeSet {
	if r > 0xffff || p.has(ignoreCase) && p.has(unicodeCase) && upper(r) != toLower(upper(r)) {
		p.wide = true
	}
	return p.literalSet(r)
}

// classSet is literalSet of a character in a class.
func (p *parser) classSet(r rune) runeSet {
	if r > 0xff || strings.ContainsRune("\u00ff\u00b5IiSsKk\u00c5\u00e5", r) {
		return p.singleSet(r)
	}
	return p.literalSet(r)
}

// runSet is what a character of a run of characters in a pattern matches.
func (p *parser) runSet(r rune) runeSet {
	if !p.has(ignoreCase) || !p.has(unicodeCase) {
		return p.literalSet(r)
	}
	f := foldCase(r)
	return oneRune(f).union(foldedTo()[f])
}

func asciiCases(r rune) runeSet {
	if !isASCIILetter(r) {
		return oneRune(r)
	}
	return normalize(runeSet{{r, r}, {r ^ 0x20, r ^ 0x20}})
}

// rangeSet is what a range of characters in a class matches.
func (p *parser) rangeSet(lo, hi rune) runeSet {
	set := runeSet{{lo, hi}}
	p.wide = p.wide || p.has(ignoreCase) || hi >= 0xd800 && (lo <= 0xdfff || hi > 0xffff)
	if !p.has(ignoreCase) {
		return set
	}
	in := func(r rune) bool { return lo <= r && r <= hi }
	if !p.has(unicodeCase) {
		return set.union(runeSet{{'A', 'Z'}, {'a', 'z'}}.where(func(r rune) bool { return in(r ^ 0x20) }))
	}
	return set.union(casedRunes().where(func(r rune) bool { return in(upper(r)) || in(foldCase(r)) }))
}

func upper(r rune) rune {
	if u := unicode.ToUpper(r); u != r && assigned.has(r) {
		return u
	}
	return r
}

// foldCase is how Java compares characters in (?iu).
func foldCase(r rune) rune { return toLower(upper(r)) }

// casedRunes are the code points that case mappings change.
var casedRunes = sync.OnceValue(func() runeSet {
	var all runeSet
	for _, c := range unicode.CaseRanges {
		all = append(all, runeRange{rune(c.Lo), rune(c.Hi)})
	}
	return normalize(all).where(func(r rune) bool { return upper(r) != r || toLower(r) != r })
})

// foldedTo gives for a character those that foldCase makes it from.
var foldedTo = sync.OnceValue(func() map[rune]runeSet {
	m := map[rune]runeSet{}
	for _, x := range casedRunes() {
		for r := x.lo; r <= x.hi; r++ {
			f := foldCase(r)
			m[f] = m[f].union(oneRune(r))
		}
	}
	return m
})
