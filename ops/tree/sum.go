package tree

import (
	"sync/atomic"
	"unsafe"
)

// Sum adds up what the leaves of an ensemble hold. Its fields, and the values, do not
// change once it is in use.
type Sum[T float32 | float64] struct {
	Values []T     // of the leaves, by number: Dims for each
	Dims   int     // how many outputs a leaf adds to; 0 is 1
	Groups []int32 // by tree: the first output that it adds to; nil: the first of all
}

// slotValues are the values of a sum in the order of the slots of a plan: for each
// output of a leaf, those of all slots.
type slotValues[T float32 | float64] struct {
	of     *T
	dims   int
	values []T
}

// Add adds to the outputs of each row of r, tree by tree in order, the values of
// the leaf that the row reaches: out[g+d][i] += Values[leaf*Dims+d], with g the group
// of the tree and i the row counted from r.From. Each is one addition of two values
// of type T.
func (s *Sum[T]) Add(e *Ensemble, r *Rows, out [][]T) {
	p := e.ranksFor(r.N)
	if p == nil {
		e.Walk(r, func(t, first int, leaves []int32) { s.fold(t, first, leaves, out) })
		return
	}
	s.addRanks(p, r, s.inSlots(&p.values, p.leaf), out)
}

// inSlots returns the values in the order of slots, of which known holds those that
// were asked for last.
func (s *Sum[T]) inSlots(known *atomic.Pointer[any], leaf []int32) []T {
	return s.ordered(known, len(leaf), func(slot int) int { return int(leaf[slot]) })
}

// inOrder is inSlots for slots that are numbered as leaves are.
func (s *Sum[T]) inOrder(known *atomic.Pointer[any], leaves int) []T {
	return s.ordered(known, leaves, func(slot int) int { return slot })
}

func (s *Sum[T]) ordered(known *atomic.Pointer[any], slots int, leaf func(slot int) int) []T {
	of, dims := unsafe.SliceData(s.Values), s.dims()
	if last := known.Load(); last != nil {
		if v, ok := (*last).(*slotValues[T]); ok && v.of == of && v.dims == dims {
			return v.values
		}
	}
	v := &slotValues[T]{of, dims, make([]T, slots*dims)}
	for slot := range slots {
		k := leaf(slot) * dims
		for d := range dims {
			v.values[d*slots+slot] = s.Values[k+d]
		}
	}
	last := any(v)
	known.Store(&last)
	return v.values
}

func (s *Sum[T]) dims() int { return max(s.Dims, 1) }

// group is the first output that a tree adds to.
func (s *Sum[T]) group(t int) int {
	if s.Groups == nil {
		return 0
	}
	return int(s.Groups[t])
}

// fold adds the values of the leaves that some rows have reached in a tree.
func (s *Sum[T]) fold(t, first int, leaves []int32, out [][]T) {
	dims := s.dims()
	for d, sum := range out[s.group(t):][:dims] {
		sum = sum[first:][:len(leaves)]
		for i, k := range leaves {
			sum[i] += s.Values[int(k)*dims+d]
		}
	}
}

// addRanks is Add by a plan, given the values by slot.
func (s *Sum[T]) addRanks(p *rankPlan, r *Rows, values []T, out [][]T) {
	w := p.take()
	defer p.pool.Put(w)
	n := 0
	for first := 0; first < r.N; first += n {
		n = p.gather(r, first, w)
		t := 0
		for i := range p.segments {
			g := &p.segments[i]
			p.rank(i, w, n)
			if g.bytes && !g.large {
				s.addBytes(p, r, g, w, t, first, n, values, out)
				t += len(g.trees)
				continue
			}
			for k := range g.trees {
				p.descend(g, &g.trees[k], w, n)
				p.descendPlain(&g.trees[k], t, r, first, n, w)
				s.addSlots(values, t, first, w.slots[:n], out)
				t++
			}
		}
	}
}

