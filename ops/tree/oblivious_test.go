package tree

import (
	"math"
	"testing"

	"leapscore/internal/testseed"
)

func TestObliviousTreesReachTheLeavesOfTheirDefinition(t *testing.T) {
	for _, s := range []boosterShape{
		{features: 1, depth: 1},
		{features: 20, depth: 6, cuts: 250},
		{features: 30, depth: 10, cuts: 900},
		{features: 9, depth: 16},
	} {
		g := &grower{Rand: testseed.Rand(t, 15, uint64(s.depth))}
		trees := make([][]ObliviousSplit, 1+g.IntN(40))
		first, total := make([]int32, len(trees)), int32(0)
		for i := range trees {
			for range g.IntN(s.depth + 1) {
				border := g.number()
				if s.cuts > 0 {
					border = float64(g.IntN(s.cuts)-s.cuts/2) / 4
				}
				trees[i] = append(trees[i], ObliviousSplit{int32(g.IntN(s.features)), border, g.IntN(3) == 0})
			}
			first[i] = total
			total += 1 << len(trees[i])
		}
		o, err := NewOblivious(trees)
		if err != nil {
			t.Fatal(err)
		}
		if s.depth != 10 {
			o.fast.rows.Store(rowsForRanks)
		}
		absent := []float64{0, math.NaN()}[g.IntN(2)]
		s.categories = 1
		byColumn, byVector, rows := g.boosterRows(&s, 1+g.IntN(2*Block), absent)
		for _, r := range []*Rows{byColumn, byVector} {
			for _, r.Float32 = range []bool{false, true} {
				checkLeaves(t, o, r, rows, func(tree int, row []float64) int32 {
					leaf := first[tree]
					for k, l := range trees[tree] {
						x := row[l.Feature]
						if x > l.Border || math.IsNaN(x) && l.NaNAbove {
							leaf += 1 << k
						}
					}
					return leaf
				})
			}
		}
		checkObliviousSums(t, g, o, rows, byColumn)
		if got := o.LeafCount(); got != int(total) {
			t.Errorf("%d leaves, want %d", got, total)
		}
	}
}

func checkObliviousSums(t *testing.T, g *grower, o *Oblivious, rows [][]float64, r *Rows) {
	t.Helper()
	r.From, r.N = 0, min(len(rows), Block)
	for _, dims := range []int{1, 3} {
		sum := Sum[float64]{Dims: dims, Values: make([]float64, o.LeafCount()*dims)}
		for i := range sum.Values {
			sum.Values[i] = g.NormFloat64()
		}
		out, want := make([][]float64, dims), make([][]float64, dims)
		for d := range out {
			out[d], want[d] = make([]float64, r.N), make([]float64, r.N)
		}
		o.walkPlain(r, func(_, first int, leaves []int32) {
			for i, leaf := range leaves {
				for d := range want {
					want[d][first+i] += sum.Values[int(leaf)*dims+d]
				}
			}
		})
		sum.AddOblivious(o, r, out)
		checkSums(t, dims, out, want)
	}
}
