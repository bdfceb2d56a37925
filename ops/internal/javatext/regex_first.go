package javatext

// charSet is a runeSet that is quick for the first 256 characters.
type charSet struct {
	low    [4]uint64
	ranges runeSet
}

func newCharSet(set runeSet) *charSet {
	s := &charSet{ranges: set}
	for _, x := range set {
		for r := x.lo; r <= min(x.hi, 255); r++ {
			s.low[r>>6] |= 1 << (r & 63)
		}
	}
	return s
}

func (s *charSet) has(r rune) bool {
	if r < 256 {
		return s.low[r>>6]>>(r&63)&1 != 0
	}
	return s.ranges.has(r)
}

// firstSet returns what a match of n can start with, and whether n can match
// nothing, so that what follows counts too.
func (n *node) firstSet() (set runeSet, empty bool) {
	switch n.op {
	case opSet:
		return n.set, false
	case opBreak:
		return verticalSpace, false
	case opBackref:
		return anyRune, true
	case opGroup, opAtomic:
		return n.subs[0].firstSet()
	case opRepeat:
		set, empty = n.subs[0].firstSet()
		return set, empty || n.min == 0
	case opAlternate:
		for _, sub := range n.subs {
			s, e := sub.firstSet()
			set, empty = set.union(s), empty || e
		}
		return set, empty
	case opConcat:
		for _, sub := range n.subs {
			s, e := sub.firstSet()
			if set = set.union(s); !e {
				return set, false
			}
		}
	}
	return set, true
}