// addBytes adds the trees of a segment of bytes, of which t is the first.
func (s *Sum[T]) addBytes(p *rankPlan, r *Rows, g *segment, w *rankScratch, t, first, n int, values []T, out [][]T) {
	for from := 0; from < len(g.trees); from += sumTrees {
		trees := g.trees[from:min(from+sumTrees, len(g.trees))]
		for k := range trees {
			l, ends := &trees[k], &w.many[k]
			p.endsOf(l, 0, g, w, n, ends)
			for _, i := range w.slow {
				ends[i] = uint8(p.slot[p.e.reach(t+from+k, r, r.From+first+int(i))] - l.slots)
			}
		}
		s.addMany(w, trees, t+from, first, n, values, out)
	}
}

// addSlots adds the values of the slots that some rows have reached in a tree.
func (s *Sum[T]) addSlots(values []T, t, first int, slots []int32, out [][]T) {
	stride := len(values) / s.dims()
	for d, sum := range out[s.group(t):][:s.dims()] {
		sum, values := sum[first:][:len(slots)], values[d*stride:][:stride]
		for i, k := range slots {
			sum[i] += values[k]
		}
	}
}

// addMany adds the values of some trees, of which t is the first, to n rows.
func (s *Sum[T]) addMany(w *rankScratch, trees []rankTree, t, first, n int, values []T, out [][]T) {
	var done [sumTrees]bool
	var list [sumTrees]sumTree
	stride := len(values) / s.dims()
	for k := range trees {
		if done[k] {
			continue
		}
		to := s.group(t + k)
		for d := range s.dims() {
			some := list[:0]
			for j := k; j < len(trees); j++ {
				if s.group(t+j) == to {
					done[j] = true
					some = append(some, sumTree{unsafe.Pointer(&values[d*stride+int(trees[j].slots)]), unsafe.Pointer(&w.many[j])})
				} else if s.dims() > 1 { // outputs of groups may overlap
					break
				}
			}
			addEnds(some, out[to+d][first:][:n])
		}
	}
}

// sumTrees is the number of trees whose leaves are found before they are added, so
// that sums stay in registers meanwhile.
const sumTrees = 16

// sumTree is a tree that is to be added: where its values begin, and the number of
// the leaf of each row.
type sumTree struct{ values, ends unsafe.Pointer }

// addEnds adds the values of trees, in order, to the sums of rows. Leaves are
// numbered in bytes.
func addEnds[T float32 | float64](trees []sumTree, sums []T) {
	size := unsafe.Sizeof(sums[0])
	i := 0
	if hasMux && len(sums) >= 16 {
		i = len(sums) &^ 15
		switch sums := any(&sums[0]).(type) {
		case *float64:
			addEnds64(&trees[0], len(trees), sums, i)
		case *float32:
			addEnds32(&trees[0], len(trees), sums, i)
		}
	}
	for ; i+8 <= len(sums); i += 8 {
		o := (*[8]T)(sums[i:])
		s0, s1, s2, s3, s4, s5, s6, s7 := o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7]
		for k := range trees {
			v, e := trees[k].values, unsafe.Add(trees[k].ends, i)
			s0 += *(*T)(unsafe.Add(v, uintptr(*(*uint8)(e))*size))
			s1 += *(*T)(unsafe.Add(v, uintptr(*(*uint8)(unsafe.Add(e, 1)))*size))
			s2 += *(*T)(unsafe.Add(v, uintptr(*(*uint8)(unsafe.Add(e, 2)))*size))
			s3 += *(*T)(unsafe.Add(v, uintptr(*(*uint8)(unsafe.Add(e, 3)))*size))
			s4 += *(*T)(unsafe.Add(v, uintptr(*(*uint8)(unsafe.Add(e, 4)))*size))
			s5 += *(*T)(unsafe.Add(v, uintptr(*(*uint8)(unsafe.Add(e, 5)))*size))
			s6 += *(*T)(unsafe.Add(v, uintptr(*(*uint8)(unsafe.Add(e, 6)))*size))
			s7 += *(*T)(unsafe.Add(v, uintptr(*(*uint8)(unsafe.Add(e, 7)))*size))
		}
		o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7] = s0, s1, s2, s3, s4, s5, s6, s7
	}
	for ; i < len(sums); i++ {
		for k := range trees {
			sums[i] += *(*T)(unsafe.Add(trees[k].values, uintptr(*(*uint8)(unsafe.Add(trees[k].ends, i)))*size))
		}
	}
}
