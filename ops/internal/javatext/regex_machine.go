package javatext

import (
	"errors"
	"unicode/utf16"
)

// ErrTooLong is returned for a text on which a pattern takes more steps, or
// more memory, than a text may.
var ErrTooLong = errors.New("the regular expression takes too many steps on this text; possessive quantifiers in it, as in (a*+)*, or a shorter text may help")

// ErrStopped is returned if the search was ended from outside.
var ErrStopped = errors.New("stopped")

// ErrPastEnd is returned where Java throws: a back-reference in (?i) to a group
// that holds characters beyond the BMP makes it read past the end of the text.
var ErrPastEnd = errors.New("java.util.regex reads past the end of the text")

const (
	// maxSteps is how many instructions may be run for one text.
	maxSteps = 50_000_000
	// maxFrames is how many frames the stack may hold, of 28 bytes each.
	maxFrames = 1 << 20
	// pollSteps is the number of steps after which the machine looks up.
	pollSteps = 1 << 16
)

// frame is something to do when what was tried last has failed.
type frame struct {
	kind frameKind
	pc   int32
	a, b int32
	c, d int32
	e    int32
}

type frameKind int32

const (
	fTry     frameKind = iota // goes on at pc, place a
	fLocal                    // sets local a to b
	fGroup                    // sets locals a and a+1 to b and c
	fKept                     // holds what a group was, as fGroup; does nothing
	fBranch                   // tries alternative b at place a
	fRun                      // gives back one character of a run from b to a
	fLazyRun                  // takes another character at a, the run so far is of b from c
	fLoop                     // starts a round of a lazy loop at a
	fFailed                   // remembers that bit a, b has failed

	fLazyQuestion // tries the part at a
	fGive         // gives back one of the b rounds of width c that end at a, down to round d
	fResume       // goes on giving back, as fGive
	fLazyCurly    // tries round b at a

	// The kinds below guard a part that is matched for itself: e is the guard
	// around it.
	fQuestion   // the part of an iQuestion
	fPossessive // the part, from a, of a possessive iQuestion
	fLook       // a lookahead from a
	fBehind     // a lookbehind from a, with the part from b, down to c
	fLeast      // round b of an iCurly, from a, up to its minimum
	fFirst      // the first round after that, number b
	fMore       // another round, number b, of width c; d is the first
	fLazyRound  // another round of a lazy iCurly
	fPossRound  // another round of a possessive iCurly
)

// machine runs a pattern on one text at a time.
type machine struct {
	re      *Regex
	text    []uint16
	i       int32 // the place in text
	stack   []frame
	guard   int32 // index of the innermost guard, or -1
	locals  []int32
	oldLast int32 // where the last match ended, for \G
	left    int   // steps until the machine looks up
	allowed int   // what left was
	spent   int   // steps before that
	limit   int   // on steps
	memo    memo
	runs    []run
	stop    <-chan struct{}
	err     error
}

// steps is how many steps the text has taken.
func (m *machine) steps() int { return m.spent + m.allowed - m.left }

// load makes s the text.
func (m *machine) load(s string) {
	m.text = m.text[:0]
	for _, r := range s {
		if r < 0x10000 {
			m.text = append(m.text, uint16(r))
		} else {
			high, low := utf16.EncodeRune(r)
			m.text = append(m.text, uint16(high), uint16(low))
		}
	}
	m.oldLast, m.err, m.spent = -1, nil, 0
	m.left = 1024 + 16*len(m.text)
	m.allowed = m.left
	m.memo.reset()
	for k := range m.runs {
		m.runs[k] = run{}
	}
}

// find looks for a match at from or after, and returns where it is.
func (m *machine) find(from int32) (start, end int32, ok bool) {
	re, size := m.re, int32(len(m.text))
	if m.oldLast < 0 {
		m.oldLast = from
	}
	for k := range m.locals {
		m.locals[k] = -1
	}
	for start = from; start <= size; start++ {
		if re.first != nil {
			if start = m.skipTo(start); start == size {
				break
			}
		}
		if m.run(re.start, start) {
			m.oldLast = m.i
			return start, m.i, true
		}
		if m.err != nil || re.anchored {
			break
		}
		if re.whole && start+1 < size && isHigh(m.text[start]) && isLow(m.text[start+1]) {
			start++
		}
	}
	return 0, 0, false
}

// skipTo returns the first place from start on where a match can start, or the
// end.
func (m *machine) skipTo(start int32) int32 {
	size := int32(len(m.text))
	for first := m.re.first; start < size; start++ {
		c := m.text[start]
		if c < 256 && first.low[c>>6]>>(c&63)&1 != 0 {
			break
		}
		if c >= 256 {
			if r, _ := m.at(start); first.ranges.has(r) {
				break
			}
			if m.re.whole && start+1 < size && isHigh(c) && isLow(m.text[start+1]) {
				start++
			}
		}
	}
	return start
}

func isHigh(c uint16) bool { return c&0xfc00 == 0xd800 }
func isLow(c uint16) bool  { return c&0xfc00 == 0xdc00 }

// at returns the character at i, which is half of one if i is between halves,
// and its width.
func (m *machine) at(i int32) (rune, int32) {
	c := m.text[i]
	if isHigh(c) && int(i)+1 < len(m.text) && isLow(m.text[i+1]) {
		return utf16.DecodeRune(rune(c), rune(m.text[i+1])), 2
	}
	return rune(c), 1
}

