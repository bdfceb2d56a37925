package javatext

import (
	"errors"
	"sync"
	"unicode/utf8"

	"leapscore/ops/internal/automaton"
)

// ErrSplitsPair is returned for a text beyond the BMP of which Java cuts out
// half of a surrogate pair, which is no valid text.
var ErrSplitsPair = errors.New("a match starts or ends between the halves of a surrogate pair")

// Regex is a java.util.regex.Pattern. It may be used by many goroutines at
// once.
//
// Like Java's it backtracks, by the same rules, but it remembers more of what has
// failed, so that nested repetitions do not take exponential time unless there
// are back-references. On any text it gives up after a number of steps, with
// ErrTooLong. Where Java runs out of stack it goes on, or returns ErrTooLong.
type Regex struct {
	pattern string
	tree    *node
	class   *classMatcher // for patterns that are a class, perhaps with a plus
	// table is for patterns that need no going back, else nil. It is made when the
	// pattern is first used, and may give up on a text.
	table    func() *automaton.Automaton
	start    *instr
	code     []*instr
	first    *charSet // what a match starts with, unless it can be empty
	locals   int32
	groups   int32 // the first local that is of a group
	slots    int32
	states   int64
	anchored bool
	whole    bool      // matches do not start between the halves of a pair
	unwinds  bool      // groups may change when a part has matched
	machines sync.Pool // of *machine
}

// Compile translates a pattern. Its errors are *SyntaxError, if Java refuses
// the pattern, and *UnsupportedError, if it uses what cannot be done exactly
// as Java does it.
func Compile(pattern string) (re *Regex, err error) {
	tree, p, err := parse(pattern)
	if err != nil {
		return nil, err
	}
	re = &Regex{pattern: pattern, tree: tree, whole: p.wide}
	if re.class = newClassMatcher(tree); re.class != nil {
		return re, nil
	}
	defer caught(&err)
	g, first := compileGraph(tree, p)
	re.anchored = first.op == iAssert && first.assert == textStart
	re.start = g.link(first)
	re.code, re.locals, re.groups, re.slots, re.states = g.code, g.locals, g.groups, g.slots, g.states
	re.table = sync.OnceValue(func() *automaton.Automaton { return newAutomaton(re) })
	for _, n := range re.code {
		re.unwinds = re.unwinds || n.op == iCurly && n.group >= 0 && n.mode == greedy
	}
	if set, empty := tree.firstSet(); !empty {
		re.first = newCharSet(set)
	}
	return re, nil
}

// String returns the pattern.
func (re *Regex) String() string { return re.pattern }

// Find reports whether the pattern matches anywhere in s (Matcher.find). Like
// its fellows it ends with ErrStopped soon after stop is closed, and with
// ErrTooLong if s takes too many steps.
func (re *Regex) Find(stop <-chan struct{}, s string) (found bool, err error) {
	if re.class != nil {
		start, _ := re.class.next(s, 0)
		return start >= 0, nil
	}
	if table := re.tableFor(s); table != nil {
		search := table.Search(s)
		if _, _, out := search.Next(0, true); out != automaton.Unknown {
			return out == automaton.Found, nil
		}
	}
	err = re.eachFrom(0, stop, s, func(span) bool {
		found = true
		return false
	})
	return found, err
}

// AppendAll appends the texts of all matches in s to dst, each found from the
// end of the one before (Matcher.find and group in a loop).
func (re *Regex) AppendAll(stop <-chan struct{}, dst []string, s string) ([]string, error) {
	if re.class != nil {
		return re.class.appendAll(dst, s), nil
	}
	first, cut := len(dst), false
	err := re.each(stop, s, func(m span) bool {
		if m.empty {
			dst = append(dst, "")
			return true
		}
		cut = m.cut
		dst = append(dst, s[m.start:m.end])
		return !cut
	})
	if cut {
		err = ErrSplitsPair
	}
	if err != nil {
		return dst[:first], err
	}
	return dst, nil
}

