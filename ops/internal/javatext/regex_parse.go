package javatext

import (
	"fmt"
	"math"
	"strings"
)

// SyntaxError is a pattern that java.util.regex.Pattern refuses as well.
type SyntaxError struct {
	Pattern string
	Pos     int // in code points
	Msg     string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("regular expression %q: %s at position %d", e.Pattern, e.Msg, e.Pos)
}

// UnsupportedError is a pattern that is good Java, or might be, and uses what
// this package cannot do exactly as Java does it.
type UnsupportedError struct {
	Pattern   string
	Pos       int // in code points
	Construct string
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("regular expression %q: %s at position %d is not supported", e.Pattern, e.Construct, e.Pos)
}

type nodeOp byte

const (
	opEmpty     nodeOp = iota
	opSet              // one code point of set
	opConcat           // subs in a row
	opAlternate        // the first of subs that leads to a match
	opRepeat           // subs[0] min to max times
	opGroup            // subs[0], captured as number if that is above 0
	opAtomic           // (?>)
	opLook             // lookahead or lookbehind
	opBackref          // what group number captured
	opBreak            // \R
	opAssert           // one of the assertions
)

type assertion byte

const (
	textStart     assertion = iota // ^ \A
	lineStart                      // ^ in (?m)
	textEnd                        // \z
	lastLineEnd                    // $ \Z
	lineEnd                        // $ in (?m)
	matchStart                     // \G
	wordBound                      // \b
	notWordBound                   // \B
	wordBoundU                     // \b in (?U)
	notWordBoundU                  // \B in (?U)
)

type repeatMode byte

const (
	greedy repeatMode = iota
	lazy
	possessive
)

const unbounded = math.MaxInt32

// node is a regular expression as a tree.
type node struct {
	op       nodeOp
	pos      int
	set      runeSet
	subs     []*node
	min, max int
	mode     repeatMode
	number   int // of the group
	fold     bool
	uniFold  bool
	behind   bool
	negative bool
	assert   assertion
	unix     bool // the assertion knows \n only
}

type flags byte

const (
	ignoreCase flags = 1 << iota
	unixLines
	multiline
	dotAll
	unicodeCase
	comments
	unicodeClasses
)

const flagLetters = "idmsuxU"

// parser turns a pattern into a tree. Errors are panics of type error within
// this file and its fellows, recovered in parse.
type parser struct {
	pattern string
	src     []rune
	at      []int // position in pattern of each of src, and the end
	i       int
	flags   flags
	groups  int
	depth   int // of groups that are open
	names   map[string]int
	refs    map[int]bool // groups that back-references name
	// wide says that Java steps over whole characters when it looks for the
	// start of a match, and not over halves of surrogate pairs: it does so if
	// the pattern holds a character beyond the BMP, or a class of a kind that
	// might.
	wide bool
}

func parse(pattern string) (n *node, p *parser, err error) {
	p = &parser{pattern: pattern, names: map[string]int{}, refs: map[int]bool{}}
	defer caught(&err)
	p.unquote()
	n = p.alternation()
	if p.more() {
		p.fail("unmatched closing ')'")
	}
	return n, p, nil
}

// caught makes the panic of fail and refuse an error.
func caught(err *error) {
	switch e := recover().(type) {
	case nil:
	case *SyntaxError:
		*err = e
	case *UnsupportedError:
		*err = e
	default:
		panic(e)
	}
}

func (p *parser) fail(format string, args ...any) {
	panic(&SyntaxError{p.pattern, p.at[min(p.i, len(p.src))], fmt.Sprintf(format, args...)})
}

func (p *parser) refuse(pos int, format string, args ...any) {
	panic(&UnsupportedError{p.pattern, p.at[min(pos, len(p.src))], fmt.Sprintf(format, args...)})
}

// unquote copies the pattern to src and turns \Q..\E into escapes, as Java does
// before it parses.
func (p *parser) unquote() {
	in := []rune(p.pattern)
	quoted := false
	add := func(r rune, i int) {
		p.wide = p.wide || r > 0xffff
		p.src = append(p.src, r)
		p.at = append(p.at, i)
	}
	for i := 0; i < len(in); i++ {
		r := in[i]
		next := rune(-1)
		if i+1 < len(in) {
			next = in[i+1]
		}
		switch {
		case !quoted && r == '\\' && next == 'Q':
			quoted = true
			i++
		case quoted && r == '\\' && next == 'E':
			quoted = false
			i++
		case !quoted && r == '\\' && next >= 0:
			add(r, i)
			i++
			add(next, i)
		case quoted && r < 0x80 && !isASCIIAlnum(r):
			add('\\', i)
			add(r, i)
		default:
			add(r, i)
		}
	}
	p.at = append(p.at, len(in))
}

func isASCIIAlnum(r rune) bool { return '0' <= r && r <= '9' || isASCIILetter(r) }

func isASCIILetter(r rune) bool { return 'a' <= r|0x20 && r|0x20 <= 'z' && r < 0x80 }

func (p *parser) more() bool { return p.i < len(p.src) }

// peek returns the current character, or -1 at the end.
func (p *parser) peek() rune { return p.peekAt(0) }

func (p *parser) peekAt(n int) rune {
	if p.i+n < len(p.src) {
		return p.src[p.i+n]
	}
	return -1
}

func (p *parser) accept(text string) bool {
	for n, r := range []rune(text) {
		if p.peekAt(n) != r {
			return false
		}
	}
	p.i += len(text)
	return true
}

func (p *parser) has(f flags) bool { return p.flags&f != 0 }

