package javatext

import "slices"

// kind says what an instruction of a compiled pattern does.
type kind byte

const (
	iAccept    kind = iota // the end of a part that is matched for itself
	iMatch                 // the end of the pattern
	iBehindEnd             // the end of a lookbehind's part
	iPass                  // nothing
	iFail                  // never matches
	iSet                   // one character
	iRun                   // as many characters of a set as possible, then fewer
	iLazyRun               // as few as possible, then more
	iBranch                // the alternatives in turn
	iHead                  // the start of a group
	iTail                  // the end of a group
	iProlog                // enters a loop
	iLoop                  // decides after each round of a loop
	iQuestion              // a part or nothing, or with mode atomicGroup just the part
	iCurly                 // a part several times, each matched for itself
	iLook                  // lookahead
	iBehind                // lookbehind
	iBackref
	iBreak // \R
	iAssert
)

// atomicGroup is the mode of an iQuestion that is (?>).
const atomicGroup repeatMode = 100

// instr is an instruction. Like the nodes of java.util.regex instructions are
// chained: what a pattern matches in the end depends on which constructs give
// back rounds, and when groups are forgotten, and those rules are Java's.
type instr struct {
	op       kind
	id       int32
	next     *instr
	set      *charSet
	ahead    *charSet // what next has to match, if that is known
	atom     *instr   // the part, or a loop's body
	loop     *instr   // of an iProlog
	alts     []*instr // of an iBranch; nil goes to next
	min, max int32
	mode     repeatMode
	group    int32 // captured, or -1
	local    int32 // where a group's start is
	count    int32 // where a loop's rounds are, or -1 if they do not matter
	begin    bool  // a loop whose body can match nothing
	negative bool
	wide     bool // a lookbehind that steps over whole characters
	rmin     int32
	rmax     int32
	fold     bool
	uniFold  bool
	assert   assertion
	unix     bool
	memo     memoPoint
	slot     int32 // of an iRun that remembers its run, or -1
}

// graph turns a tree into instructions, in the way that java.util.regex builds
// its nodes.
type graph struct {
	p      *parser
	accept *instr
	locals int32
	groups int32 // local index of group 0
	slots  int32
	states int64
	code   []*instr
}

// compileGraph returns the first instruction of tree.
func compileGraph(tree *node, p *parser) (g *graph, first *instr) {
	g = &graph{p: p, accept: &instr{op: iAccept}}
	first = g.expr(tree, &instr{op: iMatch})
	return g, first
}

func (g *graph) local() int32 {
	g.locals++
	return g.locals - 1
}

// expr returns the chain of n, which ends in end.
func (g *graph) expr(n *node, end *instr) *instr {
	if n.op != opAlternate {
		return g.sequence(n, end)
	}
	conn := &instr{op: iPass, next: end, negative: true}
	b := &instr{op: iBranch, next: conn}
	for _, sub := range n.subs {
		if len(sub.subs) == 0 {
			b.alts = append(b.alts, nil)
		} else {
			b.alts = append(b.alts, g.sequence(sub, conn))
		}
	}
	return b
}

// isConn marks the instruction that ends the alternatives of a branch: what is
// known of their lengths ends there.
func (n *instr) isConn() bool { return n.op == iPass && n.negative }

func (g *graph) sequence(n *node, end *instr) *instr {
	var head, tail *instr
	for _, sub := range n.subs {
		h, t := g.item(sub)
		if head == nil {
			head = h
		} else {
			tail.next = h
		}
		tail = t
	}
	if head == nil {
		return end
	}
	tail.next = end
	return head
}

// item returns the first and the last instruction of n.
func (g *graph) item(n *node) (head, tail *instr) {
	if n.op == opRepeat {
		return g.repeat(n)
	}
	if n.op == opGroup {
		return g.group(n)
	}
	i := g.single(n)
	return i, i
}

// group returns the chain of a group; its tail goes to accept for now.
func (g *graph) group(n *node) (head, tail *instr) {
	head = &instr{op: iHead, group: -1, local: g.local()}
	tail = &instr{op: iTail, group: -1, local: head.local, next: g.accept}
	if n.op == opGroup && n.number > 0 && g.p.refs[n.number] {
		tail.group = int32(n.number)
	}
	head.next = g.expr(n.subs[0], tail)
	return head, tail
}

// single returns what is one instruction.
func (g *graph) single(n *node) *instr {
	switch n.op {
	case opSet:
		return &instr{op: iSet, set: newCharSet(n.set), next: g.accept}
	case opBackref:
		if n.number > g.p.groups {
			return &instr{op: iFail, fold: true, next: g.accept}
		}
		return &instr{op: iBackref, group: int32(n.number), fold: n.fold, uniFold: n.uniFold, next: g.accept}
	case opBreak:
		return &instr{op: iBreak, next: g.accept}
	case opAssert:
		return &instr{op: iAssert, assert: n.assert, unix: n.unix, next: g.accept}
	case opAtomic:
		head, _ := g.group(n)
		return &instr{op: iQuestion, mode: atomicGroup, atom: head, next: g.accept}
	case opLook:
		head, tail := g.group(n)
		if n.behind {
			return g.behind(n, head, tail)
		}
		return &instr{op: iLook, negative: n.negative, atom: head, next: g.accept}
	}
	return &instr{op: iPass, next: g.accept}
}

