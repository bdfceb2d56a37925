package summary

import (
	"math"
	"math/bits"
)

// numbers counts doubles. While there are few different ones, it counts these;
// then it counts buckets: a page for each sign and power of two, cut into 8192
// buckets of one width. If the numbers of a column lie in many powers of two,
// neighbouring buckets are put together, so that memory stays bounded; how far
// depends on the set of powers alone.
type numbers struct {
	nan, pos, neg int64
	few           *values // nil once there were too many
	pages         map[uint16]*page
	cache         [cacheSlots]cached // of pages, by the low bits of their number
	drop          uint               // low bits of the mantissa that a bucket does not see
	lo, hi        float64            // of what is in pages
	room          int                // for so many buckets
}

// page holds the numbers of one sign and exponent: exactly, the sum of their
// mantissas and of the squares of these, and counts by bucket.
type page struct {
	sum     [2]uint64 // low word first
	squares [3]uint64
	counts  []uint64
}

type cached struct {
	id   uint16
	page *page
}

const (
	mantissaBits = 52
	mantissaMask = 1<<mantissaBits - 1
	exponents    = 0x7ff // that of infinities and NaN
	bucketBits   = 13
	cacheSlots   = 16
	fullRoom     = 2 << bucketBits
	leastRoom    = 2048
)

// newNumbers returns an empty sketch with room for so many buckets, at least one
// for each page.
func newNumbers(room int) *numbers {
	return &numbers{few: newValues(), lo: math.Inf(1), hi: math.Inf(-1), drop: mantissaBits - bucketBits, room: room}
}

func (s *numbers) add(v float64) {
	one := [1]float64{v}
	s.addAll(one[:])
}

// addAll adds vs.
func (s *numbers) addAll(vs []float64) {
	for s.few != nil && len(vs) > 0 {
		if !s.addFew(vs[0]) {
			s.spill()
			break
		}
		vs = vs[1:]
	}
	lo, hi := s.lo, s.hi
	for _, v := range vs {
		v += 0 // -0 becomes 0
		b := math.Float64bits(v)
		id := uint16(b >> mantissaBits)
		m := b & mantissaMask
		in := m
		if e := id & exponents; e == exponents {
			s.special(v)
			continue
		} else if e != 0 {
			m |= 1 << mantissaBits
		}
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
		slot := &s.cache[id%cacheSlots]
		p := slot.page
		if slot.id != id || p == nil {
			p = s.page(id)
		}
		var c uint64
		p.sum[0], c = bits.Add64(p.sum[0], m, 0)
		p.sum[1] += c
		over, under := bits.Mul64(m, m)
		p.squares[0], c = bits.Add64(p.squares[0], under, 0)
		p.squares[1], c = bits.Add64(p.squares[1], over, c)
		p.squares[2] += c
		p.counts[in>>(s.drop&63)]++
	}
	s.lo, s.hi = lo, hi
}

// addFew counts v among the different values, or returns false if there is no
// room.
func (s *numbers) addFew(v float64) bool {
	v += 0
	if b := math.Float64bits(v); b>>mantissaBits&exponents != exponents {
		return s.few.add(b, 1)
	}
	s.special(v)
	return true
}

// mantissa returns the whole number that the double of bits b is a multiple of a
// power of two of.
func mantissa(b uint64) uint64 {
	m := b & mantissaMask
	if b>>mantissaBits&exponents != 0 {
		m |= 1 << mantissaBits
	}
	return m
}

// addTimes adds the finite double of bits b n times to its bucket.
func (s *numbers) addTimes(b, n uint64) {
	v := math.Float64frombits(b)
	s.lo, s.hi = min(s.lo, v), max(s.hi, v)
	p := s.page(uint16(b >> mantissaBits))
	m := mantissa(b)
	hi, lo := bits.Mul64(m, n)
	addWords(p.sum[:], []uint64{lo, hi})
	hi, lo = bits.Mul64(m, m)
	h0, l0 := bits.Mul64(lo, n)
	h1, l1 := bits.Mul64(hi, n)
	mid, c := bits.Add64(h0, l1, 0)
	addWords(p.squares[:], []uint64{l0, mid, h1 + c})
	p.counts[(b&mantissaMask)>>s.drop] += n
}

// addWords adds b to a, of at least as many words, the lowest first.
func addWords(a, b []uint64) {
	var c uint64
	for i := range a {
		var w uint64
		if i < len(b) {
			w = b[i]
		}
		a[i], c = bits.Add64(a[i], w, c)
	}
}

func (s *numbers) special(v float64) {
	switch {
	case v > 0:
		s.pos++
	case v < 0:
		s.neg++
	default:
		s.nan++
	}
}

// spill moves the counted values into buckets.
func (s *numbers) spill() {
	few := s.few
	s.few, s.pages = nil, map[uint16]*page{}
	few.each(s.addTimes)
}

// page returns a page, which it makes if it is missing.
func (s *numbers) page(id uint16) *page {
	p := s.pages[id]
	if p == nil {
		p = &page{counts: make([]uint64, 1<<(mantissaBits-s.drop))}
		s.pages[id] = p
		s.coarsen(len(s.pages))
	}
	s.cache[id%cacheSlots] = cached{id, p}
	return p
}

// coarsen puts buckets together as far as so many pages ask for.
func (s *numbers) coarsen(pages int) {
	drop := uint(mantissaBits - bucketBits)
	for drop < mantissaBits && pages<<(mantissaBits-drop) > s.room {
		drop++
	}
	s.coarsenTo(drop)
}

// coarsenTo makes buckets blind to so many low bits, if they see more.
func (s *numbers) coarsenTo(drop uint) {
	if drop <= s.drop {
		return
	}
	for _, p := range s.pages {
		p.fold(drop - s.drop)
	}
	s.drop = drop
}

// fold puts 1<<by neighbouring buckets together.
func (p *page) fold(by uint) {
	folded := make([]uint64, len(p.counts)>>by)
	for i, n := range p.counts {
		folded[i>>by] += n
	}
	p.counts = folded
}

// merge adds what o has counted, and may change o.
func (s *numbers) merge(o *numbers) {
	s.nan += o.nan
	s.pos += o.pos
	s.neg += o.neg
	if o.few != nil {
		o.few.each(func(b, n uint64) {
			if s.few != nil && !s.few.add(b, n) {
				s.spill()
			}
			if s.few == nil {
				s.addTimes(b, n)
			}
		})
		return
	}
	if s.few != nil {
		s.spill()
	}
	s.lo, s.hi = min(s.lo, o.lo), max(s.hi, o.hi)
	for id, from := range o.pages {
		to := s.page(id) // which may coarsen s
		if by := int(s.drop) - int(o.drop); by > 0 {
			from.fold(uint(by))
		} else if by < 0 {
			s.coarsenTo(o.drop)
		}
		addWords(to.sum[:], from.sum[:])
		addWords(to.squares[:], from.squares[:])
		for i, n := range from.counts {
			to.counts[i] += n
		}
	}
}
