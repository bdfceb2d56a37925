package javatext

// run is what is known of a run of characters in the text.
type run struct {
	known      bool
	start, end int32
	// From low on what follows the run has failed at every place up to the end.
	low int32
}

// takeRun takes as many characters as it can.
func (m *machine) takeRun(n *instr) *instr {
	start := m.i
	if n.slot >= 0 && (int(start) == len(m.text) || !isLow(m.text[start])) {
		return m.takeKnownRun(n, start)
	}
	count, i, least := int32(0), start, start
	for count < n.max {
		w := m.width(n.set, i)
		if w == 0 {
			break
		}
		i += w
		if count++; count == n.min {
			least = i
		}
	}
	m.left -= int(count >> 2)
	if count < n.min {
		return nil
	}
	if n.mode == possessive {
		least = i
	}
	return m.goOn(n, i, least)
}

// goOn continues after a run that may be given back down to least.
func (m *machine) goOn(n *instr, i, least int32) *instr {
	if i > least {
		m.push(frame{kind: fRun, pc: n.id, a: i, b: least})
	}
	m.i = i
	return n.next
}

// takeKnownRun is takeRun where what a run leads to depends on the text only.
// Places at which the rest of the pattern has failed are not tried again.
func (m *machine) takeKnownRun(n *instr, start int32) *instr {
	k := &m.runs[n.slot]
	if !k.known || start < k.start || start > k.end {
		m.learnRun(n, k, start)
	}
	least := start
	if n.min == 1 {
		if start == k.end {
			return nil
		}
		_, w := m.at(start)
		least += w
	}
	i := k.end
	switch {
	case k.low > i:
	case k.low > least:
		i = m.shrink(k.low, least)
	case m.empty(n, least):
		i = least
	default:
		return nil
	}
	m.push(frame{kind: fRun, pc: n.id, a: i, b: least})
	m.i = i
	return n.next
}

// empty reports whether the round of a loop around n is empty up to i, so that
// it may go on in another way than other rounds do from there.
func (m *machine) empty(n *instr, i int32) bool {
	for _, l := range n.memo.loops {
		if l.begin && i <= m.locals[l.local] {
			return true
		}
	}
	return false
}

// learnRun finds out how far the run at start goes.
func (m *machine) learnRun(n *instr, k *run, start int32) {
	end := start
	for !k.known || end != k.start {
		w := m.width(n.set, end)
		if w == 0 {
			break
		}
		end += w
	}
	m.left -= int(end-start) >> 2
	if k.known && end == k.start && end < k.end {
		k.start = start // the run that was known begins earlier
		return
	}
	*k = run{true, start, end, end + 1}
}

// shrink returns the place one character before i, but not before least.
func (m *machine) shrink(i, least int32) int32 {
	_, w := m.before(i)
	return max(least, i-w)
}

// giveBack tries what follows a run with one character less.
func (m *machine) giveBack(n *instr, f *frame) *instr {
	for {
		if n.slot >= 0 && !m.empty(n, f.a) {
			m.runs[n.slot].failed(m, f.a)
		}
		if f.a <= f.b {
			m.pop()
			return nil
		}
		f.a = m.shrink(f.a, f.b)
		if n.ahead == nil || m.width(n.ahead, f.a) > 0 {
			break
		}
		if m.left--; m.left < 0 && !m.lookUp() {
			return nil
		}
	}
	m.i = f.a
	if f.a <= f.b && n.slot < 0 {
		m.pop()
	}
	return n.next
}

// failed records that what follows the run failed at i.
func (k *run) failed(m *machine, i int32) {
	switch {
	case !k.known || i < k.start || i > k.end:
	case i == k.end && k.low > i:
		k.low = i
	case i < k.low && m.shrink(k.low, i) == i:
		k.low = i
	}
}

// takeLazily takes as few characters as it can.
func (m *machine) takeLazily(n *instr) *instr {
	i := m.i
	for range n.min {
		w := m.width(n.set, i)
		if w == 0 {
			return nil
		}
		i += w
	}
	m.left -= int(n.min >> 2)
	m.i = i
	m.push(frame{kind: fLazyRun, pc: n.id, a: i, b: n.min, c: i})
	return n.next
}

func (m *machine) takeMore(n *instr, f *frame) *instr {
	for f.b < n.max {
		w := m.width(n.set, f.a)
		if w == 0 {
			break
		}
		f.a += w
		f.b++
		if n.ahead != nil && m.width(n.ahead, f.a) == 0 {
			if m.left--; m.left < 0 && !m.lookUp() {
				return nil
			}
			continue
		}
		if m.memo.on && n.memo.on && n.max == unbounded && m.memo.has(m.lazyBit(n, f.a)) {
			break
		}
		m.i = f.a
		return n.next
	}
	if m.memo.on && n.memo.on && n.max == unbounded {
		for i := f.c; i <= f.a; i += max(m.width(n.set, i), 1) {
			m.memo.set(m.lazyBit(n, i))
		}
	}
	m.pop()
	return nil
}

// lazyBit stands for the failure of what follows a lazy run at i and later.
func (m *machine) lazyBit(n *instr, i int32) int64 {
	return m.bit(n, i) + m.re.states*int64(len(m.text)+1)
}

// enterLoop starts the first round.
func (m *machine) enterLoop(n *instr) *instr {
	if n.mode == lazy && n.min == 0 {
		m.push(frame{kind: fLoop, pc: n.id, a: m.i, b: 1})
		return n.next
	}
	if n.min == 0 {
		if n.max == 0 {
			return n.next
		}
		m.push(frame{kind: fTry, pc: n.next.id, a: m.i})
	}
	m.countRound(n, 1)
	return n.atom
}

// countRound sets the number of rounds, until what follows has failed.
func (m *machine) countRound(n *instr, rounds int32) {
	if n.count >= 0 {
		m.push(frame{kind: fLocal, a: n.count, b: m.locals[n.count]})
		m.locals[n.count] = rounds
	}
}

// nextRound decides after a round. One that matched nothing is the last, even
// if there should be more.
func (m *machine) nextRound(n *instr) *instr {
	if n.begin && m.i <= m.locals[n.local] {
		return n.next
	}
	rounds := max(n.min, 1)
	if n.count >= 0 {
		rounds = m.locals[n.count]
	}
	switch {
	case rounds < n.min:
	case n.mode == lazy:
		m.push(frame{kind: fLoop, pc: n.id, a: m.i})
		return n.next
	case rounds < n.max:
		m.push(frame{kind: fTry, pc: n.next.id, a: m.i})
	default:
		return n.next
	}
	m.countRound(n, rounds+1)
	return n.atom
}

// lazyRound starts a round of a lazy loop, after all else has failed.
func (m *machine) lazyRound(n *instr, first bool) *instr {
	rounds := int32(0)
	if !first {
		if rounds = max(n.min, 1); n.count >= 0 {
			rounds = m.locals[n.count]
		}
	}
	if rounds >= n.max {
		return nil
	}
	m.countRound(n, rounds+1)
	return n.atom
}
