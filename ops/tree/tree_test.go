package tree

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/bundle"
	"leapscore/internal/testseed"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// grower makes random trees.
type grower struct {
	*rand.Rand
	features    int
	depth       int     // greatest
	ragged      float64 // chance of a leaf before that
	categorical float64 // chance of a categorical split
	arity       int     // categories from 0 on; if 0, odd ones too
}

var thresholds = []float64{0, math.Copysign(0, -1), 0.5, -1.5, 1, 2, math.Inf(1), math.Inf(-1), math.NaN(), 5e-324, -5e-324, math.MaxFloat64, 1e17}

func (g *grower) number() float64 {
	if g.IntN(2) == 0 {
		return thresholds[g.IntN(len(thresholds))]
	}
	return g.NormFloat64()
}

func (g *grower) tree(depth int, nodes []bundle.TreeNode) []bundle.TreeNode {
	if depth == 0 || g.Float64() < g.ragged {
		return append(nodes, bundle.TreeNode{Leaf: true, Values: []float64{g.number()}})
	}
	n := bundle.TreeNode{Feature: int32(g.IntN(g.features)), Threshold: g.number()}
	if g.Float64() < g.categorical {
		n.Categorical, n.IsLeft = true, g.IntN(2) == 0
		for range 1 + g.IntN(max(g.arity, 5)) {
			c := float64(g.IntN(max(g.arity, 4)))
			if g.arity == 0 && g.IntN(4) == 0 {
				c = g.number()
			}
			n.Categories = append(n.Categories, c)
		}
	}
	at := len(nodes)
	nodes = append(nodes, n)
	nodes = g.tree(depth-1, nodes)
	nodes[at].Left, nodes[at].Right = int32(at)+1, int32(len(nodes))
	return g.tree(depth-1, nodes)
}

func (g *grower) ensemble(t testing.TB, trees int) *Ensemble {
	parts := make([]*Ensemble, trees)
	for i := range parts {
		p, err := New(g.tree(g.depth, nil))
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = p
	}
	e, err := Join(parts)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// rows makes a column of n vectors: dense, sparse, null and too short ones.
func (g *grower) rows(n int) column.Vectors {
	b := column.NewVectorBuilder(memory.DefaultAllocator, n, g.features)
	value := func() float64 {
		if g.IntN(3) == 0 {
			return float64(g.IntN(max(g.arity, 4)))
		}
		return g.number()
	}
	for range n {
		switch size := g.features + g.IntN(2); g.IntN(12) {
		case 0:
			b.AppendNull()
		case 1:
			size = g.IntN(g.features + 1)
			fallthrough
		case 2, 3, 4, 5, 6:
			for i := range b.Dense(size) {
				_ = i
			}
		default:
			var idx []int32
			var val []float64
			for i := range size {
				if g.IntN(3) == 0 {
					idx, val = append(idx, int32(i)), append(val, value())
				}
			}
			b.AppendSparse(size, idx, val)
		}
	}
	v := column.ViewVectors(b.Array())
	for i := range n {
		if r := v.Row(i); r.Dense {
			for k := range r.Values {
				r.Values[k] = value()
			}
		}
	}
	return v
}

// answers are the leaves of all rows in all trees, and the refused rows.
type answers struct {
	Leaves  [][]int32 // by tree
	Refused []int
}

func collect(e *Ensemble, vs *column.Vectors, walk func(*Rows, func(tree, first int, leaves []int32))) answers {
	a := answers{Leaves: make([][]int32, e.Trees())}
	for from := 0; from < vs.Len(); from += Block {
		r := &Rows{Vectors: vs, From: from, N: min(Block, vs.Len()-from)}
		r.Refuse = func(row int, format string, args ...any) { a.Refused = append(a.Refused, row) }
		walk(r, func(tree, first int, leaves []int32) {
			if len(a.Leaves[tree]) != from+first {
				panic(fmt.Sprintf("rows from %d of tree %d after %d rows", from+first, tree, len(a.Leaves[tree])))
			}
			a.Leaves[tree] = append(a.Leaves[tree], leaves...)
		})
	}
	slices.Sort(a.Refused)
	a.Refused = slices.Compact(a.Refused)
	return a
}

func TestKernelsReachTheLeavesOfThePlainWalk(t *testing.T) {
	rng := testseed.Rand(t, 1, 2)
	arities := []int{0, 0, 2, 12, 63, 64, 300}
	for _, depth := range []int{0, 1, 2, 3, 5, 6, 8, 9, 14} {
		for _, ragged := range []float64{0, 0.15, 0.4} {
			for _, categorical := range []float64{0, 0.3, 1} {
				if depth > 9 && ragged == 0 {
					continue
				}
				t.Run(fmt.Sprintf("depth %d ragged %v categorical %v", depth, ragged, categorical), func(t *testing.T) {
					g := &grower{rng, 1 + rng.IntN(30), depth, ragged, categorical, arities[rng.IntN(len(arities))]}
					e := g.ensemble(t, 1+rng.IntN(12))
					vs := g.rows(1 + rng.IntN(600))
					want := collect(e, &vs, func(r *Rows, f func(int, int, []int32)) { e.walkPlain(r, f) })
					for _, bits := range everyKernel() {
						e.fast = new(lazyPlan)
						force(e, bits)
						if d := cmp.Diff(want, collect(e, &vs, e.Walk)); d != "" {
							t.Errorf("Walk, %v (-plain +kernels):\n%s", bits, d)
						}
						sums(t, NewRegression(e), &vs, want)
					}
					for _, vectors := range []bool{false, true} {
						if forceRanks(e, vectors); e.fast.ranks.Load() == nil { // of odd categories
							continue
						}
						if d := cmp.Diff(want, collect(e, &vs, e.Walk)); d != "" {
							t.Errorf("Walk by ranks, vectors %v (-plain +kernels):\n%s", vectors, d)
						}
						sums(t, NewRegression(e), &vs, want)
					}
				})
			}
		}
	}
}

// force gives e a plan whether it pays or not.
func force(e *Ensemble, bits *bitKernel) *plan {
	e.fast.claimed.Store(true)
	e.fast.once.Do(func() { e.fast.plan = layOut(e, bits) })
	return e.fast.plan
}

// sums compares Sum and Dot with sums of the leaves that the plain walk found.
func sums(t *testing.T, e *Regression, vs *column.Vectors, plain answers) {
	weights := make([]float64, e.Trees())
	for i := range weights {
		weights[i] = math.Sqrt(float64(i)) - 1
	}
	var sum, dot [Block]float64
	for from := 0; from < vs.Len(); from += Block {
		r := &Rows{Vectors: vs, From: from, N: min(Block, vs.Len()-from), Refuse: func(int, string, ...any) {}}
		e.Sum(r, sum[:])
		e.Dot(r, weights, dot[:])
		for i := range r.N {
			p := make([]float64, e.Trees())
			for tree := range p {
				p[tree] = e.Leaves()[plain.Leaves[tree][from+i]][0]
			}
			want := p[0]
			for _, x := range p[1:] {
				want += x
			}
			if !same(sum[i], want) || !same(dot[i], blas.Dot(p, weights)) {
				t.Fatalf("row %d: sum %v and dot product %v of %v, want %v and %v", from+i, sum[i], dot[i], p, want, blas.Dot(p, weights))
			}
		}
	}
}

func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
}

