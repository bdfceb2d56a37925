package javatext

import "math"

// protect starts a part that is matched for itself: once it is matched, none
// of its other ways are tried. Groups set in it stay set, as in Java.
func (m *machine) protect(f frame) {
	f.e = m.guard
	m.guard = int32(len(m.stack))
	m.push(f)
}

// accepted ends such a part.
func (m *machine) accepted() *instr {
	at := m.guard
	f := m.stack[at]
	if m.re.unwinds {
		m.unwind(m.stack[at:])
	}
	m.stack = m.stack[:at]
	m.guard = f.e
	n := m.re.code[f.pc]
	end := m.i
	switch f.kind {
	case fLook:
		if n.negative {
			return nil
		}
		m.i = f.a
	case fBehind:
		if n.negative {
			return nil
		}
	case fLeast:
		m.keepGroup(n, f.a, end)
		if end == f.a && n.memo.on {
			f.b = n.min - 1 // the other rounds match nothing as well
		}
		return m.rounds(n, end, f.b+1)
	case fFirst:
		if end == f.a {
			return m.finish(n, end)
		}
		m.keepGroup(n, f.a, end)
		return m.more(n, frame{a: end, b: f.b + 1, c: end - f.a, d: f.b})
	case fMore:
		return m.anotherRound(n, f, end)
	case fLazyRound:
		if end == f.a {
			return nil
		}
		m.keepGroup(n, f.a, end)
		return m.lazily(n, end, f.b+1)
	case fPossRound:
		m.keepGroup(n, f.a, end)
		if end > f.a {
			return m.possessively(n, end, f.b+1)
		}
	}
	return n.next
}

// unwind does what Java does on its way out of a match: of a group that was
// repeated greedily the first loop around it has the last word.
func (m *machine) unwind(stack []frame) {
	for k := len(stack) - 1; k >= 0; k-- {
		if f := stack[k]; f.kind == fGive {
			m.keepGroup(m.re.code[f.pc], f.a-f.c, f.a)
		}
	}
}

// partFailed goes on after the part of f did not match.
func (m *machine) partFailed(n *instr, f frame) *instr {
	switch f.kind {
	case fLook:
		if n.negative {
			return n.next
		}
	case fBehind:
		return m.behindFrom(n, f.a, m.stepBack(n, f.b, f.c), f.c)
	case fPossessive:
		return n.next
	case fFirst:
		return m.finish(n, f.a)
	case fMore:
		return m.give(n, f)
	case fPossRound:
		return n.next
	}
	return nil
}

func (m *machine) question(n *instr) *instr {
	switch n.mode {
	case greedy:
		m.push(frame{kind: fTry, pc: n.next.id, a: m.i})
	case lazy:
		m.push(frame{kind: fLazyQuestion, pc: n.id, a: m.i})
		return n.next
	case possessive:
		m.protect(frame{kind: fPossessive, pc: n.id, a: m.i})
		return n.atom
	}
	m.protect(frame{kind: fQuestion, pc: n.id})
	return n.atom
}

// curly repeats a part. Its rounds are matched each for itself, and are given
// back as if all were as wide as the last.
func (m *machine) curly(n *instr) *instr {
	if n.group >= 0 {
		at := m.re.groups + 2*n.group
		m.push(frame{kind: fGroup, a: at, b: m.locals[at], c: m.locals[at+1]})
	}
	return m.rounds(n, m.i, 0)
}

// rounds starts round number j at i.
func (m *machine) rounds(n *instr, i, j int32) *instr {
	m.i = i
	switch {
	case j < n.min:
		m.protect(frame{kind: fLeast, pc: n.id, a: i, b: j})
		return n.atom
	case n.mode == lazy:
		return m.lazily(n, i, j)
	case n.mode == possessive:
		return m.possessively(n, i, j)
	}
	return m.greedily(n, i, j)
}

func (m *machine) lazily(n *instr, i, j int32) *instr {
	m.push(frame{kind: fLazyCurly, pc: n.id, a: i, b: j})
	m.i = i
	return n.next
}

func (m *machine) possessively(n *instr, i, j int32) *instr {
	m.i = i
	if j >= n.max {
		return n.next
	}
	m.protect(frame{kind: fPossRound, pc: n.id, a: i, b: j})
	return n.atom
}

func (m *machine) greedily(n *instr, i, j int32) *instr {
	if n.group >= 0 {
		at := m.re.groups + 2*n.group
		m.push(frame{kind: fKept, a: at, b: m.locals[at], c: m.locals[at+1]})
	}
	m.i = i
	if j >= n.max {
		return m.finish(n, i)
	}
	m.protect(frame{kind: fFirst, pc: n.id, a: i, b: j})
	return n.atom
}

