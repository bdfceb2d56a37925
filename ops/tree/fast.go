package tree

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"leapscore/ops/column"
)

// lazyPlan makes the plans of an ensemble when rows first come to it, since most
// trees are loaded only to be joined, and the plan by ranks when many rows have come,
// which pay for it.
type lazyPlan struct {
	once sync.Once
	plan *plan

	rows    atomic.Int64
	claimed atomic.Bool // the plan by ranks is made, or will be
	ranking sync.Once
	ranks   atomic.Pointer[rankPlan]
}

// Numbers of rows that pay for a plan by ranks, if there is no other plan, and if
// there is one.
const (
	rowsForRanks     = 128
	rowsForMoreRanks = 8192
)

// fewRows is the number of rows for which a plan does not pay.
const fewRows = 3

// planFor returns the plan for n rows, or nil if they are to go another way.
func (e *Ensemble) planFor(n int) *plan {
	if n <= fewRows || e.refusing != nil || e.boosted {
		return nil
	}
	e.fast.once.Do(func() { e.fast.plan = newPlan(e) })
	return e.fast.plan
}

// ranksFor returns the plan by ranks for n rows, or nil if they are to go another
// way.
func (e *Ensemble) ranksFor(n int) *rankPlan {
	if n <= fewRows || e.refusing != nil {
		return nil
	}
	if e.boosted {
		return e.fast.await(n, func() *rankPlan { return newRankPlan(e, hasMux) })
	}
	if len(e.roots) < fewTrees {
		return nil
	}
	f := e.fast
	if p := f.ranks.Load(); p != nil {
		return p
	}
	if f.rows.Add(int64(n)) > rowsForMoreRanks && f.claimed.CompareAndSwap(false, true) {
		if r := newRankPlan(e, hasMux); r != nil && r.pays(e.planFor(n)) {
			f.ranks.Store(r)
		}
	}
	return f.ranks.Load()
}

// await returns the plan by ranks, which layOut makes, once enough rows have come.
func (f *lazyPlan) await(n int, layOut func() *rankPlan) *rankPlan {
	if p := f.ranks.Load(); p != nil {
		return p
	}
	if f.rows.Add(int64(n)) > rowsForRanks {
		f.ranking.Do(func() { f.ranks.Store(layOut()) })
	}
	return f.ranks.Load()
}

// passBytes is how much of a block is in work at a time: it should stay in the
// first level of the cache. passRows is the least number of rows, for which the
// trees are read once.
const (
	passBytes = 20 << 10
	passRows  = 64
)

// scratch is the working memory of one walk.
type scratch struct {
	x     []float64 // groups of lanes rows, each column by column
	slots [Block]int32
	slow  []int32 // rows of the pass that go the plain way
}

// walk finds the slots of all rows.
func (p *plan) walk(e *Ensemble, r *Rows, f fold) {
	s := p.pool.Get().(*scratch)
	defer p.pool.Put(s)
	group := lanes * p.columns()
	pass := min(max(passBytes/8/max(p.columns(), 1), passRows)&^(bitRows-1), Block)
	if need := max(pass/lanes*group, 1); len(s.x) < need {
		s.x = make([]float64, need)
	}
	for first := 0; first < r.N; first += pass {
		n := min(pass, r.N-first)
		p.gather(e, r, first, n, s)
		for t := range p.trees {
			p.descend(&p.trees[t], s, group, n)
			for _, i := range s.slow {
				s.slots[i] = p.slot[e.reach(t, r, r.From+first+int(i))]
			}
			f(t, first, s.slots[:n])
		}
	}
}

