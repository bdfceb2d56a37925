package shap

import (
	"math"
	"math/bits"
	"math/rand/v2"

	"leapscore/ops/tree"
)

// plain computes what Explain does from the definition of the path-dependent game: a
// leaf is worth its value if the row passes all tests of the known features, times the
// shares of the features that are not known.
func plain(m *Model, cols [][]float64, row int) (phi [][]float64, bias []float64) {
	byColumn, owners := m.players()
	if byColumn == nil {
		for c := range int32(m.Columns) {
			byColumn, owners = append(byColumn, c), append(owners, []int32{c})
		}
	}
	features := m.Columns
	if m.Owners != nil {
		features = m.Features
	}
	phi = make([][]float64, m.Outputs)
	for o := range phi {
		phi[o] = make([]float64, features)
	}
	bias = make([]float64, m.Outputs)
	copy(bias, m.Base)
	for i := range m.Trees {
		t := &m.Trees[i]
		ways(t, func(node, leaf int32, way []int32) {
			f := fractions(t, byColumn, cols, row, way, node)
			for d := range m.dims() {
				v := t.Values[int(leaf)*m.dims()+d]
				o := t.Output + d
				bias[o] += v * product(f, 0)
				for k, p := range f.players {
					for _, owner := range owners[p] {
						phi[o][owner] += v * (f.one[k] - f.zero[k]) * weightWithout(f, k) / float64(len(owners[p]))
					}
				}
			}
		})
	}
	return phi, bias
}

// ways calls f with each leaf and the nodes above it, from the root.
func ways(t *Tree, f func(node, leaf int32, way []int32)) {
	number := map[int32]int32{}
	for i := range t.Nodes {
		if t.Nodes[i].Left < 0 {
			number[int32(i)] = int32(len(number))
		}
	}
	var visit func(node int32, way []int32)
	visit = func(node int32, way []int32) {
		n := &t.Nodes[node]
		if n.Left < 0 {
			f(node, number[node], way)
			return
		}
		visit(n.Left, append(way[:len(way):len(way)], node))
		visit(n.Right, append(way[:len(way):len(way)], node))
	}
	visit(0, nil)
}

// game is one leaf: its players, and of each whether the row passes and its share.
type game struct {
	players   []int32
	one, zero []float64
}

func fractions(t *Tree, byColumn []int32, cols [][]float64, row int, way []int32, leaf int32) (g game) {
	at := map[int32]int{}
	for i, node := range way {
		n := &t.Nodes[node]
		child := leaf
		if i+1 < len(way) {
			child = way[i+1]
		}
		p := byColumn[n.Feature]
		k, ok := at[p]
		if !ok {
			k = len(g.players)
			at[p] = k
			g.players, g.one, g.zero = append(g.players, p), append(g.one, 1), append(g.zero, 1)
		}
		if t.Cover[node] == 0 {
			g.zero[k] = 0
		} else {
			g.zero[k] *= t.Cover[child] / t.Cover[node]
		}
		if n.GoesLeft(cols[n.Feature][row]) != (child == n.Left) {
			g.one[k] = 0
		}
	}
	return g
}

// product is the worth of a set of players, as bits, for a leaf of value 1.
func product(g game, known uint64) float64 {
	v := 1.0
	for k := range g.players {
		if known>>k&1 != 0 {
			v *= g.one[k]
		} else {
			v *= g.zero[k]
		}
	}
	return v
}

// weightWithout is the sum over sets of the other players of their product, each with the set's Shapley
// weight; sums[k] is the sum of products over the sets of k players.
func weightWithout(g game, without int) float64 {
	sums := []float64{1}
	for j := range g.players {
		if j == without {
			continue
		}
		next := make([]float64, len(sums)+1)
		for k, s := range sums {
			next[k] += s * g.zero[j]
			next[k+1] += s * g.one[j]
		}
		sums = next
	}
	total := 0.0
	for k, s := range sums {
		total += s * shapleyWeight(k, len(g.players))
	}
	return total
}

// shapleyWeight is k!(n-k-1)!/n!.
func shapleyWeight(k, n int) float64 {
	a, _ := math.Lgamma(float64(k + 1))
	b, _ := math.Lgamma(float64(n - k))
	c, _ := math.Lgamma(float64(n + 1))
	return math.Exp(a + b - c)
}

// brute computes the values from all sets of features, by the worth of the whole ensemble.
func brute(m *Model, cols [][]float64, row, output int) (phi []float64) {
	worth := make([]float64, 1<<m.Columns)
	identity := make([]int32, m.Columns)
	for c := range identity {
		identity[c] = int32(c)
	}
	for i := range m.Trees {
		t := &m.Trees[i]
		ways(t, func(node, leaf int32, way []int32) {
			g := fractions(t, identity, cols, row, way, node)
			v := t.Values[int(leaf)*m.dims()+output-t.Output]
			for set := range worth {
				known := uint64(0)
				for k, p := range g.players {
					known |= uint64(set>>p&1) << k
				}
				worth[set] += v * product(g, known)
			}
		})
	}
	phi = make([]float64, m.Columns)
	for set := range worth {
		for f := range phi {
			if set>>f&1 == 0 {
				phi[f] += shapleyWeight(bits.OnesCount(uint(set)), m.Columns) * (worth[set|1<<f] - worth[set])
			}
		}
	}
	return phi
}

// grower makes random trees.
type grower struct {
	*rand.Rand
	columns, dims int
	empty         float64 // share of nodes without cover
}

func (g *grower) tree(depth int) (t Tree) {
	var grow func(depth int, cover float64) int32
	grow = func(depth int, cover float64) int32 {
		at := int32(len(t.Nodes))
		t.Nodes = append(t.Nodes, tree.Node{Left: -1, Right: -1})
		t.Cover = append(t.Cover, cover)
		if depth == 0 || len(t.Nodes) > 1 && g.IntN(8) == 0 {
			for range g.dims {
				t.Values = append(t.Values, g.NormFloat64())
			}
			return at
		}
		share := g.Float64()
		if g.Float64() < g.empty {
			share = 0
		}
		left := grow(depth-1, cover*share)
		right := grow(depth-1, cover*(1-share))
		t.Nodes[at] = tree.Node{Left: left, Right: right, Feature: int32(g.IntN(g.columns)), Threshold: g.NormFloat64()}
		if g.IntN(2) == 0 {
			t.Nodes[at].Missing = tree.MissingLeft
		}
		return at
	}
	grow(depth, 1000)
	return t
}

// rows makes random columns, some of whose values are missing.
func (g *grower) rows(n int) [][]float64 {
	cols := make([][]float64, g.columns)
	for c := range cols {
		cols[c] = make([]float64, n)
		for i := range cols[c] {
			cols[c][i] = g.NormFloat64()
			if g.IntN(10) == 0 {
				cols[c][i] = math.NaN()
			}
		}
	}
	return cols
}