// skip passes white space and comments in (?x).
func (p *parser) skip() {
	for p.has(comments) && p.more() {
		switch r := p.peek(); {
		case isSpace(r):
			p.i++
		case r == '#':
			for p.more() && !p.isLineEnd(p.peek()) {
				p.i++
			}
		default:
			return
		}
	}
}

func isSpace(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' }

func (p *parser) isLineEnd(r rune) bool {
	return r == '\n' || !p.has(unixLines) && (r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029)
}

func (p *parser) alternation() *node {
	start := p.i
	subs := []*node{p.sequence()}
	for p.peek() == '|' {
		p.i++
		subs = append(subs, p.sequence())
	}
	if len(subs) == 1 {
		return subs[0]
	}
	return &node{op: opAlternate, pos: start, subs: subs}
}

func (p *parser) sequence() *node {
	seq := &node{op: opConcat, pos: p.i}
	for {
		p.skip()
		switch p.peek() {
		case -1, '|', ')':
			return seq
		case '*', '+', '?':
			p.fail("dangling meta character '%c'", p.peek())
		}
		start := p.i
		var n *node
		switch r := p.peek(); r {
		case '(':
			if n = p.group(); n == nil {
				continue // flags only
			}
		case '[':
			n = &node{op: opSet, pos: start, set: p.class()}
		case '.':
			p.i++
			n = &node{op: opSet, pos: start, set: p.dot()}
		case '^', '$':
			p.i++
			n = &node{op: opAssert, pos: start, assert: p.anchor(r), unix: p.has(unixLines)}
		case '{':
			n = &node{op: opEmpty, pos: start} // Java repeats nothing
		default:
			seq.subs = append(seq.subs, p.literals()...)
			continue
		}
		seq.subs = append(seq.subs, p.quantified(n))
	}
}

func (p *parser) dot() runeSet {
	switch {
	case p.has(dotAll):
		return anyRune
	case p.has(unixLines):
		return oneRune('\n').complement()
	}
	return lineEnds.complement()
}

var lineEnds = runesOf("\n\r\u0085\u2028\u2029")

func (p *parser) anchor(r rune) assertion {
	switch {
	case r == '^' && p.has(multiline):
		return lineStart
	case r == '^':
		return textStart
	case p.has(multiline):
		return lineEnd
	}
	return lastLineEnd
}

// literals reads a run of ordinary characters, or one escape that is more, and
// the quantifier of the last. Runs matter: Java compares them in another way
// than single characters when (?iu) is on.
func (p *parser) literals() []*node {
	start := p.i
	var run []rune
	var starts []int
	var last *node
	for last == nil && p.more() && !strings.ContainsRune("*+?{|)([.^$", p.peek()) {
		at := p.i
		if p.peek() == '\\' {
			if n := p.escape(); n.op != opSet || n.number != literalMark {
				if len(run) > 0 {
					p.i = at
					break
				}
				last = n
				break
			} else {
				run = append(run, n.set[0].lo)
			}
		} else {
			run = append(run, p.peek())
			p.i++
		}
		starts = append(starts, at)
		p.skip()
	}
	if last != nil {
		return []*node{p.quantified(last)}
	}
	tail := 0
	if strings.ContainsRune("*+?{", p.peek()) && p.more() {
		tail = 1
	}
	var out []*node
	n := len(run) - tail
	for k, r := range run[:n] {
		set := p.runSet(r)
		if n == 1 {
			set = p.singleSet(r)
		}
		out = append(out, &node{op: opSet, pos: starts[k], set: set})
	}
	if tail == 1 {
		out = append(out, p.quantified(&node{op: opSet, pos: start, set: p.singleSet(run[n])}))
	}
	return out
}

// quantified reads the quantifier, if any, that follows n.
func (p *parser) quantified(n *node) *node {
	p.skip()
	lo, hi := 0, unbounded
	switch p.peek() {
	case '*':
		p.i++
	case '+':
		p.i++
		lo = 1
	case '?':
		p.i++
		hi = 1
	case '{':
		lo, hi = p.counts()
	default:
		return n
	}
	rep := &node{op: opRepeat, pos: n.pos, subs: []*node{n}, min: lo, max: hi}
	p.skip()
	switch p.peek() {
	case '?':
		p.i++
		rep.mode = lazy
	case '+':
		p.i++
		rep.mode = possessive
	}
	return rep
}

func (p *parser) counts() (lo, hi int) {
	p.i++
	if r := p.peek(); r < '0' || r > '9' {
		p.fail("illegal repetition")
	}
	lo = p.count()
	hi = lo
	if p.peek() == ',' {
		p.i++
		hi = unbounded
		if p.peek() != '}' {
			hi = 0
			if r := p.peek(); '0' <= r && r <= '9' {
				hi = p.count()
			}
		}
	}
	p.noSpace("a counted repetition")
	if p.peek() != '}' {
		p.fail("unclosed counted closure")
	}
	if hi < lo {
		p.fail("illegal repetition range")
	}
	p.i++
	return lo, hi
}

func (p *parser) count() int {
	n := 0
	for r := p.peek(); '0' <= r && r <= '9'; r = p.peek() {
		n = n*10 + int(r-'0')
		if n > math.MaxInt32 {
			p.fail("illegal repetition range")
		}
		p.i++
	}
	return n
}

// noSpace refuses white space that (?x) lets Java skip in the middle of things.
func (p *parser) noSpace(construct string) {
	if r := p.peek(); p.has(comments) && (isSpace(r) || r == '#') {
		p.refuse(p.i, "white space inside %s", construct)
	}
}
