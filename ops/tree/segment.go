package tree

import (
	"math"
	"sync/atomic"
)

// rankPlan is an ensemble laid out for kernels that compare ranks. Its trees are
// cut into segments, each with columns of ranks of its own, so that the thresholds
// of few enough trees to fit the integers are ranked together.
type rankPlan struct {
	e       *Ensemble // of bundles, for the rows that go the plain way
	boosted bool      // no row goes the plain way

	features []int32 // the feature of each column of values
	column   []int32 // by feature: its column of values, or -1
	pass     int     // the number of rows that are ranked at once, a multiple of muxRows
	segments []segment

	leaf []int32 // by slot
	slot []int32 // by leaf, one of its slots

	muxes    []muxSplit
	cherries []cherry
	sides    []side
	levels   []level
	codes    []uint16 // of all heaps
	at       []uint16
	links    []rankLink
	mixed    []mixedLink
	sets     []uint64 // the categories that go right at splits of mixed trees

	pool   rankPool
	values atomic.Pointer[any] // the slotValues that were asked for last
}

// segment is a range of trees whose ranks are found together.
type segment struct {
	bytes   bool // ranks are bytes, in groups of muxRows rows; else uint16, of lanes
	large   bool // some numbers of ends are no bytes, though ranks are
	columns []rankColumn
	scratch int // columns for the sides of a tree
	trees   []rankTree
}

// group is the size of a group of rows in ranks.
func (s *segment) group() int {
	if s.bytes {
		return (len(s.columns) + s.scratch) * muxRows
	}
	return len(s.columns) * lanes
}

// rankTree is one tree.
type rankTree struct {
	form                   form
	depth                  int32
	first                  int32 // its first node, in the heaps or the graphs
	slots                  int32 // to add to the number of an end for its slot
	muxes, cherries, sides span
	levels                 span
}

// span is a range of a list.
type span struct{ from, to int32 }

// Bounds of segments. Splits keep the offset of a column in a group in 16 bits.
const (
	maxByteRank    = 254
	maxByteColumns = 700
	maxWordRank    = 1<<16 - 4
	maxWordColumns = 1<<16/(2*lanes) - 1
	maxCategory    = 1 << 22
	fewTrees       = 16 // for which another segment does not pay
)

// needs is what the splits of some trees need.
type needs struct {
	e          *Ensemble
	sources    map[source]struct{}
	thresholds map[int32]map[float64]struct{} // by feature
	categories map[source]map[int32]struct{}
	greatest   int // number of thresholds of a feature, or of categories
	odd        bool
}

func newNeeds(e *Ensemble) *needs {
	return &needs{
		e: e, sources: map[source]struct{}{}, thresholds: map[int32]map[float64]struct{}{}, categories: map[source]map[int32]struct{}{},
	}
}

// add adds the needs of a tree.
func (d *needs) add(t int) {
	from, to := d.e.nodesOf(t)
	for i := from; i < to; i++ {
		n := &d.e.nodes[i]
		if n.right == 0 {
			continue
		}
		s := d.e.sourceOf(n)
		d.sources[s] = struct{}{}
		if s.category != noCategories {
			d.addCategories(n, s)
		} else {
			d.addThreshold(s.feature, n.threshold)
		}
	}
}

// addThreshold adds a threshold of a feature. NaN is no threshold.
func (d *needs) addThreshold(feature int32, threshold float64) {
	m := d.thresholds[feature]
	if m == nil {
		m = map[float64]struct{}{}
		d.thresholds[feature] = m
	}
	if threshold == threshold {
		m[threshold] = struct{}{}
		d.greatest = max(d.greatest, len(m))
	}
}

func (d *needs) addCategories(n *node, s source) {
	m := d.categories[s]
	if m == nil {
		m = map[int32]struct{}{}
		d.categories[s] = m
	}
	d.odd = d.odd || !d.e.listed(n, func(category int32) { m[category] = struct{}{} })
	d.greatest = max(d.greatest, len(m))
}

