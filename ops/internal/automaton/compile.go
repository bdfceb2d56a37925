package automaton

import (
	"slices"
	"unicode/utf8"
)

// A table has at most maxEntries entries, of four bytes each, before its last row.
// Programs that need more have no automaton.
const (
	maxEntries = 1 << 15
	maxClasses = 200
	maxThreads = 512
)

// refused is the entry of the table for characters that are refused.
const refused = ^uint32(0)

// Compile makes the table of p, or returns nil if it would be too big.
func Compile(p *Program) *Automaton {
	if len(p.Sets) > MaxSets || len(p.Threads) > maxThreads {
		return nil
	}
	c := newClasses(p.Sets)
	if c == nil {
		return nil
	}
	t := &tabler{p: p, rows: map[string]uint32{}}
	a := &Automaton{classes: *c, anchored: p.Anchored, all: p.All, lastLine: p.LastLine, lineEnds: p.LineEnds}
	t.bits = slices.Clone(c.bits)
	a.addVariants(t)
	a.end = uint8(len(t.bits))
	t.bits = append(t.bits, Edge)
	t.width = len(t.bits)
	a.contexts(t)
	if !t.fill() {
		return nil
	}
	a.next = t.next
	a.markLive()
	return a
}

// addVariants gives each class of line ends another number for the one that ends
// the text.
func (a *Automaton) addVariants(t *tabler) {
	a.last = make([]uint8, len(t.bits))
	for class, bits := range t.bits[:len(t.bits):len(t.bits)] {
		a.last[class] = uint8(class)
		for _, set := range a.lineEnds {
			if a.lastLine && bits.Has(set) {
				a.last[class] = uint8(len(t.bits))
				t.bits = append(t.bits, bits|LastLine)
				break
			}
		}
	}
}

// contexts numbers what tests can tell apart before a place, and makes a row for
// each: number 0 is the start of the text.
func (a *Automaton) contexts(t *tabler) {
	known := []Context{Edge & t.p.Before}
	for _, bits := range t.bits[:a.end] {
		bits &= t.p.Before
		k := slices.Index(known, bits)
		if k < 0 {
			k = len(known)
			known = append(known, bits)
		}
		a.before = append(a.before, uint8(k))
	}
	if !t.p.All {
		t.row(nil, 0) // row 0 is the end of all threads
	}
	for _, before := range known {
		a.starts = append(a.starts, t.row([]int{t.p.First}, before))
	}
}

// markLive finds the bytes at which a match can start, or which are part of a
// character that has to be looked at. It helps if nothing depends on what is
// before.
func (a *Automaton) markLive() {
	if len(a.starts) > 1 || a.all {
		return
	}
	a.skips = true
	row := a.next[a.starts[0]:]
	for b := range a.live {
		if b < utf8.RuneSelf {
			a.live[b] = row[a.ascii[b]] != 0 || a.last[a.ascii[b]] != a.ascii[b]
			continue
		}
		for c := range a.before {
			a.live[b] = a.live[b] || row[c] != 0
		}
	}
}

// tabler makes the rows of a table. A row stands for threads that have taken all
// characters up to a place, in their order, and for what is before the place.
type tabler struct {
	p     *Program
	bits  []Context // by class
	width int
	rows  map[string]uint32
	todo  []row
	next  []uint32
}

type row struct {
	threads []int
	before  Context
}

// row returns where the row of threads is in the table.
func (t *tabler) row(threads []int, before Context) uint32 {
	if len(threads) == 0 {
		before = 0
	}
	key := make([]byte, 0, 2*len(threads)+8)
	for k := range 8 {
		key = append(key, byte(before>>(8*k)))
	}
	for _, n := range threads {
		key = append(key, byte(n), byte(n>>8))
	}
	at, ok := t.rows[string(key)]
	if !ok {
		at = uint32(len(t.rows) * t.width)
		t.rows[string(key)] = at
		t.todo = append(t.todo, row{threads, before})
	}
	return at
}

// fill makes the rows that can be reached, unless they are too many.
func (t *tabler) fill() bool {
	for done := 0; done < len(t.todo); done++ {
		if len(t.next) > maxEntries {
			return false
		}
		for class := range t.width {
			t.next = append(t.next, t.step(t.todo[done], class))
		}
	}
	return true
}

// step takes one character. The lowest bit of the result says whether a match ends
// before the character; of programs for Least the lowest byte says of which pattern.
func (t *tabler) step(from row, class int) uint32 {
	after := t.bits[class]
	if len(from.threads) == 0 {
		return 0
	}
	w := walk{p: t.p, before: from.before, after: after, seen: make([]bool, len(t.p.Threads)), least: MaxPatterns}
	for _, n := range from.threads {
		w.visit(n)
	}
	if after.Has(t.p.Refused) {
		return refused
	}
	var threads []int
	for _, n := range w.takes {
		if to := t.p.Threads[n]; after.Has(to.Set) && !slices.Contains(threads, to.Next[0]) {
			threads = append(threads, to.Next[0])
		}
	}
	if t.p.All {
		if !slices.Contains(threads, t.p.First) {
			threads = append(threads, t.p.First) // a match may start anywhere
		}
		slices.Sort(threads)
		return t.row(threads, after&t.p.Before)<<8 | uint32(w.least+1)%(MaxPatterns+1)
	}
	entry := t.row(threads, after&t.p.Before) << 1
	if w.matched {
		entry |= 1
	}
	return entry
}

// walk follows threads up to characters, the preferred first, and ends at a match:
// those after it are not wanted, unless all are.
type walk struct {
	p             *Program
	before, after Context
	seen          []bool
	takes         []int
	matched       bool
	least         int // of the patterns that match, if all are wanted
}

func (w *walk) visit(n int) {
	if w.matched || w.seen[n] {
		return
	}
	w.seen[n] = true
	switch th := &w.p.Threads[n]; th.Kind {
	case Take:
		w.takes = append(w.takes, n)
	case Split:
		for _, next := range th.Next {
			w.visit(next)
		}
	case Check:
		if th.Test(w.before, w.after) {
			w.visit(th.Next[0])
		}
	case Match:
		w.matched = !w.p.All
		w.least = min(w.least, th.Set)
	}
}
