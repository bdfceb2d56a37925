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
func newAutomaton(tree *node, p *parser, anchored bool) *automaton.Automaton {
	t := &threads{p: p}
	t.Refused, t.LineEnds, t.Anchored = -1, [3]int{-1, -1, -1}, anchored
	end := t.push(automaton.Thread{Kind: automaton.Match})
	t.First = t.add(tree, end)
	_, empty := tree.firstSet()
	if t.behind || empty || !p.wide && slices.ContainsFunc(t.sets, hasLowHalf) {
		t.refused = t.refused.union(runeSet{{0x10000, 0x10ffff}}) // Java may look at halves
	}
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

// hasLowHalf reports whether set has the second half of a surrogate pair.
func hasLowHalf(set runeSet) bool { return len(set.intersect(runeSet{{0xdc00, 0xdfff}})) > 0 }

// threads turns a tree into the program of an automaton.
type threads struct {
	automaton.Program
	p       *parser
	sets    []runeSet
	refused runeSet
	behind  bool
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
