package automaton

import (
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"
)

// classes numbers characters, so that those in the same sets have the same
// number.
type classes struct {
	ascii [utf8.RuneSelf]uint8
	pages [256]*[256]uint8 // of the BMP
	from  []rune           // where stretches of one class start, beyond the BMP
	far   []uint8          // the classes of the stretches
	bits  []Context        // by class
}

// newClasses returns nil if there are more classes than a table can have.
func newClasses(sets []Set) *classes {
	cuts := []rune{0, 0x10000}
	for _, set := range sets {
		for _, x := range set {
			cuts = append(cuts, x.Lo, x.Hi+1)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	c := &classes{}
	number := map[Context]uint8{}
	var bmp [1 << 16]uint8
	at := make([]int, len(sets)) // the first range of each set that does not end before the cut
	for i, lo := range cuts {
		if lo > unicode.MaxRune {
			break
		}
		bits := contextAt(sets, at, lo)
		class, ok := number[bits]
		if !ok {
			if len(c.bits) == maxClasses {
				return nil
			}
			class = uint8(len(c.bits))
			number[bits] = class
			c.bits = append(c.bits, bits)
		}
		if lo >= 0x10000 {
			c.from, c.far = append(c.from, lo), append(c.far, class)
			continue
		}
		for r := lo; r < cuts[i+1]; r++ {
			bmp[r] = class
		}
	}
	copy(c.ascii[:], bmp[:])
	c.page(&bmp)
	return c
}

// contextAt returns the bits of a code point. Code points are asked for in
// ascending order.
func contextAt(sets []Set, at []int, r rune) (bits Context) {
	for k, set := range sets {
		for at[k] < len(set) && set[at[k]].Hi < r {
			at[k]++
		}
		if at[k] < len(set) && set[at[k]].Lo <= r {
			bits |= 1 << k
		}
	}
	return bits
}

// page keeps one page for all that have characters of one class only.
func (c *classes) page(bmp *[1 << 16]uint8) {
	plain := map[uint8]*[256]uint8{} // by class
	for i := range c.pages {
		page := [256]uint8(bmp[i<<8:])
		class := page[0]
		if page != uniform(class) {
			c.pages[i] = &page
			continue
		}
		if plain[class] == nil {
			plain[class] = &page
		}
		c.pages[i] = plain[class]
	}
}

func uniform(class uint8) (page [256]uint8) {
	if class > 0 {
		for i := range page {
			page[i] = class
		}
	}
	return page
}

// wide returns the class of the first character of s, and its length.
func (c *classes) wide(s string) (class uint8, size int) {
	r, size := utf8.DecodeRuneInString(s)
	return c.of(r), size
}

func (c *classes) of(r rune) uint8 {
	if r <= 0xffff {
		return c.pages[r>>8][r&0xff]
	}
	return c.far[sort.Search(len(c.from), func(i int) bool { return c.from[i] > r })-1]
}
