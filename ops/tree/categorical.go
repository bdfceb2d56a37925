package tree

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// Categories from 0 to noCategory-1 can be told apart by a mask of 64 bits;
// noCategory stands for all other values.
const noCategory = 63

// mask is the side of a categorical split by the category of a feature.
type mask struct {
	category int32 // index in plan.categories
	left     uint64
}

// set is a categorical split over a column whose categories fit no mask.
type set struct {
	column int32
	isLeft bool
	// bits are the categories that are small whole numbers, others the rest.
	bits   []uint64
	others []float64
}

// maxBit is the greatest category that is kept as a bit.
const maxBit = 1 << 16

func newSet(column int32, categories []float64, isLeft bool) set {
	s := set{column: column, isLeft: isLeft}
	for _, c := range categories {
		if c < 0 || c > maxBit || c != math.Trunc(c) {
			s.others = append(s.others, c)
			continue
		}
		i := int(c)
		for len(s.bits) <= i/64 {
			s.bits = append(s.bits, 0)
		}
		s.bits[i/64] |= 1 << (i % 64)
	}
	return s
}

// key identifies sets that do the same.
func (s *set) key() string {
	k := binary.AppendUvarint(nil, uint64(s.column))
	k = binary.AppendUvarint(k, uint64(len(s.bits)))
	for _, w := range s.bits {
		k = binary.LittleEndian.AppendUint64(k, w)
	}
	for _, x := range s.others {
		k = binary.LittleEndian.AppendUint64(k, math.Float64bits(x))
	}
	if s.isLeft {
		k = append(k, 1)
	}
	return string(k)
}

// mask returns the categories that go left, and whether a mask can say so.
func (s *set) mask() (left uint64, ok bool) {
	if len(s.bits) > 0 {
		left = s.bits[0]
	}
	if len(s.bits) > 1 || len(s.others) > 0 || bits.Len64(left) > noCategory {
		return 0, false
	}
	if !s.isLeft {
		left = ^left
	}
	return left, true
}

// side is 0 for a value that goes left, else 1.
func (s *set) side(x float64) float64 {
	in := false
	if x >= 0 && x < float64(64*len(s.bits)) {
		i := int(x)
		in = float64(i) == x && s.bits[i/64]>>(i%64)&1 != 0
	}
	if !in && len(s.others) > 0 {
		in = slices.Contains(s.others, x)
	}
	if in == s.isLeft {
		return 0
	}
	return 1
}

// categorize is how the kernels handle a categorical split.
type categorize struct {
	column int32  // of the category if mixed, else of the side
	mask   uint64 // of the categories that go left
	mixed  bool
}

// sidesPerTree is the number of different masks per tree up to which their sides
// are columns. With more of them it costs a row less to look at masks in the
// trees.
const sidesPerTree = 4

// categoricals decides how to handle each categorical split and adds the
// columns for them.
func (b *builder) categoricals() {
	if len(b.e.sets) <= 1 {
		return
	}
	b.choices = make([]categorize, len(b.e.sets))
	number := make([]int32, len(b.e.sets)) // of a split among the different ones
	known := map[string]int32{}
	category := map[int32]int32{} // by column: index in categories
	var different []mask
	for i := range b.e.nodes {
		n := &b.e.nodes[i]
		if n.right == 0 || n.set == 0 {
			continue
		}
		s := newSet(b.column[n.feature], b.e.sets[n.set], n.isLeft)
		left, small := s.mask()
		key := s.key()
		k, seen := known[key]
		switch {
		case seen:
		case small:
			c, ok := category[s.column]
			if !ok {
				c = int32(len(b.categories))
				category[s.column] = c
				b.categories = append(b.categories, s.column)
			}
			k = int32(len(different))
			different = append(different, mask{c, left})
		default:
			k = int32(len(b.plan.sets))
			b.plan.sets = append(b.plan.sets, s)
		}
		known[key], number[n.set] = k, k
		b.choices[n.set].mixed = small
	}
	mixed := len(different) > sidesPerTree*len(b.e.roots)
	if !mixed {
		b.masks = different
	}
	b.chooseColumns(number, different, mixed)
}

// chooseColumns completes the choices, for which mixed so far says that a mask
// will do, given the number of each split among the masks or sets.
func (b *builder) chooseColumns(number []int32, masks []mask, mixed bool) {
	features := int32(len(b.features))
	sides := features + int32(len(b.categories))
	for i := range b.choices {
		c, k := &b.choices[i], number[i]
		switch {
		case !c.mixed:
			c.column = sides + int32(len(b.masks)) + k
		case mixed:
			c.column, c.mask = features+masks[k].category, masks[k].left
		default:
			c.column, c.mixed = sides+k, false
		}
	}
}

// derive fills in the columns of a group of rows that follow the features.
func (p *plan) derive(x []float64) {
	out := x[len(p.features)*lanes:]
	categories := out[:len(p.categories)*lanes]
	for _, c := range p.categories {
		for k, v := range x[int(c)*lanes:][:lanes] {
			i := uint64(noCategory)
			if v >= 0 && v < noCategory {
				if w := int(v); float64(w) == v {
					i = uint64(w)
				}
			}
			out[k] = math.Float64frombits(i)
		}
		out = out[lanes:]
	}
	for i := range p.masks {
		m := &p.masks[i]
		for k, v := range categories[int(m.category)*lanes:][:lanes] {
			out[k] = float64(int(^m.left >> (math.Float64bits(v) & 63) & 1))
		}
		out = out[lanes:]
	}
	for i := range p.sets {
		s := &p.sets[i]
		for k, v := range x[int(s.column)*lanes:][:lanes] {
			out[k] = s.side(v)
		}
		out = out[lanes:]
	}
}
