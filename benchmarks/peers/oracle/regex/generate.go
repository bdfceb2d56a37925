package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator writes random patterns over the syntax that javatext knows, and
// texts that they are likely to match or to come near to.
type generator struct {
	*rand.Rand
	groups int
	depth  int
}

func (g *generator) pick(of ...string) string { return of[g.IntN(len(of))] }

var letters = []string{
	"a", "a", "a", "b", "b", "c", "A", "B", "1", "2", " ", ",", ":", "_", "-", "\u00e9", "\u00c9", "\u00df", "k", "\u212a", "s", "\u017f",
	"\u03c3", "\u03c2", "\u0301", "\u0663", "\u4e16", "\U0001f600", "\U0001d400", "\n", "\r", "\r\n", "\u2028", "\u0085",
}

// letter is a character that means itself, mostly one of a few.
func (g *generator) letter() string {
	if g.IntN(4) > 0 {
		return letters[g.IntN(8)]
	}
	return letters[g.IntN(len(letters))]
}

func (g *generator) text() string {
	var b strings.Builder
	for range g.IntN(14) {
		b.WriteString(g.letter())
	}
	return b.String()
}

// hostile is a text of many equal pieces and an end that does not fit.
func (g *generator) hostile() string {
	piece := g.letter()
	for g.IntN(3) == 0 {
		piece += g.letter()
	}
	return strings.Repeat(piece, 1+(*length/2+g.IntN(*length))/len(piece)) + g.pick("", "!", "b", "\n", g.letter())
}

func (g *generator) pattern() string {
	g.groups, g.depth = 0, 0
	flags := ""
	if g.IntN(5) == 0 {
		flags = "(?" + g.pick("i", "iu", "m", "s", "d", "dm", "U", "u", "iU", "ms") + ")"
	}
	return flags + g.expr()
}

func (g *generator) expr() string {
	g.depth++
	defer func() { g.depth-- }()
	n := 1
	if g.IntN(3) == 0 {
		n += 1 + g.IntN(2)
	}
	var alts []string
	for range n {
		var b strings.Builder
		for range 1 + g.IntN(4) - g.IntN(2) {
			b.WriteString(g.item())
		}
		alts = append(alts, b.String())
	}
	return strings.Join(alts, "|")
}

func (g *generator) item() string {
	n := g.IntN(100)
	var s string
	switch {
	case n < 35 || g.depth > 4:
		s = quoteMeta(g.letter())
	case n < 45:
		s = g.pick(".", `\w`, `\d`, `\s`, `\W`, `\S`, `\D`, `\p{L}`, `\p{Lu}`, `\P{L}`, `\p{Alpha}`, `\h`, `\v`, `\p{Mn}`, `\p{So}`)
	case n < 55:
		s = g.class()
	case n < 62:
		s = g.pick("^", "$", `\b`, `\B`, `\G`, `\A`, `\z`, `\Z`, `\b`, `\R`)
	case n < 67 && g.groups > 0:
		s = fmt.Sprintf(`\%d`, 1+g.IntN(min(g.groups, 9)))
	case n < 75:
		s = "(?" + g.pick("=", "!", "<=", "<!", ">") + g.expr() + ")"
	case n < 80:
		s = "(?" + g.pick("", "", "i", "s", "-i", "iu") + ":" + g.expr() + ")"
	case n < 90:
		s = "(?:" + g.expr() + ")"
	default:
		g.groups++
		s = "(" + g.expr() + ")"
	}
	return s + g.quantifier()
}

func (g *generator) quantifier() string {
	if g.IntN(5) < 3 {
		return ""
	}
	a := g.IntN(3)
	return g.pick("*", "+", "?", "*", "+", fmt.Sprintf("{%d}", a), fmt.Sprintf("{%d,}", a), fmt.Sprintf("{%d,%d}", a, a+g.IntN(3))) +
		g.pick("", "", "", "?", "+")
}

func (g *generator) class() string {
	var b strings.Builder
	b.WriteString(g.pick("[", "[", "[^"))
	for range 1 + g.IntN(3) {
		b.WriteString(g.pick(quoteMeta(g.letter()), "a-c", "A-Z", `\d`, `\w`, `\s`, "\u00e0-\u00fd", `\S`, `\x{1f600}`, "[bc]"))
	}
	if g.IntN(8) == 0 {
		b.WriteString(g.pick("&&[^b]", "&&[a-c]", `&&\w`))
	}
	return b.String() + "]"
}

// quoteMeta makes the characters of s stand for themselves.
func quoteMeta(s string) string {
	if strings.ContainsAny(s, `-\[](){}^$.|?*+&`) {
		return `\` + s
	}
	return s
}