// descend finds the slots of n rows in one tree.
func (p *plan) descend(l *layout, s *scratch, group, n int) {
	if l.form == bitsForm {
		splits := unsafe.SliceData(p.splits[l.first:])
		for g := 0; g*lanes < n; g += bitGroups {
			out := (*[bitRows]int32)(s.slots[g*lanes:])
			p.kernel.slots(splits, int(l.splits), &s.x[g*group], uintptr(group)*8, l.slots, out)
		}
		return
	}
	for g := 0; g*lanes < n; g++ {
		x, out := &s.x[g*group], (*[lanes]int32)(s.slots[g*lanes:])
		switch l.form {
		case heapForm:
			heapSlots(&p.thresholds[l.first], &p.at[l.first], l.depth, l.slots, x, out)
		case graphForm:
			graphSlots(&p.graph[l.first], l.depth, l.slots, x, out)
		case mixedForm:
			mixedSlots(&p.graph[l.first], l.depth, l.slots, x, out)
		}
	}
}

// gather turns n rows into groups of columns. Rows that are null, or shorter
// than some tree may read, are left to the plain way.
func (p *plan) gather(e *Ensemble, r *Rows, first, n int, s *scratch) {
	s.slow = s.slow[:0]
	group := lanes * p.columns()
	if group == 0 { // no tree has a split
		return
	}
	if r.Vectors == nil {
		p.gatherColumns(e, r, first, n, group, s)
		return
	}
	for g := 0; g*lanes < n; g++ {
		x := s.x[g*group : (g+1)*group]
		var dense [lanes][]float64
		count := 0
		for k := range min(lanes, n-g*lanes) {
			i := g*lanes + k
			row := r.From + first + i
			if r.Vectors.IsNull(row) {
				s.slow = append(s.slow, int32(i))
				continue
			}
			switch v := r.Vectors.Row(row); {
			case v.Size < e.features:
				s.slow = append(s.slow, int32(i))
			case v.Dense:
				dense[k] = v.Values
				count++
			default:
				p.sparse(x[k:], v)
			}
		}
		if count == lanes {
			p.denseGroup(x, &dense)
			continue
		}
		for k, values := range dense {
			if values != nil {
				p.dense(x[k:], values)
			}
		}
	}
	p.deriveAll(n, group, s)
}

// gatherColumns is gather for rows that lie in columns.
func (p *plan) gatherColumns(e *Ensemble, r *Rows, first, n, group int, s *scratch) {
	if len(r.Columns) < e.features {
		for i := range n {
			s.slow = append(s.slow, int32(i))
		}
		return
	}
	from := r.From + first
	for c, f := range p.features {
		col := r.Columns[f][from : from+n]
		at := c * lanes
		for len(col) >= lanes {
			copy(s.x[at:at+lanes], col[:lanes])
			col, at = col[lanes:], at+group
		}
		if len(col) > 0 {
			copy(s.x[at:], col)
		}
	}
	p.deriveAll(n, group, s)
}

func (p *plan) deriveAll(n, group int, s *scratch) {
	if group == len(p.features)*lanes {
		return
	}
	for g := 0; g*lanes < n; g++ {
		p.derive(s.x[g*group : (g+1)*group])
	}
}

// dense puts a dense row into its lane.
func (p *plan) dense(lane, values []float64) {
	for c, f := range p.features {
		lane[c*lanes] = values[f]
	}
}

// denseGroup puts lanes dense rows into their lanes.
func (p *plan) denseGroup(x []float64, rows *[lanes][]float64) {
	r0, r1, r2, r3, r4, r5, r6, r7 := rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7]
	for c, f := range p.features {
		out := x[c*lanes:][:lanes]
		out[0], out[1], out[2], out[3] = r0[f], r1[f], r2[f], r3[f]
		out[4], out[5], out[6], out[7] = r4[f], r5[f], r6[f], r7[f]
	}
}

// sparse puts a sparse row into its lane.
func (p *plan) sparse(lane []float64, v column.Vector) {
	for c := range p.features {
		lane[c*lanes] = 0
	}
	for k, f := range v.Indices {
		if int(f) < len(p.column) && p.column[f] >= 0 {
			lane[int(p.column[f])*lanes] = v.Values[k]
		}
	}
}
