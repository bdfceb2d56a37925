package javatext

// link finishes the instructions: it takes out those that do nothing, gives
// each a number and finds out where failures can be remembered.
func (g *graph) link(first *instr) *instr {
	needed := map[int32]bool{} // locals that are read
	all := reachable(first)
	for _, n := range all {
		switch {
		case n.op == iTail && n.group >= 0, n.op == iLoop && n.begin:
			needed[n.local] = true
		}
	}
	for _, n := range all {
		if (n.op == iHead || n.op == iTail) && !needed[n.local] || n.op == iTail && n.group < 0 {
			n.op = iPass
		}
	}
	for _, n := range all {
		n.next, n.atom, n.loop = skipPass(n.next), skipPass(n.atom), skipPass(n.loop)
		for k := range n.alts {
			n.alts[k] = skipPass(n.alts[k])
			if n.alts[k] == nil {
				n.alts[k] = n.next
			}
		}
	}
	first = skipPass(first)
	g.code = reachable(first)
	for id, n := range g.code {
		n.id, n.slot = int32(id), -1
		n.simplify()
	}
	g.groups = g.locals
	g.locals += 2 * int32(g.p.groups+1)
	g.place(first)
	return first
}

func skipPass(n *instr) *instr {
	for n != nil && n.op == iPass {
		n = n.next
	}
	return n
}

// simplify makes repetitions of single characters runs.
func (n *instr) simplify() {
	if n.next != nil && n.next.op == iSet {
		n.ahead = n.next.set
	}
	if n.op != iCurly && n.op != iQuestion || n.mode == atomicGroup || n.atom.op != iSet || n.atom.next.op != iAccept {
		return
	}
	if n.op == iQuestion {
		n.min, n.max, n.group = 0, 1, -1
	}
	if n.group >= 0 {
		return
	}
	n.op, n.set = iRun, n.atom.set
	if n.mode == lazy {
		n.op = iLazyRun
	}
}

// reachable lists first and all that it leads to.
func reachable(first *instr) []*instr {
	seen := map[*instr]bool{}
	var all []*instr
	todo := []*instr{first}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if n == nil || seen[n] {
			continue
		}
		seen[n] = true
		all = append(all, n)
		todo = append(append(todo, n.next, n.atom, n.loop), n.alts...)
	}
	return all
}

// memoPoint is how failures at an instruction are remembered. Whether it fails
// at a place of the text depends on the rounds of the loops around it as well,
// so that there are several states, each with its own bits.
type memoPoint struct {
	on    bool
	base  int64    // states of the points before
	loops []*instr // whose state matters
}

// Greater states would take too much memory.
const maxStates = 1 << 16

// place decides where failures are remembered: at every choice whose outcome
// depends on nothing but place and state, which is so unless a back-reference or
// \G may follow.
func (g *graph) place(first *instr) {
	reads := g.readers()
	states := int64(0)
	seen := map[*instr]bool{}
	var visit func(n *instr, loops []*instr, can bool)
	visit = func(n *instr, loops []*instr, can bool) {
		for n != nil && !seen[n] {
			seen[n] = true
			inner := loops
			if n.op == iLoop {
				inner = append(loops[:len(loops):len(loops)], n)
				visit(n.atom, inner, can)
			} else if n.atom != nil {
				visit(n.atom, nil, n.op != iBehind)
			}
			for _, alt := range n.alts {
				visit(alt, loops, can)
			}
			if can && !reads[n] && n.chooses() {
				if size := statesOf(inner); size <= maxStates {
					n.memo = memoPoint{true, states, inner}
					states += size
				}
			}
			g.giveSlot(n)
			n = n.next
		}
	}
	visit(first, nil, true)
	g.states = states
}

// giveSlot lets n remember its run if what it leads to depends on the text only,
// and on whether the rounds of loops are empty.
func (g *graph) giveSlot(n *instr) {
	if !n.memo.on || n.op != iRun || n.mode != greedy || n.min > 1 || n.max != unbounded {
		return
	}
	for _, l := range n.memo.loops {
		if l.count >= 0 {
			return
		}
	}
	n.slot = g.slots
	g.slots++
}

func (n *instr) chooses() bool {
	switch n.op {
	case iBranch, iLoop, iQuestion, iCurly, iRun, iLazyRun, iBreak, iLook, iBehind:
		return true
	}
	return false
}

// statesOf is the number of states that loops can be in.
func statesOf(loops []*instr) int64 {
	size := int64(1)
	for _, l := range loops {
		if l.count >= 0 {
			size *= int64(l.most()) + 1
		}
		if l.begin {
			size *= 2
		}
		if size > maxStates {
			return size
		}
	}
	return size
}

// most is the number of rounds from which on a loop does not count.
func (n *instr) most() int32 {
	if n.max == unbounded {
		return n.min
	}
	return n.max
}

// readers are the instructions after which the outcome may depend on groups or
// on where the last match ended, or which may set a group that is referred to:
// one set in a lookaround stays so even if all around it fails.
func (g *graph) readers() map[*instr]bool {
	reads := map[*instr]bool{}
	for changed := true; changed; {
		changed = false
		for k := len(g.code) - 1; k >= 0; k-- { // mostly the last comes last
			n := g.code[k]
			if reads[n] {
				continue
			}
			r := n.op == iBackref || (n.op == iTail || n.op == iCurly) && n.group >= 0 || n.op == iAssert && n.assert == matchStart ||
				reads[n.next] || reads[n.atom] || reads[n.loop]
			for _, alt := range n.alts {
				r = r || reads[alt]
			}
			if r {
				reads[n], changed = true, true
			}
		}
	}
	return reads
}
