package tree

import (
	"math"
	"sync"
	"unsafe"
)

// rankScratch is the working memory of one walk over ranks.
type rankScratch struct {
	x     []float64   // column by column, each of pass rows
	cols  [][]float64 // the columns of values: parts of x, or the caller's
	bytes []uint8
	words []uint16
	area  *endArea
	many  [sumTrees][Block]uint8
	slots [Block]int32

	narrow [Block]uint8 // ranks of a column
	wide   [Block]uint16

	entries entries
	sparse  bool // the values of the pass are in entries

	slow []int32 // rows of the pass that go the plain way
}

// rankPool keeps working memory.
type rankPool struct{ sync.Pool }

// A pass of rows is ranked at once: rankPass of them, or fewer if their values are more
// than rankPassBytes, or if most values are not stored; more if trees are large, since
// a pass reads all of them.
const (
	rankPass       = 512
	rankPassBytes  = 128 << 10
	sparsePass     = 256
	rankPassLarge  = Block
	largeTreeNodes = 1024
)

// setPass chooses the pass.
func (p *rankPlan) setPass() {
	most := rankPass
	if len(p.codes)+len(p.links)+len(p.mixed) > largeTreeNodes*p.trees() {
		most = rankPassLarge
	}
	p.pass = min(max(rankPassBytes/8/max(len(p.features), 1), muxRows)&^(muxRows-1), most)
}

// trees is the number of trees, at least 1.
func (p *rankPlan) trees() int {
	n := 0
	for i := range p.segments {
		n += len(p.segments[i].trees)
	}
	return max(n, 1)
}

// take returns working memory.
func (p *rankPlan) take() *rankScratch {
	if s, ok := p.pool.Get().(*rankScratch); ok {
		return s
	}
	s, pass := &rankScratch{area: newEnds()}, max(p.pass, sparsePass)
	bytes, words := 0, 0
	for i := range p.segments {
		if g := &p.segments[i]; g.bytes {
			bytes = max(bytes, g.group()*pass/muxRows)
		} else {
			words = max(words, g.group()*pass/lanes)
		}
	}
	// Large blocks begin at a page: no row of vectors lies across two cache lines.
	s.bytes, s.words = make([]uint8, max(bytes, 1<<16)), make([]uint16, max(words, 1<<15))
	return s
}

// walk finds the slots of all rows.
func (p *rankPlan) walk(r *Rows, f fold) {
	s := p.take()
	defer p.pool.Put(s)
	n := 0
	for first := 0; first < r.N; first += n {
		n = p.gather(r, first, s)
		t := 0
		for i := range p.segments {
			g := &p.segments[i]
			p.rank(i, s, n)
			for k := range g.trees {
				p.descend(g, &g.trees[k], s, n)
				p.descendPlain(&g.trees[k], t, r, first, n, s)
				f(t, first, s.slots[:n])
				t++
			}
		}
	}
}

// descend finds the slots of n rows in one tree.
func (p *rankPlan) descend(g *segment, l *rankTree, s *rankScratch, n int) {
	group := g.group()
	if g.bytes {
		p.descendBytes(g, l, s, n)
		return
	}
	for k := 0; k*lanes < n; k++ {
		q, out := unsafe.SliceData(s.words[k*group:]), (*[lanes]int32)(s.slots[k*lanes:])
		switch l.form {
		case heapForm:
			rankHeap(&p.codes[l.first], &p.at[l.first], l.depth, l.slots, q, out)
		case graphForm:
			rankGraph(&p.links[l.first], l.depth, l.slots, q, out)
		case mixedForm:
			rankMixed(&p.mixed[l.first], &p.sets[0], l.depth, l.slots, q, out)
		}
	}
}

// descendPlain finds the slots of the rows that go the plain way in tree t.
func (p *rankPlan) descendPlain(l *rankTree, t int, r *Rows, first, n int, s *rankScratch) {
	if l.form == plainForm {
		for i := range n {
			s.slots[i] = p.slot[p.e.reach(t, r, r.From+first+i)]
		}
		return
	}
	for _, i := range s.slow {
		s.slots[i] = p.slot[p.e.reach(t, r, r.From+first+int(i))]
	}
}

// descendBytes is descend in a segment of bytes.
func (p *rankPlan) descendBytes(g *segment, l *rankTree, s *rankScratch, n int) {
	out := s.slots[:(n+muxRows-1)&^(muxRows-1)]
	for i := range out {
		out[i] = l.slots
	}
	for part := 0; part < l.parts(); part++ {
		p.endsOf(l, part, g, s, n, &s.many[0])
		for i, end := range s.many[0][:len(out)] {
			out[i] += int32(end) << (8 * part)
		}
	}
}

// parts is the number of bytes in the number of an end.
func (l *rankTree) parts() int {
	return max((int(l.depth)+7)/8, 1)
}

// endsOf writes a byte of the numbers of the ends that n rows reach in a tree.
func (p *rankPlan) endsOf(l *rankTree, part int, g *segment, s *rankScratch, n int, out *[Block]uint8) {
	if l.form == levelForm {
		levels := p.levels[l.levels.from:l.levels.to]
		levelsOf(levels[min(8*part, len(levels)):min(8*part+8, len(levels))], s.bytes, g.group(), out, n)
		return
	}
	for at := 0; at < n; at += muxRows {
		p.muxGroup(l, g, &s.bytes[at/muxRows*g.group()], s.area, (*[muxRows]uint8)(out[at:]))
	}
}

// rank finds the columns of ranks of a segment, given by its number, for n rows.
func (p *rankPlan) rank(segment int, s *rankScratch, n int) {
	if s.sparse {
		p.rankSparse(segment, s, n)
		return
	}
	g := &p.segments[segment]
	group := g.group()
	for i := range g.columns {
		c := &g.columns[i]
		x := s.cols[c.values]
		if g.bytes {
			out := s.narrow[:]
			rankColumnOf(c, x, out, bias)
			for k := 0; k < n; k += muxRows {
				*(*[muxRows]uint8)(s.bytes[k/muxRows*group+i*muxRows:]) = [muxRows]uint8(out[k:])
			}
			continue
		}
		out := s.wide[:]
		rankColumnOf(c, x, out, 0)
		for k := 0; k < n; k += lanes {
			*(*[lanes]uint16)(s.words[k/lanes*group+i*lanes:]) = [lanes]uint16(out[k:])
		}
	}
}

// rankColumnOf finds the ranks of a column, which count from minus the bias. If the
// column before it has the same thresholds, its ranks are in out. Beyond those of x the
// result holds anything.
func rankColumnOf[T uint8 | uint16](c *rankColumn, x []float64, out []T, bias T) {
	if c.category != noCategories {
		categoryCodes(c, x, out)
		return
	}
	if !c.copies {
		findRanks(c, x, c.gone, out, bias)
		if !c.zeroMissing {
			return
		}
	}
	gone := T(c.gone) ^ bias
	for i, v := range x {
		r := out[i]
		if v != v || c.zeroMissing && math.Abs(v) <= zero {
			r = gone
		}
		out[i] = r
	}
}

// categoryCodes finds the codes of a column of categories.
func categoryCodes[T uint8 | uint16](c *rankColumn, x []float64, out []T) {
	codes := c.codes
	if c.zeroMissing || c.category != wholeNumbers {
		codes = nil
	}
	for i, v := range x {
		if k := int(v); uint(k) < uint(len(codes)) && float64(k) == v {
			out[i] = T(codes[k]) // which is what nearly all values are
		} else {
			out[i] = T(c.categoryCode(v))
		}
	}
}
