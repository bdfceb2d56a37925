package automaton

// Program is what Compile makes a table of.
type Program struct {
	Threads []Thread
	First   int
	Sets    []Set // at most MaxSets

	// Before has the bits that tests look at in what comes before a place.
	Before Context
	// Refused is the set of characters that the automaton cannot judge, or -1. A
	// search ends where it meets one.
	Refused int
	// LastLine says that tests look for LastLine. The characters of LineEnds[0],
	// LineEnds[1] and LineEnds[2] end lines: line feeds, carriage returns and others.
	// A carriage return and a line feed in a row are one end. A set of -1 ends none.
	LastLine bool
	LineEnds [3]int
	// Anchored programs match at the place where the search starts, or not at all.
	Anchored bool
	// All says that every thread which ends matters, wherever it started: the automaton
	// is for Least.
	All bool
}

// MaxPatterns is the greatest number of patterns of a program for Least.
const MaxPatterns = 200

// Range is a range of code points, both ends included.
type Range struct{ Lo, Hi rune }

// Set is a set of code points, as ranges in order.
type Set []Range

// Kind says what a thread does.
type Kind byte

// The kinds of threads.
const (
	Take  Kind = iota // one character of Set
	Split             // all of Next, the first is preferred
	Check             // goes on if Test holds
	Match             // the end of a pattern
)

// Thread is a step of a program. Set of a Match is the number of the pattern that
// matches, for Least.
type Thread struct {
	Kind Kind
	Set  int
	Test Test
	Next []int
}

// Test is a condition on a place, by what is before and after it.
type Test func(before, after Context) bool

// Context is a character before or after a place: the bits of the sets that have
// it, or Edge where the text ends, and LastLine before the line end that ends the
// text.
type Context uint64

// Bits of a Context beside those of sets.
const (
	Edge     Context = 1 << 63
	LastLine Context = 1 << 62
)

// MaxSets is the greatest number of sets.
const MaxSets = 60

// Has reports whether the character is in a set.
func (c Context) Has(set int) bool { return set >= 0 && c>>set&1 != 0 }