// before returns the character that ends at i.
func (m *machine) before(i int32) (rune, int32) {
	c := m.text[i-1]
	if isLow(c) && i > 1 && isHigh(m.text[i-2]) {
		return utf16.DecodeRune(rune(m.text[i-2]), rune(c)), 2
	}
	return rune(c), 1
}

// width returns the width of the character at i if it is in set, else 0.
func (m *machine) width(set *charSet, i int32) int32 {
	if int(i) >= len(m.text) {
		return 0
	}
	if c := m.text[i]; c < 256 {
		return int32(set.low[c>>6] >> (c & 63) & 1)
	}
	if r, w := m.at(i); set.ranges.has(r) {
		return w
	}
	return 0
}

// lookUp is called when the steps have run out: it ends the search or allows
// more.
func (m *machine) lookUp() bool {
	select {
	case <-m.stop:
		m.err = ErrStopped
	default:
	}
	if m.spent == 0 {
		m.memo.start(2*m.re.states, len(m.text)+1)
	}
	m.spent += m.allowed - m.left
	if m.spent > m.limit || len(m.stack) > maxFrames {
		m.err = ErrTooLong
	}
	m.left, m.allowed = pollSteps, pollSteps
	return m.err == nil
}

// run matches from n at place i, and leaves the end of the match in m.i.
func (m *machine) run(n *instr, i int32) bool {
	m.i, m.guard, m.stack = i, -1, m.stack[:0]
	for {
		if n == nil {
			if n = m.back(); n == nil {
				return false
			}
		}
		if m.left--; m.left < 0 && !m.lookUp() {
			return false
		}
		if m.memo.on && n.memo.on && m.known(n) {
			n = nil
			continue
		}
		switch n.op {
		case iSet:
			if w := m.width(n.set, m.i); w > 0 {
				m.i += w
				n = n.next
			} else {
				n = nil
			}
		case iMatch:
			return true
		case iRun:
			n = m.takeRun(n)
		case iBranch:
			m.push(frame{kind: fBranch, pc: n.id, a: m.i, b: 1})
			n = n.alts[0]
		case iLoop:
			n = m.nextRound(n)
		case iProlog:
			n = m.enterLoop(n.loop)
		case iHead:
			m.push(frame{kind: fLocal, a: n.local, b: m.locals[n.local]})
			m.locals[n.local] = m.i
			n = n.next
		case iTail:
			m.setGroup(n.group, m.locals[n.local], m.i)
			n = n.next
		case iAssert:
			if m.holds(n) {
				n = n.next
			} else {
				n = nil
			}
		default:
			n = m.rare(n)
		}
	}
}

// rare runs the instructions that hot loops do without.
func (m *machine) rare(n *instr) *instr {
	switch n.op {
	case iAccept:
		return m.accepted()
	case iBehindEnd:
		if m.i == m.stack[m.guard].a {
			return m.accepted()
		}
	case iLazyRun:
		return m.takeLazily(n)
	case iQuestion:
		return m.question(n)
	case iCurly:
		return m.curly(n)
	case iLook:
		m.protect(frame{kind: fLook, pc: n.id, a: m.i})
		return n.atom
	case iBehind:
		return m.behind(n)
	case iBackref:
		if m.backref(n) {
			return n.next
		}
	case iBreak:
		return m.lineBreak(n)
	case iPass:
		return n.next
	}
	return nil
}

func (m *machine) push(f frame) { m.stack = append(m.stack, f) }

func (m *machine) pop() { m.stack = m.stack[:len(m.stack)-1] }

// setGroup sets a group, until what follows has failed.
func (m *machine) setGroup(group, start, end int32) {
	at := m.re.groups + 2*group
	m.push(frame{kind: fGroup, a: at, b: m.locals[at], c: m.locals[at+1]})
	m.locals[at], m.locals[at+1] = start, end
}

// back undoes the last try and returns where to go on, or nil if nothing is
// left.
func (m *machine) back() *instr {
	for len(m.stack) > 0 && m.err == nil {
		f := &m.stack[len(m.stack)-1]
		switch f.kind {
		case fLocal:
			m.locals[f.a] = f.b
		case fGroup:
			m.locals[f.a], m.locals[f.a+1] = f.b, f.c
		case fKept:
		case fFailed:
			m.memo.set(int64(f.a)<<32 | int64(uint32(f.b)))
		case fTry:
			m.i = f.a
			n := m.re.code[f.pc]
			m.pop()
			return n
		default:
			if n := m.retry(f); n != nil {
				return n
			}
			continue
		}
		m.pop()
	}
	return nil
}

// retry does what a frame says that may stay on the stack.
func (m *machine) retry(f *frame) *instr {
	n := m.re.code[f.pc]
	switch f.kind {
	case fBranch:
		m.i = f.a
		alt := n.alts[f.b]
		if f.b++; int(f.b) == len(n.alts) {
			m.pop()
		}
		return alt
	case fRun:
		return m.giveBack(n, f)
	case fLazyRun:
		return m.takeMore(n, f)
	}
	g := *f
	m.pop()
	m.i = g.a
	switch g.kind {
	case fLoop:
		return m.lazyRound(n, g.b == 1)
	case fLazyQuestion:
		m.protect(frame{kind: fQuestion, pc: n.id})
		return n.atom
	case fGive:
		return m.give(n, m.shorter(n, g))
	case fResume:
		return m.give(n, g)
	case fLazyCurly:
		if g.b >= n.max {
			return nil
		}
		m.protect(frame{kind: fLazyRound, pc: n.id, a: g.a, b: g.b})
		return n.atom
	}
	m.guard = g.e
	return m.partFailed(n, g)
}
