package tree

import (
	"math/rand/v2"
	"testing"
	"time"

	"leapscore/internal/testcpu"
)

// leafWise makes a tree of that many leaves, each split below the leaf that comes
// up, with thresholds among cuts.
func (g *grower) leafWise(leaves, features, cuts int) []Node {
	nodes := []Node{{Left: -1}}
	open := []int32{0}
	for len(open) < leaves {
		k := g.IntN(len(open))
		at := open[k]
		n := int32(len(nodes))
		nodes[at] = Node{Left: n, Right: n + 1, Feature: int32(g.IntN(features)), Threshold: float64(g.IntN(cuts)-cuts/2) / float64(cuts) * 4, Missing: Missing(g.IntN(2))}
		nodes = append(nodes, Node{Left: -1}, Node{Left: -1})
		open[k] = n
		open = append(open, n+1)
	}
	return nodes
}

// complete makes a tree of 1<<depth leaves.
func (g *grower) complete(depth, features, cuts int) []Node {
	nodes := make([]Node, 1<<(depth+1)-1)
	for i := range nodes {
		nodes[i] = Node{Left: -1}
		if i < 1<<depth-1 {
			t := g.NormFloat64()
			if cuts > 0 {
				t = float64(g.IntN(cuts)-cuts/2) / float64(cuts) * 4
			}
			nodes[i] = Node{Left: int32(2*i + 1), Right: int32(2*i + 2), Feature: int32(g.IntN(features)), Threshold: t, Missing: Missing(g.IntN(2))}
		}
	}
	return nodes
}

func BenchmarkBoosters(b *testing.B) {
	for _, c := range []struct {
		name     string
		trees    int
		features int
		tree     func(g *grower) []Node
	}{
		{"500x6", 500, 20, func(g *grower) []Node { return g.complete(6, 20, 250) }},
		{"1000x255", 1000, 20, func(g *grower) []Node { return g.leafWise(255, 20, 250) }},
		{"100x12", 100, 20, func(g *grower) []Node { return g.leafWise(2500, 20, 250) }},
		{"bushy 100x10", 100, 20, func(g *grower) []Node { return g.complete(10, 20, 0) }},
		{"bushy 50x12", 50, 20, func(g *grower) []Node { return g.complete(12, 20, 0) }},
	} {
		g := &grower{Rand: rand.New(rand.NewPCG(5, 6))}
		trees := make([][]Node, c.trees)
		for i := range trees {
			trees[i] = c.tree(g)
		}
		e, err := Build(trees)
		if err != nil {
			b.Fatal(err)
		}
		const rows = 1 << 15
		r := &Rows{Columns: make([][]float64, c.features), N: Block}
		for f := range r.Columns {
			r.Columns[f] = make([]float64, rows)
			for i := range r.Columns[f] {
				r.Columns[f][i] = g.NormFloat64()
			}
		}
		sum := &Sum[float64]{Values: make([]float64, e.LeafCount())}
		out := [][]float64{make([]float64, Block)}
		run := func(b *testing.B, plain bool) {
			done, from := 0, time.Duration(0)
			sum.Add(e, r, out) // lays the trees out
			from = testcpu.Time()
			for b.Loop() {
				r.From = done % rows
				if plain {
					e.walkPlain(r, func(t, first int, leaves []int32) { sum.fold(t, first, leaves, out) })
				} else {
					sum.Add(e, r, out)
				}
				done += Block
			}
			b.ReportMetric(float64((testcpu.Time()-from).Nanoseconds())/float64(done*e.Trees()), "cpu-ns/row/tree")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(done*e.Trees()), "ns/row/tree")
			b.ReportMetric(0, "ns/op")
		}
		b.Run(c.name+"/ranks", func(b *testing.B) { run(b, false) })
		b.Run(c.name+"/plain", func(b *testing.B) { run(b, true) })
	}
}
