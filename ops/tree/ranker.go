package tree

import "slices"

// ranker lays the trees of an ensemble out by ranks.
type ranker struct {
	*rankPlan
	e       *Ensemble
	depth   []int32 // by node: the depth of the subtree below
	seg     *segment
	columns map[source]int
	order   []int32
}

// newRankPlan lays e out, or returns nil if that cannot be done.
func newRankPlan(e *Ensemble, vectors bool) *rankPlan {
	if e.features > maxFeature || len(e.nodes) > maxNodes {
		return nil
	}
	stretches := cut(e, vectors)
	if stretches == nil && len(e.roots) > 0 {
		return nil
	}
	b := ranker{rankPlan: &rankPlan{e: e, boosted: e.boosted, slot: make([]int32, e.ends)}, e: e, depth: make([]int32, len(e.nodes))}
	b.segments = make([]segment, len(stretches))
	b.sets = []uint64{0}
	for k := range stretches {
		b.segment(&b.segments[k], &stretches[k])
	}
	b.numberFeatures(e.features)
	b.setPass()
	return b.rankPlan
}

// numberFeatures numbers the columns of values.
func (p *rankPlan) numberFeatures(features int) {
	number := map[int32]int32{}
	for i := range p.segments {
		for k := range p.segments[i].columns {
			c := &p.segments[i].columns[k]
			at, seen := number[c.feature]
			if !seen {
				at = int32(len(p.features))
				number[c.feature] = at
				p.features = append(p.features, c.feature)
			}
			c.values = at
		}
	}
	p.column = slices.Repeat([]int32{-1}, features)
	for at, f := range p.features {
		p.column[f] = int32(at)
	}
}

// segment lays trees out as a segment.
func (b *ranker) segment(s *segment, trees *stretch) {
	b.seg = s
	s.bytes = trees.bytes
	s.columns, b.columns = trees.needs.rankColumns(s.top())
	for t := trees.first; t < trees.end; t++ {
		if trees.plain {
			b.plain(t)
		} else {
			b.tree(t)
		}
	}
}

// top is the greatest rank, which only missing values have.
func (s *segment) top() uint16 {
	if s.bytes {
		return 1<<8 - 1
	}
	return 1<<16 - 1
}

// rankColumns makes the columns of all sources, and numbers them.
func (d *needs) rankColumns(top uint16) (columns []rankColumn, number map[source]int) {
	sources := make([]source, 0, len(d.sources))
	for c := range d.sources {
		sources = append(sources, c)
	}
	slices.SortFunc(sources, source.compare)
	number = map[source]int{}
	for i, c := range sources {
		number[c] = i
		columns = append(columns, d.rankColumn(c, top))
		columns[i].copies = i > 0 && c.category == noCategories && sources[i-1].feature == c.feature && sources[i-1].category == noCategories
	}
	return columns, number
}

// rankColumn makes the column of a source.
func (d *needs) rankColumn(s source, top uint16) rankColumn {
	c := rankColumn{source: s}
	if s.category == noCategories {
		c.setThresholds(d.thresholds[s.feature], top)
		return c
	}
	categories := make([]int32, 0, len(d.categories[s]))
	for i := range d.categories[s] {
		categories = append(categories, i)
	}
	slices.Sort(categories)
	if len(categories) > 0 {
		c.codes = slices.Repeat([]uint16{noneCode}, int(categories[len(categories)-1])+1)
	}
	c.width = noneCode + 1
	for _, k := range categories {
		c.codes[k] = c.width
		c.width++
	}
	return c
}

// compare orders sources by feature, numbers before categories.
func (s source) compare(o source) int {
	less := func(a, b int32) int { return int(a) - int(b) }
	flag := func(b bool) int32 {
		if b {
			return 1
		}
		return 0
	}
	for _, c := range []int{
		less(s.feature, o.feature), less(int32(s.category), int32(o.category)),
		less(flag(s.zeroMissing), flag(o.zeroMissing)), less(int32(s.missing), int32(o.missing)),
	} {
		if c != 0 {
			return c
		}
	}
	return 0
}

// plain gives a tree slots and nothing else.
func (b *ranker) plain(t int) {
	from, to := b.e.nodesOf(t)
	for i := from; i < to; i++ {
		if n := &b.e.nodes[i]; n.right == 0 {
			b.newSlot(n.feature)
		}
	}
	b.seg.trees = append(b.seg.trees, rankTree{form: plainForm})
}

// tree lays a tree out.
func (b *ranker) tree(t int) {
	root, end := b.e.nodesOf(t)
	leaves, categorical := 0, false
	for i := end - 1; i >= root; i-- { // children come after their parents
		n := &b.e.nodes[i]
		if n.right == 0 {
			leaves++
			continue
		}
		b.depth[i] = 1 + max(b.depth[i+1], b.depth[n.right])
		categorical = categorical || n.set != 0
	}
	l := rankTree{depth: b.depth[root]}
	switch {
	case b.seg.bytes:
		b.mux(&l, root)
	case categorical:
		l.form = mixedForm
		b.mixedGraph(&l, root)
	case l.depth <= 3 || l.depth <= maxRankHeapDepth && 1<<l.depth <= 3*leaves:
		l.form = heapForm
		b.heap(&l, root)
	default:
		l.form = graphForm
		b.graph(&l, root)
	}
	b.seg.trees = append(b.seg.trees, l)
}

// newSlot adds a slot of a leaf.
func (b *ranker) newSlot(leaf int32) int32 {
	b.slot[leaf] = int32(len(b.leaf))
	b.leaf = append(b.leaf, leaf)
	return b.slot[leaf]
}

// breadthFirst returns the nodes of a tree level by level, each left child before the
// right one.
func (b *ranker) breadthFirst(root int32) []int32 {
	order := append(b.order[:0], root)
	for i := 0; i < len(order); i++ {
		if n := &b.e.nodes[order[i]]; n.right != 0 {
			order = append(order, order[i]+1, n.right)
		}
	}
	b.order = order
	return order
}

// column returns the column of a split, and the rank below which its rows go
// right; -1 for a categorical split.
func (b *ranker) column(n *node) (column, place int) {
	s := b.e.sourceOf(n)
	column = b.columns[s]
	switch {
	case s.category != noCategories:
		return column, -1
	case n.threshold != n.threshold: // only missing values can go left
		return column, int(b.seg.top())
	}
	return column, b.seg.columns[column].rank(n.threshold)
}

// rightCodes calls f for each code of a category that goes right at a split over a
// column.
func (b *ranker) rightCodes(n *node, column int, f func(code uint16)) {
	c := &b.seg.columns[column]
	in := map[uint16]bool{}
	b.e.listed(n, func(category int32) { in[c.codes[category]] = true })
	if b.missingGoesRight(n, c, in) {
		f(missingCode)
	}
	for k := noneCode; k < c.width; k++ {
		if in[k] != n.isLeft {
			f(k)
		}
	}
}

// missingGoesRight says where a categorical split, with the codes in its set, sends
// missing values.
func (b *ranker) missingGoesRight(n *node, c *rankColumn, in map[uint16]bool) bool {
	switch {
	case !b.e.boosted:
		return n.isLeft
	case n.missing == MissingAsZero:
		code := noneCode
		if len(c.codes) > 0 {
			code = c.codes[0]
		}
		return in[code] != n.isLeft
	}
	return n.missing == MissingRight
}
