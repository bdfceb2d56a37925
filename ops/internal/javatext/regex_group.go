package javatext

import (
	"math"
	"strings"
)

// group reads what starts with '('. It returns nil for flags alone.
func (p *parser) group() *node {
	start, saved := p.i, p.flags
	p.i++
	n := &node{op: opGroup, pos: start}
	p.noSpace("a group's opening")
	if p.accept("?") {
		p.noSpace("a group's opening")
		switch {
		case p.accept(":"):
		case p.accept("="):
			n.op = opLook
		case p.accept("!"):
			n.op, n.negative = opLook, true
		case p.accept(">"):
			n.op = opAtomic
		case p.accept("<="):
			n.op, n.behind = opLook, true
		case p.accept("<!"):
			n.op, n.behind, n.negative = opLook, true, true
		case p.accept("<"):
			p.named(n)
		default:
			if p.inlineFlags() {
				return nil
			}
		}
	} else {
		p.groups++
		n.number = p.groups
	}
	n.subs = []*node{p.alternation()}
	if p.peek() != ')' {
		p.fail("unclosed group")
	}
	p.i++
	p.flags = saved
	if n.behind {
		p.checkBehind(n.subs[0])
	}
	return n
}

func (p *parser) named(n *node) {
	name := p.groupName()
	if _, dup := p.names[name]; dup {
		p.fail("named capturing group <%s> is already defined", name)
	}
	p.groups++
	n.number = p.groups
	p.names[name] = n.number
}

func (p *parser) groupName() string {
	start := p.i
	p.noSpace("a group's name")
	if !isASCIILetter(p.peek()) {
		p.fail("capturing group name does not start with a Latin letter")
	}
	for isASCIIAlnum(p.peek()) {
		p.i++
	}
	p.noSpace("a group's name")
	if p.peek() != '>' {
		p.fail("named capturing group is missing trailing '>'")
	}
	name := string(p.src[start:p.i])
	p.i++
	return name
}

// inlineFlags reads (?flags) or (?flags: and reports whether it was the former.
func (p *parser) inlineFlags() bool {
	on := true
	for {
		r := p.peek()
		switch i := strings.IndexRune(flagLetters, r); {
		case r == '-' && on:
			on = false
		case r == 'c':
			p.refuse(p.i, "flag c, canonical equivalence,")
		case r == ')' || r == ':':
			p.i++
			return r == ')'
		case r < 0 || i < 0:
			p.noSpace("inline flags")
			p.fail("unknown inline modifier")
		case on:
			p.flags |= 1 << i
			if r == 'U' {
				p.flags |= unicodeCase
			}
		default:
			p.flags &^= 1 << i
			if r == 'U' {
				p.flags &^= unicodeCase
			}
		}
		p.i++
	}
}

// checkBehind refuses in a lookbehind what Java refuses because it finds no
// obvious maximum length, and what would run there in another way: Java tries
// to match forwards from every start, we match backwards.
func (p *parser) checkBehind(n *node) {
	walk(n, func(sub *node) {
		switch {
		case sub.op == opBackref:
			p.refuse(sub.pos, "a back-reference in a lookbehind")
		case sub.op == opAtomic:
			p.refuse(sub.pos, "an atomic group in a lookbehind")
		case sub.op == opBreak:
			p.refuse(sub.pos, "\\R in a lookbehind")
		case sub.op == opRepeat && sub.mode == possessive:
			p.refuse(sub.pos, "a possessive quantifier in a lookbehind")
		case sub.op == opRepeat && sub.subs[0].op != opSet:
			p.refuse(sub.pos, "a repeated group in a lookbehind")
		}
	})
	if n.maxLen() > math.MaxInt32 {
		// Java finds no obvious maximum length, or overflows and goes wrong.
		p.refuse(n.pos, "an open repetition beside other things in a lookbehind")
	}
}

// maxLen is the greatest length of a match of n; an open repetition is one of
// MaxInt32 rounds, so that Java accepts it as long as nothing is added.
func (n *node) maxLen() int {
	total := 0
	switch n.op {
	case opSet:
		return 1
	case opLook:
		return 0
	case opAlternate:
		for _, sub := range n.subs {
			total = max(total, sub.maxLen())
		}
		return total
	case opRepeat:
		return min(n.max*n.subs[0].maxLen(), math.MaxInt32)
	}
	for _, sub := range n.subs {
		total = min(total+sub.maxLen(), math.MaxInt32+1)
	}
	return total
}

// nullable reports whether n may match nothing.
func (n *node) nullable() bool {
	switch n.op {
	case opSet, opBreak:
		return false
	case opRepeat:
		return n.min == 0 || n.subs[0].nullable()
	case opAlternate:
		for _, sub := range n.subs {
			if sub.nullable() {
				return true
			}
		}
		return false
	case opConcat, opGroup, opAtomic:
		for _, sub := range n.subs {
			if !sub.nullable() {
				return false
			}
		}
	}
	return true
}

// checkReferences turns references to groups that do not exist, which match
// nothing, into empty sets. It refuses those to groups in places that Java does
// not always return into: there it leaves a group as the last attempt set it,
// even one that failed.
func (p *parser) checkReferences(n *node) {
	if n.op == opBackref && n.number > p.groups {
		*n = node{op: opSet, pos: n.pos}
	}
	switch inner := n; n.op {
	case opRepeat:
		if n.mode != possessive && n.subs[0].op == opGroup && !n.subs[0].nullable() {
			inner = n.subs[0].subs[0]
		}
		fallthrough
	case opLook, opAtomic:
		walk(inner, func(sub *node) {
			if sub.op == opGroup && p.refs[sub.number] {
				p.refuse(sub.pos, "a group in a lookaround, repetition or atomic group that a back-reference names")
			}
		})
	}
	for _, sub := range n.subs {
		p.checkReferences(sub)
	}
}
