package shap

// lanes is how many rows go down a tree side by side.
const lanes = 64

type block = [lanes]float64

// factors are what an edge does at a point of the quadrature, by the state of a row:
// what it multiplies the product with, and the weight of the sum of the leaves below.
type factors struct{ ratio, weight [4]float64 }

// A row's state at an edge. Where it is off the way above, it is off below.
const (
	offAbove = 0 // off the way already at the edge above of the same player
	offHere  = 1
	onWay    = 2
)

// factorsOf computes the factors of all edges, edge by edge and point by point.
func (p *plan) factorsOf(f []factors) []factors {
	f = f[:0]
	for i := range p.edges {
		e := &p.edges[i]
		above := 1.0
		if e.above >= 0 {
			above = p.edges[e.above].share
		}
		for _, q := range p.points {
			f = append(f, factorsAt(q, e.share, above))
		}
	}
	return f
}

// factorsAt is for an edge of share z below one of share above.
func factorsAt(q point, z, above float64) (f factors) {
	rest := 1 - q.t
	on, onAbove := q.t+float64(rest*z), q.t+float64(rest*above)
	f.ratio[onWay] = on / onAbove
	f.ratio[offHere] = rest * z / onAbove
	if above > 0 {
		f.ratio[offAbove] = z / above
	}
	f.weight[onWay] = q.weight * ((1-z)/on - (1-above)/onAbove)
	f.weight[offHere] = q.weight * (-1/rest - (1-above)/onAbove)
	return f
}

// walker takes blocks of rows down trees. It is for one goroutine.
type walker struct {
	plan    *plan
	factors []factors
	left    []uint64  // by split: the rows of the block that go left
	on      []uint64  // by edge: the rows that are on the way of its player
	product []block   // level by level, point by point
	sum     []block   // level by level, dim by dim, point by point
	phi     [][]block // by dim, by player
	state   [lanes]uint8
}

func (w *walker) reset(p *plan) {
	w.plan = p
	w.factors = p.factorsOf(w.factors)
	w.left = grow(w.left, len(p.splits))
	w.on = grow(w.on, len(p.edges))
	w.product = grow(w.product, (p.levels+1)*len(p.points))
	w.sum = grow(w.sum, (p.levels+1)*len(p.points)*p.dims)
	w.phi = grow(w.phi, p.dims)
	for d := range w.phi {
		w.phi[d] = grow(w.phi[d], len(p.players))
	}
}

// grow returns a slice of n elements, s if it has room.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// run computes phi for the rows whose sides are in left.
func (w *walker) run() {
	for d := range w.phi {
		clear(w.phi[d])
	}
	for q := range w.plan.points {
		for i := range w.product[q] {
			w.product[q][i] = 1
		}
	}
	clear(w.sum[:len(w.plan.points)*w.plan.dims])
	w.down(w.plan.root, 0)
}

// down carries the products of a level from a split to the leaves below it, and adds to the sums of the level.
func (w *walker) down(split int32, level int) {
	p := w.plan
	for side := range int32(2) {
		e := 2*split + side
		w.enter(e, w.left[split]^-uint64(side))
		edge := &p.edges[e]
		if edge.leaf >= 0 {
			w.leafEdge(e, level)
			continue
		}
		q := len(p.points)
		src, dst := w.product[level*q:][:q], w.product[(level+1)*q:][:q]
		for k := range dst {
			extend(&dst[k], &src[k], &w.factors[int(e)*q+k].ratio, &w.state)
		}
		clear(w.sum[(level+1)*q*p.dims:][:q*p.dims])
		w.down(edge.split, level+1)
		w.enter(e, w.left[split]^-uint64(side))
		w.collect(e, level)
	}
}

// enter sets the state of each row at an edge, where rows are those that take its side.
func (w *walker) enter(e int32, rows uint64) {
	above := ^uint64(0)
	if a := w.plan.edges[e].above; a >= 0 {
		above = w.on[a]
	}
	on := above & rows
	w.on[e] = on
	for i := range w.state {
		w.state[i] = uint8(above&1 + on&1)
		above >>= 1
		on >>= 1
	}
}

// leafEdge adds the leaf of an edge to the sums of a level and to phi.
func (w *walker) leafEdge(e int32, level int) {
	p := w.plan
	q := len(p.points)
	edge := &p.edges[e]
	var product block
	for k := range q {
		f := &w.factors[int(e)*q+k]
		extend(&product, &w.product[level*q+k], &f.ratio, &w.state)
		for d := range p.dims {
			v := p.values[int(edge.leaf)*p.dims+d]
			addLeaf(&w.phi[d][edge.player], &w.sum[(level*p.dims+d)*q+k], &product, v, &f.weight, &w.state)
		}
	}
}

// collect adds the sums below an edge to those of its level and to phi.
func (w *walker) collect(e int32, level int) {
	p := w.plan
	q := len(p.points)
	for d := range p.dims {
		for k := range q {
			addSum(&w.phi[d][p.edges[e].player], &w.sum[(level*p.dims+d)*q+k], &w.sum[((level+1)*p.dims+d)*q+k],
				&w.factors[int(e)*q+k].weight, &w.state)
		}
	}
}

// The products are rounded before they are added (float64(...)), so that every processor gives the same bits.

func extend(dst, src *block, ratio *[4]float64, state *[lanes]uint8) {
	for i := range dst {
		dst[i] = src[i] * ratio[state[i]&3]
	}
}

func addLeaf(phi, sum, product *block, v float64, weight *[4]float64, state *[lanes]uint8) {
	for i := range product {
		s := float64(product[i] * v)
		sum[i] += s
		phi[i] += float64(s * weight[state[i]&3])
	}
}

func addSum(phi, sum, below *block, weight *[4]float64, state *[lanes]uint8) {
	for i := range below {
		s := below[i]
		sum[i] += s
		phi[i] += float64(s * weight[state[i]&3])
	}
}
