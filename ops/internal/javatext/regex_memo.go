package javatext

// memo remembers at which places of a text instructions have failed, so that
// none fails there twice. It does not change what is matched, and keeps nested
// repetitions from taking exponential time. A text has to take many steps
// before the memo starts.
type memo struct {
	on    bool
	pages []*memoPage
	free  []*memoPage
	used  int
}

type memoPage [pageBits / 64]uint64

const (
	pageBits = 1 << 15
	maxPages = 1 << 12 // of 4 KiB each: 16 MiB
	maxTable = 1 << 18
)

// start makes room for so many states at so many places, unless there are too
// many.
func (m *memo) start(states int64, places int) {
	pages := states*int64(places)/pageBits + 1
	if states == 0 || pages > maxTable {
		return
	}
	m.on = true
	if int64(cap(m.pages)) < pages {
		m.pages = make([]*memoPage, pages)
	}
	m.pages = m.pages[:pages]
}

// reset forgets everything.
func (m *memo) reset() {
	if !m.on {
		return
	}
	for k, p := range m.pages {
		if p == nil {
			continue
		}
		if len(m.free) < 64 {
			*p = memoPage{}
			m.free = append(m.free, p)
		}
		m.pages[k] = nil
	}
	m.on, m.used = false, 0
	if cap(m.pages) > 1<<12 {
		m.pages = nil
	}
}

func (m *memo) has(bit int64) bool {
	p := m.pages[bit/pageBits]
	return p != nil && p[bit%pageBits/64]>>(bit%64)&1 != 0
}

func (m *memo) set(bit int64) {
	p := m.pages[bit/pageBits]
	if p == nil {
		if m.used == maxPages {
			return
		}
		m.used++
		if k := len(m.free) - 1; k >= 0 {
			p, m.free = m.free[k], m.free[:k]
		} else {
			p = new(memoPage)
		}
		m.pages[bit/pageBits] = p
	}
	p[bit%pageBits/64] |= 1 << (bit % 64)
}

// known reports whether n has failed here, in this state. If not it sees to it
// that the failure will be known.
func (m *machine) known(n *instr) bool {
	bit := m.bit(n, m.i)
	if m.memo.has(bit) {
		return true
	}
	m.push(frame{kind: fFailed, a: int32(bit >> 32), b: int32(bit)})
	return false
}

// bit numbers n at place i in the state of the loops around it.
func (m *machine) bit(n *instr, i int32) int64 {
	state := int64(0)
	for _, l := range n.memo.loops {
		if l.count >= 0 {
			most := l.most()
			state = state*int64(most+1) + int64(min(max(m.locals[l.count], 0), most))
		}
		if l.begin {
			state *= 2
			if i > m.locals[l.local] {
				state++
			}
		}
	}
	return (n.memo.base+state)*int64(len(m.text)+1) + int64(i)
}
