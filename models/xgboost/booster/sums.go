package booster

import "leapscore/ops/tree"

// StoredBase is the base score of the binary form, as it is stored.
func (b *Booster) StoredBase() float32 { return b.stored }

// TreesOf is the number of trees of an output.
func (b *Booster) TreesOf(output int) (n int) {
	for t := range b.Trees() {
		if b.group(t) == output {
			n++
		}
	}
	return n
}

// Sums adds up trees, or gblinear's terms, from zero, as the library xgboost-predictor
// does (GBTree.java, Dart.java, GBLinear.java): of each output the first trees up to a
// limit, 0 being all. The weights of dart are counted within an output, from the
// first weight on.
func (b *Booster) Sums(r *tree.Rows, limit int) [][]float32 {
	sums := table[float32](b.Outputs, r.N)
	if b.trees == nil {
		b.addLinear(r, 0, sums)
		return sums
	}
	place, leaf := b.places()
	b.trees.Walk(r, func(t, first int, leaves []int32) {
		if limit != 0 && place[t] >= limit {
			return
		}
		sum := sums[b.group(t)][first:]
		for i, at := range leaves {
			v := b.sum.Values[at]
			if b.drop != nil {
				v = float32(b.drop[place[t]] * b.plain[t][at-leaf[t]])
			}
			sum[i] += v
		}
	})
	return sums
}

// places returns of each tree its place among those of its output, and the number of
// its first leaf.
func (b *Booster) places() (place []int, leaf []int32) {
	counted := make([]int, b.Outputs)
	next := int32(0)
	for t := range b.Trees() {
		g := b.group(t)
		place, leaf = append(place, counted[g]), append(leaf, next)
		counted[g]++
		if b.drop != nil {
			next += int32(len(b.plain[t]))
		}
	}
	return place, leaf
}

// Since tells whether the file was written by a version, or a later one.
func (b *Booster) Since(major, minor int32) bool { return b.number.since(major, minor) }
