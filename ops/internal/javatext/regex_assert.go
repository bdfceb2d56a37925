package javatext

import (
	"sync"
	"unicode"
)

// assertion writes an assertion out in lookarounds, because regexp2 knows no
// line end but \n.
func (g *program) assertion(n *node) string {
	ends := g.write(lineEnds)
	feed, carriage := g.write(oneRune('\n')), g.write(oneRune('\r'))
	newline := "(?:" + carriage + feed + "|" + ends + ")"
	notInside := "(?<!" + carriage + "(?=" + feed + "))"
	if n.unix {
		newline, notInside, ends = feed, "", feed
	}
	switch n.assert {
	case textStart:
		return `\A`
	case textEnd:
		return `\z`
	case lineStart:
		return `(?:\A|(?<=` + ends + ")" + notInside + `)(?!\z)`
	case lineEnd:
		return "(?=" + newline + `|\z)` + notInside
	case lastLineEnd:
		return "(?=" + newline + `?\z)` + notInside
	case matchStart:
		if g.reset {
			return "(?!)"
		}
		return `\G`
	case wordBound:
		return g.bound(false)
	case notWordBound:
		return g.bound(true)
	case wordBoundU, notWordBoundU:
		set := g.write(wordRunes())
		return edge("(?<="+set+")", "(?<!"+set+")", "(?="+set+")", "(?!"+set+")", n.assert == notWordBoundU)
	}
	panic("unknown assertion")
}

// boundSet is what \b takes for part of a word. A combining mark belongs to it
// too, if only such marks lie between it and a letter or digit before.
var boundSet = sync.OnceValue(func() runeSet {
	return tableSet(unicode.L, unicode.Nd).union(oneRune('_'))
})

var boundMarks = sync.OnceValue(func() runeSet { return tableSet(unicode.Mn) })

// boundBases can carry marks for \b. Java looks at chars here, so that neither
// a base nor a mark beyond the BMP counts, but for a mark after the boundary.
var boundBases = sync.OnceValue(func() runeSet {
	return tableSet(unicode.L, unicode.Nd).intersect(runeSet{{0, 0xffff}})
})

func (g *program) bound(negated bool) string {
	if !g.marks && !g.distinct {
		if negated {
			return `\B`
		}
		return `\b`
	}
	word, base, mark := g.write(boundSet()), g.write(boundBases()), g.write(boundMarks())
	near := g.write(boundMarks().intersect(runeSet{{0, 0xffff}}))
	left := word + "|" + base + near + "+"
	right := word + "|" + mark + "(?<=" + base + near + "*" + mark + ")"
	return edge("(?<="+left+")", "(?<!"+left+")", "(?="+right+")", "(?!"+right+")", negated)
}

// edge is true where exactly one side is of a word, or if negated where none or
// both are.
func edge(left, notLeft, right, notRight string, negated bool) string {
	if negated {
		return "(?:" + left + right + "|" + notLeft + notRight + ")"
	}
	return "(?:" + left + notRight + "|" + notLeft + right + ")"
}

// assertedSets are the sets that assertion writes for n.
func assertedSets(n *node) []runeSet {
	switch n.assert {
	case lineStart, lineEnd, lastLineEnd:
		return []runeSet{lineEnds, oneRune('\n'), oneRune('\r')}
	case wordBound, notWordBound:
		return []runeSet{boundSet(), boundBases(), boundMarks(), {{0, 0xffff}}}
	case wordBoundU, notWordBoundU:
		return []runeSet{wordRunes()}
	}
	return nil
}