// more tries another round after the f.b rounds that end at f.a.
func (m *machine) more(n *instr, f frame) *instr {
	m.i = f.a
	if f.b >= n.max {
		return m.give(n, f)
	}
	m.protect(frame{kind: fMore, pc: n.id, a: f.a, b: f.b, c: f.c, d: f.d})
	return n.atom
}

// anotherRound goes on after a round of the same width, or starts anew with one
// of another.
func (m *machine) anotherRound(n *instr, f frame, end int32) *instr {
	if f.a+f.c != end {
		f.kind = fResume
		m.push(f)
		return m.greedily(n, f.a, f.b)
	}
	m.keepGroup(n, f.a, end)
	f.a = end
	f.b++
	return m.more(n, f)
}

// give tries what follows, with fewer and fewer rounds.
func (m *machine) give(n *instr, f frame) *instr {
	if f.b <= f.d {
		return m.finish(n, f.a)
	}
	f.kind, f.pc = fGive, n.id
	m.push(f)
	m.i = f.a
	return n.next
}

// shorter takes one round off f.
func (m *machine) shorter(n *instr, f frame) frame {
	f.a -= f.c
	f.b--
	m.keepGroup(n, f.a-f.c, f.a)
	return f
}

// finish tries what follows without further rounds, with the group as it was.
func (m *machine) finish(n *instr, i int32) *instr {
	if n.group >= 0 {
		f := m.stack[len(m.stack)-1]
		m.locals[f.a], m.locals[f.a+1] = f.b, f.c
		m.pop()
	}
	m.i = i
	return n.next
}

// keepGroup sets the group that a curly repeats.
func (m *machine) keepGroup(n *instr, start, end int32) {
	if n.group >= 0 {
		at := m.re.groups + 2*n.group
		m.locals[at], m.locals[at+1] = start, end
	}
}

// behind tries a lookbehind's part from its least to its greatest length.
func (m *machine) behind(n *instr) *instr {
	i, most, least := m.i, n.rmax, n.rmin
	if n.wide {
		most, least = m.span(i, -most), m.span(i, -least)
	}
	return m.behindFrom(n, i, i-least, max(i-most, 0))
}

func (m *machine) behindFrom(n *instr, i, start, low int32) *instr {
	if start < low {
		m.i = i
		if n.negative {
			return n.next
		}
		return nil
	}
	m.protect(frame{kind: fBehind, pc: n.id, a: i, b: start, c: low})
	m.i = start
	return n.atom
}

func (m *machine) stepBack(n *instr, start, low int32) int32 {
	if n.wide && start > low {
		return start - m.span(start, -1)
	}
	return start - 1
}

// span is the width of so many characters from i on, or before i if there are
// less than none.
func (m *machine) span(i, chars int32) int32 {
	from, size := i, int32(len(m.text))
	if chars == math.MinInt32 { // an overflow in Java
		return 0
	}
	for ; chars > 0 && i < size; chars-- {
		_, w := m.at(i)
		i += w
	}
	if i > from {
		return i - from
	}
	for ; chars < 0 && i > 0; chars++ {
		_, w := m.before(i)
		i -= w
	}
	return from - i
}

// lineBreak is \R.
func (m *machine) lineBreak(n *instr) *instr {
	if int(m.i) >= len(m.text) {
		return nil
	}
	c := m.text[m.i]
	if !verticalSpace.has(rune(c)) {
		return nil
	}
	m.i++
	if c == '\r' && int(m.i) < len(m.text) && m.text[m.i] == '\n' {
		m.push(frame{kind: fTry, pc: n.next.id, a: m.i})
		m.i++
	}
	return n.next
}

// backref compares what group n.group matched.
func (m *machine) backref(n *instr) bool {
	at := m.re.groups + 2*n.group
	j, k := m.locals[at], m.locals[at+1]
	size := k - j
	if j < 0 || int(m.i+size) > len(m.text) {
		return false
	}
	m.left -= int(size >> 3)
	if n.fold {
		return m.foldedRef(n, j, size)
	}
	for x := range size {
		if m.text[m.i+x] != m.text[j+x] {
			return false
		}
	}
	m.i += size
	return true
}

// foldedRef compares as many characters as the group has units, as Java does.
func (m *machine) foldedRef(n *instr, j, size int32) bool {
	x := m.i
	for range size {
		if int(x) >= len(m.text) || int(j) >= len(m.text) {
			m.err = ErrPastEnd
			return false
		}
		r, w := m.at(x)
		s, v := m.at(j)
		if r != s && !sameFolded(r, s, n.uniFold) {
			return false
		}
		x += w
		j += v
	}
	m.i += size
	return true
}

func sameFolded(r, s rune, all bool) bool {
	if all {
		return upper(r) == upper(s) || foldCase(r) == foldCase(s)
	}
	return r^s == 0x20 && isASCIILetter(r) && isASCIILetter(s)
}
