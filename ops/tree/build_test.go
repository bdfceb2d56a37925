package tree

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/testseed"
	"leapscore/ops/column"
)

// boosterShape is how random trees of Build come out.
type boosterShape struct {
	features    int
	depth       int     // greatest
	ragged      float64 // chance of a leaf before that
	categorical float64 // chance of a categorical split
	categories  int
	cuts        int     // different thresholds of a feature; 0: any number
	missing     Missing // the greatest kind
	zeroMissing float64 // chance of zero as missing
}

// boosterTree makes a random tree of Build, whose nodes lie in no special order
// but for the root.
func (g *grower) boosterTree(s *boosterShape) []Node {
	var nodes []Node
	var grow func(depth int) int32
	grow = func(depth int) int32 {
		at := int32(len(nodes))
		if depth == 0 || g.Float64() < s.ragged {
			nodes = append(nodes, Node{Left: -1, Right: -1})
			return at
		}
		n := Node{Feature: int32(g.IntN(s.features)), Threshold: g.number(), Missing: Missing(g.IntN(int(s.missing) + 1))}
		if s.cuts > 0 {
			n.Threshold = math.Float64frombits(math.Float64bits(float64(g.IntN(s.cuts)-s.cuts/2) / 4))
		}
		n.ZeroMissing = g.Float64() < s.zeroMissing
		if g.Float64() < s.categorical {
			n.Categories = make([]uint64, g.IntN(s.categories/64+2))
			for i := range n.Categories {
				n.Categories[i] = g.Uint64()
			}
			n.InLeft = g.IntN(2) == 0
		}
		nodes = append(nodes, n)
		if g.IntN(2) == 0 {
			nodes[at].Left = grow(depth - 1)
			nodes[at].Right = grow(depth - 1)
		} else {
			nodes[at].Right = grow(depth - 1)
			nodes[at].Left = grow(depth - 1)
		}
		return at
	}
	grow(s.depth)
	return nodes
}

// leafNumbers are the numbers of the nodes that are leaves.
func leafNumbers(trees [][]Node) [][]int32 {
	numbers := make([][]int32, len(trees))
	next := int32(0)
	for t, nodes := range trees {
		numbers[t] = make([]int32, len(nodes))
		for i, n := range nodes {
			if n.Left < 0 {
				numbers[t][i] = next
				next++
			}
		}
	}
	return numbers
}

// descend is the definition of Node, and independent of the package's ways.
func descend(nodes []Node, row []float64) int {
	i := int32(0)
	for nodes[i].Left >= 0 {
		n := &nodes[i]
		x := math.NaN()
		if int(n.Feature) < len(row) {
			x = row[n.Feature]
		}
		gone := math.IsNaN(x) || n.ZeroMissing && math.Abs(x) <= float64(float32(1e-35))
		if gone && n.Missing == MissingAsZero {
			x, gone = 0, false
		}
		left := n.Missing == MissingLeft
		if !gone {
			left = x <= n.Threshold
			if n.Categories != nil {
				in := false
				if c := math.Trunc(x); c >= 0 && c < float64(64*len(n.Categories)) && (x >= 0 || n.InLeft) {
					in = n.Categories[int(c)>>6]&(1<<(uint(c)&63)) != 0
				}
				left = in == n.InLeft
			}
		}
		if i = n.Right; left {
			i = n.Left
		}
	}
	return int(i)
}

// boosterValue is a value of a feature: often one that a split is about.
func (g *grower) boosterValue(s *boosterShape) float64 {
	switch g.IntN(12) {
	case 0:
		return math.NaN()
	case 1:
		return math.Copysign(0, float64(g.IntN(2))-0.5)
	case 2:
		return float64(float32(1e-35)) * float64(g.IntN(3)-1) * (1 + float64(g.IntN(2))*0x1p-23)
	case 3, 4:
		return float64(g.IntN(s.categories+70)) - 3
	case 5:
		return float64(g.IntN(s.categories+70)) - 3 + g.Float64()
	case 6, 7:
		return float64(g.IntN(max(s.cuts, 4))-s.cuts/2) / 4
	default:
		return g.number()
	}
}

// boosterRows makes n rows as Rows of columns and of vectors, and as lists.
func (g *grower) boosterRows(s *boosterShape, n int, absent float64) (byColumn, byVector *Rows, rows [][]float64) {
	byColumn, byVector = &Rows{Columns: make([][]float64, s.features)}, &Rows{Absent: absent}
	for f := range byColumn.Columns {
		byColumn.Columns[f] = make([]float64, n)
	}
	b := column.NewVectorBuilder(memory.DefaultAllocator, n, s.features)
	rows = make([][]float64, n)
	sparse := g.IntN(2) == 0
	for i := range rows {
		var idx []int32
		var val []float64
		for f := range byColumn.Columns {
			x := absent
			if !sparse && g.IntN(3) > 0 || g.IntN(15) == 0 {
				x = g.boosterValue(s)
				idx, val = append(idx, int32(f)), append(val, x)
			}
			byColumn.Columns[f][i] = x
			rows[i] = append(rows[i], x)
		}
		if g.IntN(16) > 0 && sparse || g.IntN(2) == 0 {
			b.AppendSparse(s.features, idx, val)
		} else {
			copy(b.Dense(s.features), rows[i])
		}
	}
	vs := column.ViewVectors(b.Array())
	byVector.Vectors = &vs
	return byColumn, byVector, rows
}

var boosterShapes = []boosterShape{
	{features: 1, depth: 0},
	{features: 3, depth: 1, missing: MissingAsZero, zeroMissing: 0.5},
	{features: 20, depth: 6},
	{features: 20, depth: 6, ragged: 0.1, missing: MissingLeft, cuts: 40},
	{features: 5, depth: 8, ragged: 0.2, missing: MissingAsZero, zeroMissing: 0.3, cuts: 300},
	{features: 8, depth: 6, ragged: 0.1, missing: MissingLeft, categorical: 0.5, categories: 30},
	{features: 8, depth: 7, ragged: 0.1, missing: MissingAsZero, zeroMissing: 0.3, categorical: 0.5, categories: 900, cuts: 10},
	{features: 9, depth: 12, missing: MissingLeft, cuts: 5000},
	{features: 9, depth: 11, ragged: 0.05, missing: MissingAsZero, categorical: 0.3, categories: 200},
	{features: 30, depth: 60, ragged: 0.45, missing: MissingLeft, cuts: 60},
	{features: 700, depth: 6, missing: MissingLeft, cuts: 4},
}

func TestTreesOfBuildReachTheLeavesOfTheirDefinition(t *testing.T) {
	for k, s := range boosterShapes {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) {
			g := &grower{Rand: testseed.Rand(t, 11, uint64(k))}
			trees := make([][]Node, 1+g.IntN(30))
			for i := range trees {
				trees[i] = g.boosterTree(&s)
			}
			e, err := Build(trees)
			if err != nil {
				t.Fatal(err)
			}
			numbers := leafNumbers(trees)
			absent := []float64{0, math.NaN()}[g.IntN(2)]
			byColumn, byVector, rows := g.boosterRows(&s, 1+g.IntN(2*Block), absent)
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
