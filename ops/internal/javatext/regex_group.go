package javatext

import "strings"

// maxDepth is how many groups may be within each other.
const maxDepth = 2000

// group reads what starts with '('. It returns nil for flags alone.
func (p *parser) group() *node {
	start, saved := p.i, p.flags
	if p.depth++; p.depth > maxDepth { // Java's stack ends not far from there
		p.refuse(start, "a group within %d others", maxDepth)
	}
	defer func() { p.depth-- }()
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
