package tree

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"leapscore/internal/testseed"
)

func TestTreesOfBuildReachTheLeavesOfTheirDefinition(t *testing.T) {
	for k, s := range boosterShapes {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) {
			g := &grower{Rand: testseed.Rand(t, 11, uint64(k))}
			trees := make([][]Node, 1+g.IntN(30))
			if s.features > 1000 {
				trees = trees[:1]
			}
			for i := range trees {
				trees[i] = g.boosterTree(&s)
			}
			e, err := Build(trees)
			if err != nil {
				t.Fatal(err)
			}
			numbers := leafNumbers(trees)
			absent := []float64{0, math.NaN()}[g.IntN(2)]
			byColumn, byVector, rows := g.boosterRows(&s, 1+g.IntN(min(2*Block, 1<<20/s.features)), absent)
			for k, r := range []*Rows{byColumn, byVector, byColumn, byVector} {
				if forceRanks(e, k < 2); e.fast.ranks.Load() == nil {
					t.Fatal("no plan")
				}
				for _, r.Float32 = range []bool{false, true} {
					checkLeaves(t, e, r, rows, func(tree int, row []float64) int32 {
						return numbers[tree][descend(trees[tree], row)]
					})
				}
			}
		})
	}
}

// forceRanks gives e a plan by ranks, if there is one, with or without vector code.
func forceRanks(e *Ensemble, vectors bool) {
	e.fast = new(lazyPlan)
	e.fast.ranks.Store(newRankPlan(e, vectors && hasMux))
}

// checkLeaves compares the leaves that Walk finds with those of want.
func checkLeaves(t *testing.T, e interface {
	Walk(*Rows, func(int, int, []int32))
}, r *Rows, rows [][]float64, want func(tree int, row []float64) int32) {
	t.Helper()
	for r.From = 0; r.From < len(rows); r.From += Block {
		r.N = min(Block, len(rows)-r.From)
		e.Walk(r, func(tree, first int, leaves []int32) {
			for i, leaf := range leaves {
				row := rows[r.From+first+i]
				if r.Float32 {
					row = slices.Clone(row)
					for k, x := range row {
						row[k] = float64(float32(x))
					}
				}
				if w := want(tree, row); leaf != w {
					t.Fatalf("tree %d, row %d %v: leaf %d, want %d", tree, r.From+first+i, row, leaf, w)
				}
			}
		})
	}
}

func TestHostileTreesAreRefused(t *testing.T) {
	leaf := Node{Left: -1, Right: -1}
	for name, c := range map[string]struct {
		nodes []Node
		want  string
	}{
		"empty":           {nil, "no nodes"},
		"itself":          {[]Node{{Left: 0, Right: 1}, leaf}, "two parents"},
		"loop":            {[]Node{{Left: 1, Right: 2}, {Left: 0, Right: 2}, leaf}, "two parents"},
		"shared":          {[]Node{{Left: 1, Right: 1}, leaf}, "two parents"},
		"left outside":    {[]Node{{Left: 3, Right: 1}, leaf}, "children"},
		"right outside":   {[]Node{{Left: 1, Right: 2}, leaf}, "children"},
		"no right":        {[]Node{{Left: 1, Right: -1}, leaf}, "children"},
		"feature":         {[]Node{{Left: 1, Right: 2, Feature: -1}, leaf, leaf}, "feature"},
		"missing nowhere": {[]Node{{Left: 1, Right: 2, Missing: 3}, leaf, leaf}, "missing"},
	} {
		_, err := Build([][]Node{{leaf}, c.nodes})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "tree 1") {
			t.Errorf("%s: error %v, want one of tree 1 with %q", name, err, c.want)
		}
	}
}

func TestAChainOfAMillionNodesIsBuilt(t *testing.T) {
	nodes := make([]Node, 2_000_001)
	for i := range nodes {
		nodes[i].Left = -1
		if i%2 == 0 && i+2 < len(nodes) {
			nodes[i] = Node{Left: int32(i) + 1, Right: int32(i) + 2, Threshold: float64(i)}
		}
	}
	if _, err := Build([][]Node{nodes}); err != nil {
		t.Fatal(err)
	}
}

func TestSumsAddTreeByTreeInTheirOwnType(t *testing.T) {
	g := &grower{Rand: testseed.Rand(t, 13, 14)}
	s := boosterShapes[4]
	trees := make([][]Node, 21)
	for i := range trees {
		trees[i] = g.boosterTree(&s)
	}
	e, err := Build(trees)
	if err != nil {
		t.Fatal(err)
	}
	checkSum[float32](t, g, e, &s, 0, nil)
	checkSum[float64](t, g, e, &s, 1, nil)
	groups := make([]int32, len(trees))
	for i := range groups {
		groups[i] = int32(i % 3)
	}
	checkSum[float32](t, g, e, &s, 1, groups)
	checkSum[float64](t, g, e, &s, 3, nil)
	checkSum[float32](t, g, e.Slice(4, 17), &s, 2, groups[4:17])
}

func checkSum[T float32 | float64](t *testing.T, g *grower, e *Ensemble, s *boosterShape, dims int, groups []int32) {
	t.Helper()
	sum := &Sum[T]{Dims: dims, Groups: groups, Values: make([]T, e.LeafCount()*max(dims, 1))}
	for i := range sum.Values {
		sum.Values[i] = T(g.NormFloat64())
	}
	r, _, rows := g.boosterRows(s, 200, 0)
	r.N = len(rows)
	out, want := make([][]T, dims+3), make([][]T, dims+3)
	for i := range out {
		out[i], want[i] = make([]T, len(rows)), make([]T, len(rows))
	}
	e.walkPlain(r, func(tree, first int, leaves []int32) {
		group := 0
		if groups != nil {
			group = int(groups[tree])
		}
		for i, leaf := range leaves {
			for d := range max(dims, 1) {
				want[group+d][first+i] += sum.Values[int(leaf)*max(dims, 1)+d]
			}
		}
	})
	for _, vectors := range []bool{false, true} {
		forceRanks(e, vectors)
		for i := range out {
			clear(out[i])
		}
		sum.Add(e, r, out)
		checkSums(t, dims, out, want)
	}
}

func checkSums[T float32 | float64](t *testing.T, dims int, out, want [][]T) {
	t.Helper()
	for i := range out {
		if !slices.Equal(out[i], want[i]) {
			t.Fatalf("%T, %d values a leaf: output %d is %v, want %v", out, dims, i, out[i], want[i])
		}
	}
}

func TestWorkersShareAPlan(t *testing.T) {
	g := &grower{Rand: testseed.Rand(t, 17, 18)}
	s := boosterShapes[4]
	trees := make([][]Node, 40)
	for i := range trees {
		trees[i] = g.boosterTree(&s)
	}
	e, err := Build(trees)
	if err != nil {
		t.Fatal(err)
	}
	sum := &Sum[float64]{Values: make([]float64, e.LeafCount())}
	for i := range sum.Values {
		sum.Values[i] = g.NormFloat64()
	}
	r, _, rows := g.boosterRows(&s, 100, 0)
	want := make([]float64, len(rows))
	r.N = len(rows)
	e.walkPlain(r, func(t, first int, leaves []int32) { sum.fold(t, first, leaves, [][]float64{want}) })
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for range 20 {
				r, out := &Rows{Columns: r.Columns, N: r.N}, make([]float64, len(rows))
				if sum.Add(e, r, [][]float64{out}); !slices.Equal(out, want) {
					t.Errorf("sums %v, want %v", out, want)
				}
			}
		})
	}
	workers.Wait()
}
