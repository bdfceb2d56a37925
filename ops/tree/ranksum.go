package tree

import "unsafe"

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
				for _, i := range w.slow {
					w.slots[i] = p.slot[p.e.reach(t, r, r.From+first+int(i))]
				}
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
