package tree

import "math"

// level is a split of an oblivious tree: of the rows of a group, those whose rank is
// below the place set the bit of the level. Both count from minus the bias.
type level struct {
	column uint16 // where it begins in a group
	place  uint8
	_      uint8
}

// ranksFor returns the plan for n rows, or nil if they are to go the plain way.
func (o *Oblivious) ranksFor(n int) *rankPlan {
	if n <= fewRows {
		return nil
	}
	return o.fast.await(n, func() *rankPlan { return newLevelPlan(o) })
}

// source is what a split needs.
func (s *ObliviousSplit) source() source {
	if s.NaNAbove { // ranks below a place are above the border
		return source{feature: s.Feature, missing: MissingRight}
	}
	return source{feature: s.Feature, missing: MissingLeft}
}

// border is Border, or a number that no value is above.
func (s *ObliviousSplit) border() float64 {
	if s.Border != s.Border {
		return math.Inf(1)
	}
	return s.Border
}

// newLevelPlan lays o out, or returns nil if that cannot be done.
func newLevelPlan(o *Oblivious) *rankPlan {
	features := 0
	for _, levels := range o.splits {
		for i := range levels {
			features = max(features, int(levels[i].Feature)+1)
		}
	}
	if features > maxFeature {
		return nil
	}
	b := ranker{rankPlan: &rankPlan{boosted: true}}
	for t := 0; t < len(o.splits); {
		first, d := t, newNeeds(nil)
		for ; t < len(o.splits); t++ {
			if d.addLevels(o.splits[t]); !d.fit(true) {
				break
			}
		}
		if t == first { // splits of one tree always fit
			return nil
		}
		d = newNeeds(nil)
		for _, levels := range o.splits[first:t] {
			d.addLevels(levels)
		}
		b.segments = append(b.segments, b.levelSegment(o, d, first, t))
	}
	b.numberFeatures(features)
	b.setPass()
	return b.rankPlan
}

// addLevels adds the needs of an oblivious tree.
func (d *needs) addLevels(levels []ObliviousSplit) {
	for i := range levels {
		d.sources[levels[i].source()] = struct{}{}
		d.addThreshold(levels[i].Feature, levels[i].border())
	}
}

// levelSegment lays trees out as a segment.
func (b *ranker) levelSegment(o *Oblivious, d *needs, first, end int) (s segment) {
	s.bytes = true
	s.columns, b.columns = d.rankColumns(s.top())
	for t := first; t < end; t++ {
		l := rankTree{form: levelForm, depth: int32(len(o.splits[t])), slots: o.first[t]}
		s.large = s.large || l.depth > 8
		l.levels.from = int32(len(b.levels))
		for i := range o.splits[t] {
			split := &o.splits[t][i]
			column := b.columns[split.source()]
			place := uint8(s.columns[column].rank(split.border())) ^ bias
			b.levels = append(b.levels, level{column: uint16(column * muxRows), place: place})
		}
		l.levels.to = int32(len(b.levels))
		s.trees = append(s.trees, l)
	}
	return s
}

// levelsOf writes the bits that up to eight levels set for n rows.
func levelsOf(levels []level, q []uint8, group int, out *[Block]uint8, n int) {
	groups := (n + muxRows - 1) / muxRows
	switch {
	case len(levels) == 0:
		clear(out[:n])
	case hasMux:
		levelTree(&levels[0], len(levels), &q[0], uintptr(group), &out[0], groups)
	default:
		for k := range groups {
			levelTreePlain(levels, q[k*group:], (*[muxRows]uint8)(out[k*muxRows:]))
		}
	}
}

// levelTreePlain is levelTree for one group, without vector code.
func levelTreePlain(levels []level, q []uint8, out *[muxRows]uint8) {
	clear(out[:])
	for k := len(levels) - 1; k >= 0; k-- {
		column := (*[muxRows]uint8)(q[levels[k].column:])
		place := uint32(levels[k].place ^ bias)
		for i, rank := range column {
			out[i] = out[i]<<1 | uint8((uint32(rank^bias)-place)>>31)
		}
	}
}