func (g *graph) behind(n *node, head, tail *instr) *instr {
	tail.next = &instr{op: iBehindEnd, next: g.accept}
	var w widths
	w.reset()
	w.study(head)
	if !w.bounded {
		g.p.i = n.pos
		g.p.fail("look-behind group does not have an obvious maximum length")
	}
	wide := slices.ContainsFunc(g.p.src[n.pos:], isWideRune)
	return &instr{op: iBehind, negative: n.negative, atom: head, rmin: w.min, rmax: w.max, wide: wide, next: g.accept}
}

func isWideRune(r rune) bool { return r > 0xffff }

// repeat returns a part with a quantifier.
func (g *graph) repeat(n *node) (head, tail *instr) {
	sub := n.subs[0]
	if sub.op != opGroup {
		one := g.closure(n, g.single(sub))
		return one, one
	}
	head, tail = g.group(sub)
	if n.mode == possessive {
		one := g.closure(n, head)
		return one, one
	}
	if n.min == 0 && n.max == 1 {
		conn := &instr{op: iPass, negative: true, next: g.accept}
		tail.next = conn
		b := &instr{op: iBranch, next: conn, alts: []*instr{head, nil}}
		if n.mode == lazy {
			b.alts = []*instr{nil, head}
		}
		return b, conn
	}
	var w widths
	w.reset()
	if w.study(head) {
		c := g.closure(n, head.next)
		if head.next == tail {
			c.atom = g.accept
		}
		c.op, c.group = iCurly, tail.group
		tail.op = iAccept
		return c, c
	}
	return g.loop(n, head, tail)
}

func (g *graph) loop(n *node, head, tail *instr) (prolog, loop *instr) {
	loop = &instr{
		op: iLoop, atom: head, min: int32(n.min), max: int32(n.max), mode: n.mode, local: head.local,
		count: -1, begin: n.subs[0].nullable(), next: g.accept,
	}
	if n.min > 1 || n.max != unbounded {
		loop.count = g.local()
	}
	tail.next = loop
	return &instr{op: iProlog, loop: loop, next: loop}, loop
}

// closure repeats one instruction, or a chain that ends in accept.
func (g *graph) closure(n *node, atom *instr) *instr {
	c := &instr{op: iCurly, atom: atom, min: int32(n.min), max: int32(n.max), mode: n.mode, group: -1, next: g.accept}
	switch {
	case n.min == 0 && n.max == 1:
		c.op = iQuestion
	case n.mode == greedy && n.max == unbounded && atom.op == iSet:
		c.op, c.set = iRun, atom.set
	}
	return c
}

// widths is what java.util.regex finds out about a chain: the least and
// greatest length, in its arithmetic of 32 bits, and whether it can match in
// one way only.
type widths struct {
	min, max int32
	bounded  bool
	single   bool
}

func (w *widths) reset() { *w = widths{bounded: true, single: true} }

// study adds what n and all after it match, and returns single.
func (w *widths) study(n *instr) bool {
	for ; n != nil; n = n.next {
		switch n.op {
		case iAccept, iMatch:
			return w.single
		case iPass:
			if n.isConn() {
				return w.single
			}
		case iSet:
			w.min++
			w.max++
		case iBreak:
			w.min++
			w.max += 2
		case iBackref, iFail:
			w.bounded = false
		case iRun:
			w.min += n.min
			if w.bounded {
				w.max += unbounded
			}
			w.single = false
		case iQuestion:
			w.question(n)
		case iCurly:
			w.curly(n)
		case iBranch:
			return w.branch(n)
		case iProlog, iLoop:
			w.bounded, w.single = false, false
			return false
		}
	}
	return w.single
}

func (w *widths) question(n *instr) {
	least := w.min
	w.study(n.atom)
	if n.mode != atomicGroup {
		w.min, w.single = least, false
	}
}

func (w *widths) curly(n *instr) {
	before := *w
	w.reset()
	w.study(n.atom)
	if w.min = w.min*n.min + before.min; w.min < before.min {
		w.min = 0xfffffff
	}
	if before.bounded && w.bounded {
		w.max = w.max*n.max + before.max
		w.bounded = w.max >= before.max
	} else {
		w.bounded = false
	}
	w.single = w.single && n.min == n.max && before.single
}

func (w *widths) branch(n *instr) bool {
	before := *w
	least, most := int32(unbounded), int32(-1)
	for _, alt := range n.alts {
		w.reset()
		if alt != nil {
			w.study(alt)
		}
		least, most = min(least, w.min), max(most, w.max)
		before.bounded = before.bounded && w.bounded
	}
	w.reset()
	w.study(n.next.next)
	w.min += before.min + least
	w.max += before.max + most
	w.bounded = w.bounded && before.bounded
	w.single = false
	return false
}
