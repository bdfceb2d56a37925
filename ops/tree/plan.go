package tree

import (
	"math"
	"sync"
)

// plan is an ensemble laid out for the kernels. Rows come to it as columns:
//
//   - the features that splits read,
//   - the categories of features of categorical splits, as numbers below 64,
//   - the sides of categorical splits: 0 for the rows that go left, else 1.
//
// A slot is a place where a row can end, numbered across all trees. A leaf has
// one or more slots.
type plan struct {
	features   []int32 // the feature of each column
	column     []int32 // by feature: its column, or -1
	categories []int32 // the column of the feature
	masks      []mask
	sets       []set // the sides of sets that are no masks

	trees      []layout
	thresholds []float64 // of all heaps
	at         []uint32
	graph      []link // of all graphs
	splits     []bitSplit
	kernel     *bitKernel // nil if no tree is in bitsForm

	leaf []int32 // by slot
	slot []int32 // by leaf, one of its slots

	pool sync.Pool // of *scratch
}

// layout is one tree.
type layout struct {
	form   form
	depth  int32
	first  int32 // its first node, in the heaps, the graphs or the splits
	slots  int32 // to add to a node's number for its slot
	splits int32 // their number in bitsForm
}

// form is how a tree is laid out.
type form uint8

const (
	heapForm  form = iota
	graphForm      // without categories
	mixedForm      // with splits on categories
	bitsForm       // as a list of splits
	muxForm        // from its leaves up
	levelForm      // level by level, with one split for all nodes of a level
	plainForm      // not laid out
)

// Bounds beyond which a plan does not pay.
const (
	maxFeature   = 1 << 22 // a table of all features has to be affordable
	maxHeapDepth = 8
	maxNodes     = 1 << 26
)

// newPlan lays e out, or returns nil if that would not pay.
func newPlan(e *Ensemble) *plan {
	if e.features > maxFeature || len(e.nodes) > maxNodes {
		return nil
	}
	p := layOut(e, fastestBits())
	visits := 0
	for _, l := range p.trees {
		visits += int(l.depth)
	}
	// A row pays for every column, whether it comes by a split on it or not.
	if p.columns() > 16+8*visits {
		return nil
	}
	return p
}

// layOut makes the plan, with trees in bitsForm if there is a kernel for them.
func layOut(e *Ensemble, bits *bitKernel) *plan {
	p := &plan{kernel: bits, column: make([]int32, e.features), slot: make([]int32, e.ends)}
	p.pool.New = func() any { return new(scratch) }
	for i := range p.column {
		p.column[i] = -1
	}
	for i := range e.nodes {
		if n := &e.nodes[i]; n.right != 0 {
			p.column[n.feature] = 0
		}
	}
	for f, c := range p.column {
		if c == 0 {
			p.column[f] = int32(len(p.features))
			p.features = append(p.features, int32(f))
		}
	}
	b := builder{e: e, plan: p, depth: make([]int32, len(e.nodes))}
	b.categoricals()
	for t := range e.roots {
		b.tree(t)
	}
	return p
}

func (p *plan) columns() int {
	return len(p.features) + len(p.categories) + len(p.masks) + len(p.sets)
}

// builder lays the trees of an ensemble out.
type builder struct {
	*plan
	e       *Ensemble
	depth   []int32      // by node: the depth of the subtree below
	choices []categorize // by number of a categorical split
}

// tree lays a tree out.
func (b *builder) tree(t int) {
	nodes, root := b.e.nodes, b.e.roots[t]
	end := int32(len(nodes))
	if t+1 < len(b.e.roots) {
		end = b.e.roots[t+1]
	}
	leaves, mixed := 0, false
	for i := end - 1; i >= root; i-- { // children come after their parents
		n := &nodes[i]
		if n.right == 0 {
			leaves++
			continue
		}
		b.depth[i] = 1 + max(b.depth[i+1], b.depth[n.right])
		mixed = mixed || n.set != 0 && b.choices[n.set].mixed
	}
	l := layout{depth: b.depth[root]}
	switch {
	case mixed:
		l.form = mixedForm
	case b.kernel != nil && leaves <= maxBitLeaves:
		l.form = bitsForm
	case l.depth > 3 && (l.depth > maxHeapDepth || 1<<l.depth > 4*leaves):
		l.form = graphForm
	}
	switch l.form {
	case heapForm:
		b.heap(&l, root)
	case bitsForm:
		b.bits(&l, root)
	default:
		b.link(&l, root, int(end-root))
	}
	b.trees = append(b.trees, l)
}

// split returns the threshold and the place of the column for a split, and
// whether the threshold is a mask.
func (b *builder) split(n *node) (threshold float64, at uint32, mixed bool) {
	column := b.column[n.feature]
	threshold = n.threshold
	if n.set != 0 {
		c := &b.choices[n.set]
		column, threshold, mixed = c.column, 0.5, c.mixed
		if mixed {
			threshold = math.Float64frombits(c.mask)
		}
	}
	return threshold, uint32(column) * lanes * 8, mixed
}

// heap lays a tree out as a heap. Below a leaf that ends early there are splits
// that do not matter.
func (b *builder) heap(l *layout, root int32) {
	size := int32(1) << l.depth
	l.first = int32(len(b.thresholds))
	l.slots = int32(len(b.leaf)) - size
	b.thresholds = append(b.thresholds, make([]float64, size)...)
	b.at = append(b.at, make([]uint32, size)...)
	b.leaf = append(b.leaf, make([]int32, size)...)
	thresholds, at, leaf := b.thresholds[l.first:], b.at[l.first:], b.leaf[l.slots+size:]
	b.e.eachOfHeap(root, size, 1, func(i int32, n *node) {
		if i < size {
			thresholds[i], at[i], _ = b.split(n)
			return
		}
		leaf[i-size] = n.feature
		b.slot[n.feature] = l.slots + i
	})
}

// eachOfHeap numbers the nodes of a tree as those of a heap whose leaves are size to
// 2*size-1: the left child of node i is 2i+left, the right one the other of 2i and 2i+1.
// A leaf that ends early comes once for each leaf of the heap that it stands for.
func (e *Ensemble) eachOfHeap(root, size, left int32, f func(i int32, n *node)) {
	var put func(i, at int32)
	put = func(i, at int32) {
		n := &e.nodes[at]
		if i >= size || n.right != 0 {
			f(i, n)
		}
		switch {
		case i >= size:
		case n.right == 0:
			put(2*i, at)
			put(2*i+1, at)
		default:
			put(2*i+left, at+1)
			put(2*i+1-left, n.right)
		}
	}
	put(1, root)
}

// link lays a tree out as a graph, level by level, so that nodes lie together
// that rows read first.
func (b *builder) link(l *layout, root int32, nodes int) {
	l.first, l.slots = int32(len(b.graph)), int32(len(b.leaf))
	order := make([]int32, 1, nodes)
	order[0] = root
	for i := 0; i < len(order); i++ {
		n := &b.e.nodes[order[i]]
		if n.right == 0 {
			b.graph = append(b.graph, link{threshold: math.NaN(), next: uint32(i)})
			b.leaf = append(b.leaf, n.feature)
			b.slot[n.feature] = l.slots + int32(i)
			continue
		}
		threshold, at, mixed := b.split(n)
		next := uint32(len(order))
		if mixed {
			next |= maskBit
		}
		b.graph = append(b.graph, link{threshold, at, next})
		b.leaf = append(b.leaf, 0)
		order = append(order, n.right, order[i]+1)
	}
}
