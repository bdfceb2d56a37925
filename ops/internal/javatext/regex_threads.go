package javatext

import (
	"slices"

	"leapscore/ops/internal/automaton"
)

// maxAutomatonText is the length of the longest text that an automaton searches.
// For longer ones it matters how many steps Java's way takes.
const maxAutomatonText = 1 << 16

// newAutomaton returns an automaton that finds in every text what the machine
// finds, or gives up on it. It returns nil for patterns in which Java's rules of
// giving back come to something else, or may: possessive quantifiers, atomic
// groups, references to groups, loops whose rounds may be empty, and looking ahead
// or behind at more than one character.
func newAutomaton(re *Regex) *automaton.Automaton {
	t := newThreads()
	t.Anchored = re.anchored
	t.First = t.pattern(re, 0)
	return t.compile()
}

func newThreads() *threads {
	t := &threads{}
	t.Refused, t.LineEnds = -1, [3]int{-1, -1, -1}
	return t
}

// pattern adds all of a pattern and returns its first thread.
func (t *threads) pattern(re *Regex, number int) (first int) {
	t.behind, t.halves = false, false
	first = t.add(re.tree, t.push(automaton.Thread{Kind: automaton.Match, Set: number}))
	_, empty := re.tree.firstSet()
	if t.behind || empty || t.halves && !re.whole {
		t.refused = t.refused.union(runeSet{{0x10000, 0x10ffff}}) // Java may look at halves
	}
	return first
}

func (t *threads) compile() *automaton.Automaton {
	if len(t.refused) > 0 {
		t.Refused = t.set(t.refused)
	}
	if t.failed || len(t.sets) > automaton.MaxSets {
		return nil
	}
	for _, set := range t.sets {
		ranges := make(automaton.Set, len(set))
		for i, x := range set {
			ranges[i] = automaton.Range{Lo: x.lo, Hi: x.hi}
		}
		t.Sets = append(t.Sets, ranges)
	}
	return automaton.Compile(&t.Program)
}

// Finder finds the first of several patterns that matches in a text.
type Finder struct {
	regexes []*Regex
	table   *automaton.Automaton // or nil
}

// NewFinder returns the finder of patterns in their order.
func NewFinder(regexes []*Regex) *Finder {
	f := &Finder{regexes: regexes}
	if len(regexes) > automaton.MaxPatterns {
		return f
	}
	t := newThreads()
	t.All = true
	var all []int
	for i, re := range regexes {
		all = append(all, t.pattern(re, i))
	}
	t.First = t.push(automaton.Thread{Kind: automaton.Split, Next: all})
	f.table = t.compile()
	return f
}

// Find returns the number of the first pattern that matches, or -1. Its errors are
// those of Regex.Find, of the first pattern that has one and comes before a match.
func (f *Finder) Find(stop <-chan struct{}, s string) (number int, err error) {
	if f.table != nil && len(s) <= maxAutomatonText {
		search := f.table.Search(s)
		switch least, out := search.Least(); out {
		case automaton.Found:
			return least, nil
		case automaton.None:
			return -1, nil
		}
	}
	for i, re := range f.regexes {
		if found, err := re.Find(stop, s); err != nil || found {
			return i, err
		}
	}
	return -1, nil
}

// hasLowHalf reports whether set has the second half of a surrogate pair.
func hasLowHalf(set runeSet) bool { return len(set.intersect(runeSet{{0xdc00, 0xdfff}})) > 0 }

// threads turns a tree into the program of an automaton.
type threads struct {
	automaton.Program
	sets    []runeSet
	refused runeSet
	behind  bool // the pattern looks behind
	halves  bool // a set of the pattern has halves of surrogate pairs
	lines   lineRule
	failed  bool
}

// lineRule is what ends lines: all of a pattern's $ have to agree on it.
type lineRule byte

const (
	noLines lineRule = iota
	unixLineEnds
	allLineEnds
)

func (t *threads) push(th automaton.Thread) int {
	t.Threads = append(t.Threads, th)
	return len(t.Threads) - 1
}

// set returns the number of a set.
func (t *threads) set(set runeSet) int {
	t.halves = t.halves || hasLowHalf(set)
	for i, known := range t.sets {
		if slices.Equal(known, set) {
			return i
		}
	}
	t.sets = append(t.sets, set)
	return len(t.sets) - 1
}

func (t *threads) fail() int {
	t.failed = true
	return 0
}

// add returns the first thread of n, which leads to next.
func (t *threads) add(n *node, next int) int {
	if t.failed || len(t.Threads) > 500 {
		return t.fail()
	}
	switch n.op {
	case opEmpty:
		return next
	case opSet:
		return t.push(automaton.Thread{Kind: automaton.Take, Set: t.set(n.set), Next: []int{next}})
	case opConcat:
		for _, sub := range slices.Backward(n.subs) {
			next = t.add(sub, next)
		}
		return next
	case opAlternate:
		var all []int
		for _, sub := range n.subs {
			all = append(all, t.add(sub, next))
		}
		return t.push(automaton.Thread{Kind: automaton.Split, Next: all})
	case opGroup:
		return t.add(n.subs[0], next)
	case opRepeat:
		return t.repeat(n, next)
	case opLook, opAssert:
		if test := t.test(n); test != nil {
			return t.push(automaton.Thread{Kind: automaton.Check, Test: test, Next: []int{next}})
		}
	}
	return t.fail()
}

func (t *threads) repeat(n *node, next int) int {
	sub := n.subs[0]
	if n.mode == possessive || sub.nullable() && n.max > 1 || n.min > 100 || n.max != unbounded && n.max > 100 {
		return t.fail()
	}
	least := n.min
	if n.max == unbounded {
		loop := t.push(automaton.Thread{Kind: automaton.Split})
		body := t.add(sub, loop)
		t.Threads[loop].Next = preferred(n.mode, body, next)
		next = loop
		if least > 0 {
			next = body
			least--
		}
	} else {
		for range n.max - n.min {
			next = t.push(automaton.Thread{Kind: automaton.Split, Next: preferred(n.mode, t.add(sub, next), next)})
		}
	}
	for range least {
		next = t.add(sub, next)
	}
	return next
}

// preferred orders another round and the end of a loop.
func preferred(mode repeatMode, round, end int) []int {
	if mode == lazy {
		return []int{end, round}
	}
	return []int{round, end}
}