// fit reports whether a segment can have those needs.
func (d *needs) fit(bytes bool) bool {
	if bytes {
		return !d.odd && d.greatest <= maxByteRank && len(d.sources) <= maxByteColumns
	}
	return !d.odd && d.greatest <= maxWordRank && len(d.sources) <= maxWordColumns
}

// stretch is a range of trees that becomes a segment.
type stretch struct {
	first, end int
	bytes      bool
	plain      bool // one tree that fits no segment
	needs      *needs
}

// cut cuts the trees of e, or returns nil if some tree of a bundle fits no segment.
func cut(e *Ensemble, vectors bool) (all []stretch) {
	small := smallTrees(e, vectors)
	for t := 0; t < len(small); {
		s := stretch{first: t, bytes: small[t], needs: newNeeds(e)}
		for t < len(small) && small[t] == s.bytes {
			if s.needs.add(t); !s.needs.fit(s.bytes) {
				break
			}
			t++
		}
		if t == s.first {
			if !e.boosted {
				return nil
			}
			all = append(all, stretch{first: t, end: t + 1, plain: true, needs: newNeeds(e)})
			t++
			continue
		}
		if s.end = t; !s.needs.fit(s.bytes) { // it has what the next tree needs, too
			s.needs = newNeeds(e)
			for k := s.first; k < s.end; k++ {
				s.needs.add(k)
			}
		}
		all = append(all, s)
	}
	return all
}

// smallTrees returns which trees go into segments of bytes.
func smallTrees(e *Ensemble, vectors bool) []bool {
	small := make([]bool, len(e.roots))
	for t := range small {
		small[t] = vectors && e.isSmall(t)
	}
	joinFew(small)
	return small
}

// isSmall reports whether tree t alone could be a segment of bytes.
func (e *Ensemble) isSmall(t int) bool {
	from, to := e.nodesOf(t)
	if int(to-from) > 2*maxMuxLeaves-1 {
		return false
	}
	categorical := false
	for i := from; i < to; i++ {
		n := &e.nodes[i]
		categorical = categorical || n.right != 0 && n.set != 0
	}
	if !categorical && int(to-from) < 2*maxByteRank { // with fewer splits than ranks
		return true
	}
	d := newNeeds(e)
	d.add(t)
	return d.fit(true)
}

// joinFew makes short runs of small trees a part of what is around them.
func joinFew(small []bool) {
	for from := 0; from < len(small); {
		to := from
		for to < len(small) && small[to] == small[from] {
			to++
		}
		if small[from] && to-from < fewTrees && to-from < len(small) {
			for i := from; i < to; i++ {
				small[i] = false
			}
		}
		from = to
	}
}

// sourceOf returns the source that a split needs.
func (e *Ensemble) sourceOf(n *node) source {
	s := source{feature: n.feature}
	switch {
	case !e.boosted && n.set != 0:
		s.category = wholeNumbers
	case !e.boosted:
	case n.set != 0:
		s.category, s.zeroMissing = truncatedUp, n.zeroMissing
		if n.isLeft {
			s.category = truncated
		}
	default:
		s.missing, s.zeroMissing = n.missing, n.zeroMissing
	}
	return s
}

// listed calls f for each category that a categorical split lists. It returns false
// if one of them is no small whole number.
func (e *Ensemble) listed(n *node, f func(category int32)) bool {
	if e.boosted {
		for i, word := range e.bitSets[n.set] {
			for k := range 64 {
				if word>>k&1 == 0 {
					continue
				}
				if 64*i+k > maxCategory {
					return false
				}
				f(int32(64*i + k))
			}
		}
		return true
	}
	for _, x := range e.sets[n.set] {
		if !(x >= 0 && x <= maxCategory && x == math.Trunc(x)) {
			return false
		}
		f(int32(x))
	}
	return true
}
