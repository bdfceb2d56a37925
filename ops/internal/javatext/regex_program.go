package javatext

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/dlclark/regexp2"
)

// A tree is run by regexp2, which speaks .NET's language. To be sure of what
// runs, only its structure is translated. Characters are not: two code points
// that no set of the pattern tells apart are one symbol, the text is rewritten
// in symbols before it is matched, and sets become short sets of symbols.
//
// Symbols are code points of no meaning to regexp2 but one: those inside words
// as \b sees them are Han characters, others are of private use, so that
// regexp2's \b is Java's. Only combining marks ask for more (see bound).
const (
	wordSymbols  = 0x4e00
	otherSymbols = 0xe000
	maxSymbols   = 0x1900
)

// A pattern with back-references compares characters of the text. There ASCII
// stands for itself, and every other character gets, text by text, a symbol of
// its own in the block of its class.
const (
	firstBlock = 0xf0000
	blockSpace = 0x110000 - firstBlock
)

// alphabet maps code points to symbols.
type alphabet struct {
	ascii   [0x80]rune
	starts  []rune // of the intervals
	symbols []rune // of each interval; in distinct mode its block
	// distinct keeps every character apart from any other.
	distinct  bool
	blockSize rune
	marked    runeSet // combining marks, where \b needs them
}

