package shap

import "slices"

// Symmetric trees have one split a level. Their values are in a table by leaf if they have at
// most maxTableLevels levels, as long as all tables have at most maxTables values.
const (
	maxTableLevels = 8
	maxTables      = 1 << 25
)

// tableSize is the number of values in the table of a tree, or 0 if it is not symmetric, or too deep.
func (p *plan) tableSize() int {
	if p.root < 0 || p.levels > maxTableLevels || len(p.splits) != 1<<p.levels-1 {
		return 0
	}
	if !p.sameBelow(0, 0) {
		return 0
	}
	return 1 << p.levels * p.dims * len(p.players)
}

// sameBelow reports whether all splits below one, which is on some level, are complete and the
// same as the first of their level, which is that of the leftmost way.
func (p *plan) sameBelow(split int32, level int) bool {
	if !sameSplit(&p.splits[split], &p.splits[level]) {
		return false
	}
	for _, e := range p.edges[2*split:][:2] {
		if e.split < 0 {
			if level != p.levels-1 {
				return false
			}
			continue
		}
		if !p.sameBelow(e.split, level+1) {
			return false
		}
	}
	return true
}

func sameSplit(a, b *split) bool {
	return a.goesLeft == nil && b.goesLeft == nil && a.Feature == b.Feature && a.Threshold == b.Threshold && a.Missing == b.Missing && a.ZeroMissing == b.ZeroMissing &&
		a.InLeft == b.InLeft && (a.Categories == nil) == (b.Categories == nil) && slices.Equal(a.Categories, b.Categories)
}

// fillTable computes the values of all leaves. The index of a leaf has bit k if it is right of the split of level k.
func (p *plan) fillTable(w *walker) {
	w.reset(p)
	leaves := 1 << p.levels
	table := make([]float64, leaves*p.dims*len(p.players))
	for first := 0; first < leaves; first += lanes {
		n := min(lanes, leaves-first)
		w.leftOfLevels(p, first)
		w.run()
		for d := range p.dims {
			for k := range p.players {
				copy(table[(d*len(p.players)+k)*leaves+first:][:n], w.phi[d][k][:n])
			}
		}
	}
	p.byLeaf = table
}

// leftOfLevels sets the sides of rows that come to the leaves first, first+1, ...
func (w *walker) leftOfLevels(p *plan, first int) {
	var set func(split int32, level int)
	set = func(split int32, level int) {
		left := uint64(0)
		for i := range lanes {
			if (first+i)>>level&1 == 0 {
				left |= 1 << i
			}
		}
		w.left[split] = left
		for _, e := range p.edges[2*split:][:2] {
			if e.split >= 0 {
				set(e.split, level+1)
			}
		}
	}
	set(0, 0)
}

// levelSides finds the side of each row at the split of each level.
func (w *walker) levelSides(p *plan, cols [][]float64, from, n int) {
	for i := range p.splits[:p.levels] {
		s := &p.splits[i]
		w.left[i] = s.left(cols[s.Feature][from:][:n])
	}
}

// addTable adds the values of the leaves that rows come to.
func (e *Trees) addTable(p *plan, w *walker, first, n int, out [][]float64) {
	var leaf [lanes]uint8
	for level, left := range w.left[:p.levels] {
		for i := range leaf {
			leaf[i] |= uint8(^left>>i&1) << level
		}
	}
	leaves := 1 << p.levels
	var phi block
	for d := range p.dims {
		for k, player := range p.players {
			table := p.byLeaf[(d*len(p.players)+k)*leaves:][:leaves]
			for i := range n {
				phi[i] = table[leaf[i]]
			}
			e.addShares(out[(p.output+d)*len(e.used):], player, first, phi[:n])
		}
	}
}