// AppendSplit appends the pieces of Pattern.split(s) to dst: what lies between
// the matches, less empty pieces at the end, and less an empty piece before an
// empty match at the start. A text without matches is one piece.
func (re *Regex) AppendSplit(stop <-chan struct{}, dst []string, s string) ([]string, error) {
	if re.class != nil {
		return re.class.appendSplit(dst, s), nil
	}
	first, from, cut := len(dst), 0, false
	err := re.each(stop, s, func(m span) bool {
		cut = cut || m.cut
		if m.end > 0 && !cut {
			dst = append(dst, s[from:m.start])
			from = m.end
		}
		return !cut
	})
	if cut {
		err = ErrSplitsPair
	}
	if err != nil {
		return dst[:first], err
	}
	if from == 0 {
		return append(dst, s), nil
	}
	return dropEmptyTail(append(dst, s[from:]), first), nil
}

// span is the place of a match, in bytes.
type span struct {
	start, end int
	empty      bool
	cut        bool // an end of it lies between the halves of a pair
}

// each calls visit with the place of each match in s, until it returns false. The
// pattern is no class.
func (re *Regex) each(stop <-chan struct{}, s string, visit func(span) bool) error {
	from := 0
	if re.tableFor(s) != nil {
		if from = re.eachByTable(s, visit); from < 0 {
			return nil
		}
	}
	return re.eachFrom(from, stop, s, visit)
}

// tableFor returns the table if there is one and it is for texts as long as s.
func (re *Regex) tableFor(s string) *automaton.Automaton {
	if len(s) > maxAutomatonText {
		return nil
	}
	return re.table()
}

// eachByTable is each. It returns -1, or the place in s from which on the
// automaton does not know.
func (re *Regex) eachByTable(s string, visit func(span) bool) int {
	search := re.table().Search(s)
	for from := 0; from <= len(s); {
		start, end, out := search.Next(from, false)
		switch {
		case out == automaton.Unknown:
			return from
		case out == automaton.None || !visit(span{start: start, end: end, empty: start == end}):
			return -1
		}
		if from = end; start == end {
			_, size := utf8.DecodeRuneInString(s[end:])
			from += max(size, 1)
		}
	}
	return -1
}

// eachFrom is each, for matches from a place in s on.
func (re *Regex) eachFrom(begin int, stop <-chan struct{}, s string, visit func(span) bool) error {
	m := re.machine()
	defer re.release(m)
	m.stop = stop
	m.load(s)
	at := offsets{s: s, ascii: len(m.text) == len(s)}
	at.pass(begin)
	for from := at.units; int(from) <= len(m.text); {
		start, end, ok := m.find(from)
		if !ok {
			break
		}
		first, cutFirst := at.of(start)
		last, cutLast := at.of(end)
		if !visit(span{first, last, start == end, cutFirst || cutLast}) {
			return nil
		}
		if from = end; start == end {
			from++
		}
	}
	return m.err
}

func (re *Regex) machine() *machine {
	if m, _ := re.machines.Get().(*machine); m != nil {
		return m
	}
	return re.newMachine(maxSteps)
}

func (re *Regex) newMachine(limit int) *machine {
	return &machine{re: re, limit: limit, locals: make([]int32, re.locals), runs: make([]run, re.slots)}
}

// release keeps m for another text, but not much memory.
func (re *Regex) release(m *machine) {
	if cap(m.stack) > 1<<14 {
		m.stack = nil
	}
	if cap(m.text) > 1<<16 {
		m.text = nil
	}
	m.stop = nil
	m.memo.reset()
	re.machines.Put(m)
}

// offsets turns places in UTF-16, asked for in ascending order, into those of
// bytes.
type offsets struct {
	s     string
	ascii bool
	units int32
	byte  int
}

// pass goes to a place in bytes.
func (o *offsets) pass(at int) {
	if o.ascii {
		o.units = int32(at)
		return
	}
	for o.byte < at {
		o.next()
	}
}

func (o *offsets) next() {
	r, size := utf8.DecodeRuneInString(o.s[o.byte:])
	o.byte += size
	if o.units++; r > 0xffff {
		o.units++
	}
}

// of returns the byte at a place, or at the character's end if the place is
// between halves.
func (o *offsets) of(units int32) (at int, cut bool) {
	if o.ascii {
		return int(units), false
	}
	for o.units < units {
		o.next()
	}
	return o.byte, o.units > units
}
