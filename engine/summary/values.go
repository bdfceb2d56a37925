package summary

// values counts different doubles, given by their bits, up to fewValues of them.
type values struct {
	keys   [valueSlots]uint64
	counts [valueSlots]uint64 // 0: the slot is free
	n      int
}

const (
	fewValues  = 128
	valueSlots = 512 // a power of two, well above fewValues
)

func newValues() *values { return &values{} }

// add counts b n times, n > 0, or returns false if there is no room for b.
func (v *values) add(b, n uint64) bool {
	for at := b * 0x9E3779B97F4A7C15 >> (64 - 9); ; at = (at + 1) % valueSlots {
		switch {
		case v.counts[at] == 0:
			if v.n == fewValues {
				return false
			}
			v.n++
			v.keys[at], v.counts[at] = b, n
			return true
		case v.keys[at] == b:
			v.counts[at] += n
			return true
		}
	}
}

// each calls f for each value.
func (v *values) each(f func(b, n uint64)) {
	for at, n := range v.counts {
		if n > 0 {
			f(v.keys[at], n)
		}
	}
}