func TestTreesOnManyFeaturesOfWideSparseRows(t *testing.T) {
	g := &grower{testseed.Rand(t, 3, 4), 3_000_000, 6, 0.1, 0.1, 0}
	e := g.ensemble(t, 5)
	b := column.NewVectorBuilder(memory.DefaultAllocator, 0, 0)
	for range 300 {
		var idx []int32
		for _, f := range force(e, fastestBits()).features {
			if g.IntN(2) == 0 {
				idx = append(idx, f, f+1)
			}
		}
		slices.Sort(idx)
		idx = slices.Compact(idx)
		val := make([]float64, len(idx))
		for i := range val {
			val[i] = g.number()
		}
		b.AppendSparse(g.features+1, idx, val)
	}
	vs := column.ViewVectors(b.Array())
	want := collect(e, &vs, func(r *Rows, f func(int, int, []int32)) { e.walkPlain(r, f) })
	if d := cmp.Diff(want, collect(e, &vs, e.Walk)); d != "" {
		t.Error("Walk (-plain +kernels):\n", d)
	}
}

func TestNoPlanWhereItWouldNotPay(t *testing.T) {
	split := func(feature int32) *Ensemble {
		e, err := New([]bundle.TreeNode{
			{Feature: feature, Left: 1, Right: 2}, {Leaf: true, Values: []float64{1}}, {Leaf: true, Values: []float64{2}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	for _, c := range []struct {
		name string
		e    *Ensemble
		n    int
		want bool
	}{
		{"a block", split(3), Block, true},
		{"single rows", split(3), 1, false},
		{"a feature far out", split(maxFeature), Block, false},
		{"a feature that no vector has", split(-1), Block, false},
		{"a leaf that refuses", split(3).Refusing(func(v []float64) bool { return v[0] == 2 }), Block, false},
	} {
		if got := c.e.planFor(c.n) != nil; got != c.want {
			t.Errorf("%s: plan %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTreesThatAreNoTreesAreRefused(t *testing.T) {
	leaf := bundle.TreeNode{Leaf: true}
	for name, nodes := range map[string][]bundle.TreeNode{
		"no node":          {},
		"left elsewhere":   {{Left: 2, Right: 1}, leaf, leaf},
		"left is late":     {{Left: 2, Right: 3}, leaf, leaf, leaf},
		"left is itself":   {{Left: 0, Right: 2}, leaf, leaf},
		"right is itself":  {{Left: 1, Right: 0}, leaf, leaf},
		"right is left":    {{Left: 1, Right: 1}, leaf, leaf},
		"right is outside": {{Left: 1, Right: 3}, leaf, leaf},
	} {
		if _, err := New(nodes); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func BenchmarkTrees(b *testing.B) {
	for _, c := range []struct {
		name string
		g    grower
		n    int
	}{
		{"500x6", grower{features: 20, depth: 6}, 500},
		{"500x6 ragged", grower{features: 20, depth: 6, ragged: 0.1}, 500},
		{"500x6 categorical", grower{features: 20, depth: 6, categorical: 0.2, arity: 12}, 500},
		{"500x6 binary", grower{features: 20, depth: 6, categorical: 0.2, arity: 2}, 500},
		{"20x5", grower{features: 13, depth: 5}, 20},
		{"1x5", grower{features: 13, depth: 5}, 1},
		{"100x12 ragged", grower{features: 20, depth: 12, ragged: 0.1}, 100},
		{"50x25 ragged", grower{features: 20, depth: 25, ragged: 0.3}, 50},
		{"100x6 wide", grower{features: 2000, depth: 6}, 100},
	} {
		c.g.Rand = rand.New(rand.NewPCG(5, 6))
		e := NewRegression(c.g.ensemble(b, c.n))
		rows := min(1<<16, 1<<24/c.g.features&^(Block-1))
		values := column.NewVectorBuilder(memory.DefaultAllocator, rows, c.g.features)
		for range rows {
			for i, row := 0, values.Dense(c.g.features); i < len(row); i++ {
				row[i] = c.g.NormFloat64()
			}
		}
		vs := column.ViewVectors(values.Array())
		out := make([]float64, Block)
		run := func(b *testing.B, sum func(r *Rows)) {
			done := 0
			for b.Loop() {
				from := done % rows
				sum(&Rows{Vectors: &vs, From: from, N: Block})
				done += Block
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(done*e.Trees()), "ns/row/tree")
			b.ReportMetric(0, "ns/op")
		}
		b.Run(c.name+"/kernels", func(b *testing.B) {
			run(b, func(r *Rows) { e.Sum(r, out) })
		})
		b.Run(c.name+"/plain", func(b *testing.B) {
			run(b, func(r *Rows) {
				e.walkPlain(r, func(_, first int, leaves []int32) {
					for i, l := range leaves {
						out[first+i] += e.values[l]
					}
				})
			})
		})
	}
}

// everyKernel returns the kernels that this processor can run, and nil for none.
func everyKernel() []*bitKernel {
	all := []*bitKernel{nil}
	for i := range bitKernels {
		all = append(all, &bitKernels[i])
	}
	return all
}

func TestVectorCodeGivesTheLeavesOfThePlainOne(t *testing.T) {
	rng := testseed.Rand(t, 7, 8)
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), math.SmallestNonzeroFloat64, -1, 1}
	for range 300 {
		columns := 1 + rng.IntN(5)
		group := columns * lanes
		x := make([]float64, bitGroups*group)
		for i := range x {
			x[i] = odd[rng.IntN(len(odd))]
		}
		splits := make([]bitSplit, rng.IntN(maxBitLeaves))
		for i := range splits {
			splits[i] = bitSplit{odd[rng.IntN(len(odd))], rng.Uint64() | rng.Uint64() | 1, uint64(rng.IntN(columns)) * lanes * 8}
		}
		var got, want [bitRows]int32
		base := rng.Int32()/2 - 5
		bitSlotsPlain(splits, x, group, base, want[:])
		for _, k := range bitKernels {
			k.slots(unsafe.SliceData(splits), len(splits), &x[0], uintptr(group)*8, base, &got)
			if got != want {
				t.Fatalf("%s, %d splits, %d columns:\n%v, want\n%v", k.name, len(splits), columns, got, want)
			}
		}
	}
}

// bitSlotsPlain is a bitKernel in Go: the reference for the vector code.
func bitSlotsPlain(splits []bitSplit, x []float64, group int, base int32, out []int32) {
	for i := range out {
		in := ^uint64(0)
		rows := x[i/lanes*group:]
		for _, s := range splits {
			if !(rows[int(s.at)/8+i%lanes] <= s.threshold) {
				in &= s.keep
			}
		}
		n := int32(0)
		for in>>(maxBitLeaves-1) == 0 {
			in, n = in<<1, n+1
		}
		out[i] = base + n
	}
}
