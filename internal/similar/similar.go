// Package similar proposes names for one that is not there: columns, flags, commands,
// files.
package similar

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// most is how many names are proposed.
const most = 3

// Names returns those names that the wanted one is most like, the likeliest first. A
// name that differs in letter case or in separators alone comes before names that differ
// in a few letters, and those before names that begin or end with the wanted one.
func Names(wanted string, among []string) []string {
	var best []string
	least := rank{}
	for _, name := range among {
		r, like := compare(wanted, name)
		if !like || name == wanted || slices.Contains(best, name) {
			continue
		}
		switch order := r.order(least); {
		case best == nil || order < 0:
			best, least = []string{name}, r
		case order == 0:
			best = append(best, name)
		}
	}
	if len(best) > most {
		return nil // it is like everything
	}
	return best
}

// Hint proposes names in words to follow a message, or is empty.
func Hint(wanted string, among []string) string {
	return HintAs(wanted, among, func(name string) string { return `"` + name + `"` })
}

// HintAs is Hint for names that are shown in a form of their own, such as --flag.
func HintAs(wanted string, among []string, show func(string) string) string {
	names := Names(wanted, among)
	if names == nil {
		return ""
	}
	for i, name := range names {
		names[i] = show(name)
	}
	return "; did you mean " + strings.Join(names, " or ") + "?"
}

// rank says how unlike two names are.
type rank struct {
	kind     int // 0: the same letters, 1: other letters, 2: one begins with the other
	distance int
}

func (r rank) order(o rank) int {
	return cmp.Or(cmp.Compare(r.kind, o.kind), cmp.Compare(r.distance, o.distance))
}

// compare ranks a name, and reports whether it is like the wanted one at all.
func compare(wanted, name string) (rank, bool) {
	a, b := []rune(strings.ToLower(wanted)), []rune(strings.ToLower(name))
	d := distance(a, b)
	near := 2 * d
	if len(a) == len(b) && d == 1 && slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))) {
		near-- // two letters are swapped: none is wrong
	}
	switch {
	case string(a) == string(b):
		return rank{}, true
	case bare(a) != "" && bare(a) == bare(b):
		return rank{0, near}, true
	case d <= min(max(1, len(a)/3), len(a)-1) && d < len(b):
		return rank{1, near}, true
	case (len(a) >= 3 || len(a) == 2 && len(b) <= 4) && isEnd(string(a), string(b)), len(b) >= 3 && isEnd(string(b), string(a)):
		return rank{2, min(near, 8)}, true
	}
	return rank{}, false
}

// isEnd reports whether a name is the beginning of another one, or the end after a
// separator.
func isEnd(part, name string) bool {
	rest, ok := strings.CutSuffix(name, part)
	return strings.HasPrefix(name, part) || ok && strings.ContainsAny(rest[max(len(rest)-1, 0):], "_-. ")
}

// bare are the letters and digits of a name.
func bare(name []rune) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, string(name))
}

// distance is how many letters are to be changed, added, left out or swapped with the
// next one.
func distance(a, b []rune) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, row[j]+1, last[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// Each quotes names that are not there, each with those that may be meant.
func Each(wanted, among []string) string {
	list := make([]string, len(wanted))
	for i, name := range wanted {
		list[i] = `"` + name + `"`
		if hint, ok := strings.CutPrefix(Hint(name, among), "; "); ok {
			list[i] += " (" + hint + ")"
		}
	}
	return strings.Join(list, ", ")
}

// shown is how many names are listed.
const shown = 40

// List lists the names that there are, or the first ones of very many.
func List(names []string) string {
	if more := len(names) - shown; more > shown/4 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), more)
	}
	return strings.Join(names, ", ")
}