// newAlphabet makes one in which each of sets can be written.
func newAlphabet(sets []runeSet, words runeSet, distinct bool) (*alphabet, error) {
	a := &alphabet{distinct: distinct}
	edges := []rune{0}
	if distinct {
		edges = append(edges, 0x80)
	}
	for _, s := range append(sets, words) {
		for _, x := range s {
			edges = append(edges, x.lo, x.hi+1)
		}
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	classes := map[string]rune{}
	signature := make([]byte, len(sets)+1)
	for _, r := range edges {
		if r > unicode.MaxRune {
			break
		}
		for i, s := range append(sets, words) {
			signature[i] = '0'
			if s.has(r) {
				signature[i] = '1'
			}
		}
		id, ok := classes[string(signature)]
		if !ok {
			id = rune(len(classes))
			classes[string(signature)] = id
		}
		symbol := otherSymbols + id
		if !distinct && words.has(r) {
			symbol = wordSymbols + id
		}
		if distinct {
			symbol = id
		}
		a.starts = append(a.starts, r)
		a.symbols = append(a.symbols, symbol)
	}
	if len(classes) > maxSymbols {
		return nil, fmt.Errorf("%d kinds of characters, want at most %d", len(classes), maxSymbols)
	}
	if distinct {
		a.blockSize = blockSpace / rune(len(classes))
		for i := range a.symbols {
			a.symbols[i] = firstBlock + a.symbols[i]*a.blockSize
		}
	}
	for r := range rune(len(a.ascii)) {
		a.ascii[r] = r
		if !distinct {
			a.ascii[r] = a.symbols[a.interval(r)]
		}
	}
	return a, nil
}

func (a *alphabet) interval(r rune) int {
	i, found := slices.BinarySearch(a.starts, r)
	if !found {
		i--
	}
	return i
}

// symbol returns the symbol of a character, outside of distinct mode.
func (a *alphabet) symbol(r rune) rune {
	if r < 0x80 {
		return a.ascii[r]
	}
	return a.symbols[a.interval(r)]
}

// symbolText is a text in symbols, and what the choice of a program needs to
// know of it.
type symbolText struct {
	symbols []rune
	marked  bool // it holds combining marks
	wide    bool // it holds characters beyond the BMP
}

// encode makes t the text s. It fails if s has more different characters of a
// kind than there are symbols.
func (a *alphabet) encode(t *symbolText, s string) error {
	t.symbols, t.marked, t.wide = t.symbols[:0], false, false
	var own, used map[rune]rune
	for _, r := range s {
		if r < 0x80 {
			t.symbols = append(t.symbols, a.ascii[r])
			continue
		}
		t.wide = t.wide || r > 0xffff
		t.marked = t.marked || a.marked.has(r)
		symbol := a.symbols[a.interval(r)]
		if a.distinct {
			if own == nil {
				own, used = map[rune]rune{}, map[rune]rune{}
			}
			known, ok := own[r]
			if !ok {
				if used[symbol] == a.blockSize {
					return ErrTooVaried
				}
				known = symbol + used[symbol]
				used[symbol]++
				own[r] = known
			}
			symbol = known
		}
		t.symbols = append(t.symbols, symbol)
	}
	return nil
}

// write is set in symbols, as regexp2 writes a set.
func (a *alphabet) write(set runeSet) string {
	var symbols runeSet
	if a.distinct {
		symbols = append(symbols, set.intersect(runeSet{{0, 0x7f}})...)
	}
	for i, r := range a.starts {
		if a.distinct && r < 0x80 || !set.has(r) {
			continue
		}
		symbols = append(symbols, runeRange{a.symbols[i], a.symbols[i] + max(a.blockSize, 1) - 1})
	}
	symbols = normalize(symbols)
	switch {
	case len(symbols) == 0:
		return "(?!)"
	case len(symbols) == 1 && symbols[0].lo == symbols[0].hi:
		return writeSymbol(symbols[0].lo)
	}
	var b strings.Builder
	b.WriteByte('[')
	for _, x := range symbols {
		b.WriteString(writeSymbol(x.lo))
		if x.hi > x.lo {
			b.WriteByte('-')
			b.WriteString(writeSymbol(x.hi))
		}
	}
	b.WriteByte(']')
	return b.String()
}

func writeSymbol(r rune) string {
	if r < 0x80 && !isASCIIAlnum(r) {
		return fmt.Sprintf(`\x%02x`, r)
	}
	return string(r)
}

// program is a pattern for regexp2 under construction.
type program struct {
	*alphabet
	refs  map[int]bool // groups that are captured
	marks bool         // texts may hold combining marks
	reset bool         // \G fails, because the last match was empty
}

func (g *program) compile(n *node) (*regexp2.Regexp, error) {
	return regexp2.Compile(g.node(n), regexp2.None)
}

func (g *program) nodes(subs []*node, sep string) string {
	var b strings.Builder
	for i, sub := range subs {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(g.node(sub))
	}
	return b.String()
}

func (g *program) node(n *node) string {
	switch n.op {
	case opSet:
		return g.write(n.set)
	case opConcat:
		return g.nodes(n.subs, "")
	case opAlternate:
		return "(?:" + g.nodes(n.subs, "|") + ")"
	case opRepeat:
		return g.repeat(n)
	case opGroup:
		if g.refs[n.number] {
			return "(?<" + strconv.Itoa(n.number) + ">" + g.node(n.subs[0]) + ")"
		}
		return "(?:" + g.node(n.subs[0]) + ")"
	case opAtomic:
		return "(?>" + g.node(n.subs[0]) + ")"
	case opLook:
		return g.look(n)
	case opBackref:
		if n.fold {
			return `(?i:\k<` + strconv.Itoa(n.number) + ">)"
		}
		return `\k<` + strconv.Itoa(n.number) + ">"
	case opBreak:
		return "(?:" + g.write(oneRune('\r')) + g.write(oneRune('\n')) + "|" + g.write(verticalSpace) + ")"
	case opAssert:
		return g.assertion(n)
	}
	return ""
}

func (g *program) look(n *node) string {
	open := "(?="
	switch {
	case n.behind && n.negative:
		open = "(?<!"
	case n.behind:
		open = "(?<="
	case n.negative:
		open = "(?!"
	}
	return open + g.node(n.subs[0]) + ")"
}

func (g *program) repeat(n *node) string {
	sub := n.subs[0]
	if sub.op == opEmpty {
		return ""
	}
	body := "(?:" + g.node(sub) + ")"
	if n.mode == possessive || sub.op == opBreak {
		// Java never returns into a round of these.
		body = "(?>" + g.node(sub) + ")"
	}
	if sub.op == opSet {
		body = g.node(sub)
	}
	switch {
	case n.max == unbounded && n.min == 0:
		body += "*"
	case n.max == unbounded && n.min == 1:
		body += "+"
	case n.max == unbounded:
		body += fmt.Sprintf("{%d,}", n.min)
	case n.min == 0 && n.max == 1:
		body += "?"
	default:
		body += fmt.Sprintf("{%d,%d}", n.min, n.max)
	}
	switch n.mode {
	case lazy:
		return body + "?"
	case possessive:
		return "(?>" + body + ")"
	}
	return body
}
