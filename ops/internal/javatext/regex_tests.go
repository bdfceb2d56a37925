package javatext

import "leapscore/ops/internal/automaton"

// test returns what n says of a place, or nil if it takes more than a character on
// each side to tell.
func (t *threads) test(n *node) automaton.Test {
	if n.op == opAssert {
		return t.assertion(n)
	}
	test := t.ahead(n.subs[0])
	if n.behind {
		t.behind = true
		test = t.before(n.subs[0])
	}
	if test != nil && n.negative {
		return func(before, after automaton.Context) bool { return !test(before, after) }
	}
	return test
}

// ahead is the test whether n matches from a place on.
func (t *threads) ahead(n *node) automaton.Test {
	switch n.op {
	case opEmpty:
		return always
	case opSet:
		set := t.set(n.set)
		return func(_, after automaton.Context) bool { return after.Has(set) }
	case opGroup:
		return t.ahead(n.subs[0])
	case opAssert, opLook:
		return t.test(n)
	case opAlternate:
		return t.either(n.subs, t.ahead)
	case opConcat:
		return t.sequence(n.subs)
	case opRepeat:
		switch { // the rest of the rounds makes no difference at the end
		case n.min == 0:
			return always
		case n.min == 1:
			return t.ahead(n.subs[0])
		}
	}
	return nil
}

// before is the test whether n matches up to a place.
func (t *threads) before(n *node) automaton.Test {
	switch n.op {
	case opEmpty:
		return always
	case opSet:
		set := t.set(n.set)
		t.Before |= 1 << set
		return func(before, _ automaton.Context) bool { return before.Has(set) }
	case opGroup:
		return t.before(n.subs[0])
	case opAssert:
		return t.assertion(n)
	case opAlternate:
		return t.either(n.subs, t.before)
	case opConcat:
		switch len(n.subs) {
		case 0:
			return always
		case 1:
			return t.before(n.subs[0])
		}
	}
	return nil
}

func always(_, _ automaton.Context) bool { return true }

func (t *threads) either(subs []*node, test func(*node) automaton.Test) automaton.Test {
	var all []automaton.Test
	for _, sub := range subs {
		one := test(sub)
		if one == nil {
			return nil
		}
		all = append(all, one)
	}
	return func(before, after automaton.Context) bool {
		for _, one := range all {
			if one(before, after) {
				return true
			}
		}
		return false
	}
}

// sequence is ahead of subs in a row, of which only the last may have characters.
func (t *threads) sequence(subs []*node) automaton.Test {
	all := []automaton.Test{always}
	for i, sub := range subs {
		if i < len(subs)-1 && sub.op != opAssert && sub.op != opLook {
			return nil
		}
		one := t.ahead(sub)
		if one == nil {
			return nil
		}
		all = append(all, one)
	}
	return func(before, after automaton.Context) bool {
		for _, one := range all {
			if !one(before, after) {
				return false
			}
		}
		return true
	}
}

// assertion does what holds of the machine does.
func (t *threads) assertion(n *node) automaton.Test {
	switch n.assert {
	case textStart:
		t.Before |= automaton.Edge
		return func(before, _ automaton.Context) bool { return before&automaton.Edge != 0 }
	case textEnd:
		return func(_, after automaton.Context) bool { return after&automaton.Edge != 0 }
	case lastLineEnd:
		t.useLines(n.unix)
		return func(_, after automaton.Context) bool { return after&(automaton.Edge|automaton.LastLine) != 0 }
	case wordBound, notWordBound:
		return t.boundary(wordClass().ranges, n.assert == wordBound)
	case wordBoundU, notWordBoundU:
		return t.boundary(wordClassU().ranges, n.assert == wordBoundU)
	case lineStart:
		return t.lineStart(n.unix)
	case lineEnd:
		return t.lineEnd(n.unix)
	}
	return nil
}

// boundary refuses marks: whether they are part of a word depends on what is
// further before.
func (t *threads) boundary(word runeSet, bound bool) automaton.Test {
	set := t.set(word)
	t.Before |= 1 << set
	t.refused = t.refused.union(markClass().ranges.minus(word))
	return func(before, after automaton.Context) bool { return (before.Has(set) != after.Has(set)) == bound }
}

// useLines lets $ find the end of the last line.
func (t *threads) useLines(unix bool) {
	rule := allLineEnds
	if unix {
		rule = unixLineEnds
	}
	if t.lines != noLines && t.lines != rule {
		t.fail()
	}
	t.lines, t.LastLine = rule, true
	t.LineEnds = t.lineEnds(unix)
}

// lineEnds returns the sets of line feeds, carriage returns and other ends of lines.
func (t *threads) lineEnds(unix bool) [3]int {
	if unix {
		return [3]int{t.set(oneRune('\n')), -1, -1}
	}
	return [3]int{t.set(oneRune('\n')), t.set(oneRune('\r')), t.set(runesOf("\u0085\u2028\u2029"))}
}

func endsLine(c automaton.Context, ends [3]int) bool {
	return c.Has(ends[0]) || c.Has(ends[1]) || c.Has(ends[2])
}

func (t *threads) lineStart(unix bool) automaton.Test {
	ends := t.lineEnds(unix)
	t.seeLineEnds(ends)
	return func(before, after automaton.Context) bool {
		switch {
		case after&automaton.Edge != 0:
			return false
		case before&automaton.Edge != 0:
			return true
		}
		return endsLine(before, ends) && !(before.Has(ends[1]) && after.Has(ends[0]))
	}
}

func (t *threads) lineEnd(unix bool) automaton.Test {
	ends := t.lineEnds(unix)
	t.seeLineEnds(ends)
	return func(before, after automaton.Context) bool {
		return after&automaton.Edge != 0 || endsLine(after, ends) && !(before.Has(ends[1]) && after.Has(ends[0]))
	}
}

// seeLineEnds lets tests look at the ends of lines before a place.
func (t *threads) seeLineEnds(ends [3]int) {
	t.Before |= automaton.Edge
	for _, set := range ends {
		if set >= 0 {
			t.Before |= 1 << set
		}
	}
}
