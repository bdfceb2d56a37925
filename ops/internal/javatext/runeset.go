package javatext

import (
	"cmp"
	"slices"
	"unicode"
)

// runeRange is a range of code points, both ends included.
type runeRange struct{ lo, hi rune }

// runeSet is a set of code points: ranges in order, neither touching nor
// overlapping each other. Sets are not changed once made.
type runeSet []runeRange

var anyRune = runeSet{{0, unicode.MaxRune}}

func oneRune(r rune) runeSet { return runeSet{{r, r}} }

func runesOf(text string) runeSet {
	var s runeSet
	for _, r := range text {
		s = append(s, runeRange{r, r})
	}
	return normalize(s)
}

// normalize sorts and joins the ranges of s, which it may change.
func normalize(s runeSet) runeSet {
	slices.SortFunc(s, func(a, b runeRange) int { return cmp.Compare(a.lo, b.lo) })
	out := s[:0]
	for _, x := range s {
		if n := len(out); n > 0 && x.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, x.hi)
		} else {
			out = append(out, x)
		}
	}
	return out
}

func (s runeSet) has(r rune) bool {
	_, found := slices.BinarySearchFunc(s, r, func(x runeRange, r rune) int {
		switch {
		case x.hi < r:
			return -1
		case x.lo > r:
			return 1
		}
		return 0
	})
	return found
}

func (s runeSet) union(t runeSet) runeSet {
	return normalize(append(append(make(runeSet, 0, len(s)+len(t)), s...), t...))
}

func (s runeSet) complement() runeSet {
	out, next := make(runeSet, 0, len(s)+1), rune(0)
	for _, x := range s {
		if x.lo > next {
			out = append(out, runeRange{next, x.lo - 1})
		}
		next = x.hi + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, runeRange{next, unicode.MaxRune})
	}
	return out
}

func (s runeSet) intersect(t runeSet) runeSet {
	var out runeSet
	for i, j := 0, 0; i < len(s) && j < len(t); {
		if lo, hi := max(s[i].lo, t[j].lo), min(s[i].hi, t[j].hi); lo <= hi {
			out = append(out, runeRange{lo, hi})
		}
		if s[i].hi < t[j].hi {
			i++
		} else {
			j++
		}
	}
	return out
}

func (s runeSet) minus(t runeSet) runeSet { return s.intersect(t.complement()) }

// where keeps the code points of s for which is holds.
func (s runeSet) where(is func(rune) bool) runeSet {
	var out runeSet
	for _, x := range s {
		for r := x.lo; r <= x.hi; r++ {
			if is(r) {
				out = append(out, runeRange{r, r})
			}
		}
	}
	return normalize(out)
}

// tableSet is what the tables hold for Java.
func tableSet(tables ...*unicode.RangeTable) runeSet {
	var s runeSet
	for _, t := range tables {
		s = append(s, rangesOf(t)...)
	}
	s = normalize(s).intersect(assigned)
	if slices.Contains(tables, unicode.Mn) {
		s = s.union(oneRune(pamudpod))
	} else if slices.Contains(tables, unicode.Mc) && !slices.Contains(tables, unicode.M) {
		s = s.minus(oneRune(pamudpod))
	}
	return s
}

func rangesOf(t *unicode.RangeTable) runeSet {
	var s runeSet
	for _, x := range t.R16 {
		s = appendStride(s, rune(x.Lo), rune(x.Hi), rune(x.Stride))
	}
	for _, x := range t.R32 {
		s = appendStride(s, rune(x.Lo), rune(x.Hi), rune(x.Stride))
	}
	return s
}

func appendStride(s runeSet, lo, hi, stride rune) runeSet {
	if stride == 1 {
		return append(s, runeRange{lo, hi})
	}
	for ; lo <= hi; lo += stride {
		s = append(s, runeRange{lo, lo})
	}
	return s
}
