package tree

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow/memory"

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
	{features: 9000, depth: 14, missing: MissingLeft}, // more features than a segment has columns
}
