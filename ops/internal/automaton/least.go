package automaton

import "unicode/utf8"

// Least returns the lowest number of a pattern that matches somewhere in the text,
// in one pass for all patterns. It is not known if the text has refused characters.
func (m *Search) Least() (pattern int, out Outcome) {
	a, s, row := m.a, m.s, m.a.starts[0]
	least := uint32(MaxPatterns)
	for at := 0; ; {
		var class uint8
		size := 1
		if at < m.tail && s[at] < utf8.RuneSelf {
			class = a.ascii[s[at]]
		} else {
			class, size = m.class(at)
		}
		entry := a.next[row+uint32(class)]
		if hit := entry & 0xff; hit != 0 {
			if entry == refused {
				return 0, Unknown
			}
			if least = min(least, hit-1); least == 0 {
				return 0, Found
			}
		}
		if at == len(s) {
			break
		}
		row = entry >> 8
		at += size
	}
	if least == MaxPatterns {
		return 0, None
	}
	return int(least), Found
}
