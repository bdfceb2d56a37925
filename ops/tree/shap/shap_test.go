package shap

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"leapscore/internal/testseed"
	"leapscore/ops/tree"
)

// value is one of out, which are the values of e's used features.
func value(e *Trees, out [][]float64, output, feature, row int) float64 {
	at, ok := slices.BinarySearch(e.Used(), int32(feature))
	if !ok {
		return 0
	}
	return out[output*len(e.Used())+at][row]
}

// explain returns the values of all rows.
func explain(t testing.TB, m *Model, cols [][]float64, n int) (*Trees, [][]float64) {
	t.Helper()
	e, err := New(m)
	if err != nil {
		t.Fatal(err)
	}
	out := make([][]float64, e.Outputs()*len(e.Used()))
	for i := range out {
		out[i] = make([]float64, n)
	}
	e.Explain(cols, 0, n, out)
	return e, out
}

func TestEveryWayGivesTheValuesOfTheDefinition(t *testing.T) {
	for _, c := range []struct {
		columns, depth, trees, dims int
		empty                       float64
	}{
		{1, 1, 1, 1, 0}, {3, 3, 4, 1, 0}, {6, 5, 5, 1, 0}, {6, 6, 3, 3, 0}, {4, 9, 3, 1, 0}, {30, 12, 2, 1, 0},
		{6, 5, 5, 1, 0.2}, {5, 7, 3, 2, 0.1}, {3, 0, 3, 2, 0},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			g := grower{testseed.Rand(t, 1, 1), c.columns, c.dims, c.empty}
			m := &Model{Columns: c.columns, Outputs: 3, Dims: c.dims, Base: []float64{1, 2, 3}}
			for i := range c.trees {
				tr := g.tree(c.depth)
				tr.Output = i % (4 - c.dims)
				m.Trees = append(m.Trees, tr)
			}
			checkPlain(t, m, g.rows(70), 70)
		})
	}
}

// checkPlain compares Explain with plain.
func checkPlain(t *testing.T, m *Model, cols [][]float64, n int) {
	t.Helper()
	e, out := explain(t, m, cols, n)
	for row := range n {
		phi, bias := plain(m, cols, row)
		for o := range phi {
			checkNear(t, fmt.Sprintf("bias of output %d", o), e.Bias()[o], bias[o])
			for f, want := range phi[o] {
				checkNear(t, fmt.Sprintf("row %d, output %d, feature %d", row, o, f), value(e, out, o, f, row), want)
			}
		}
	}
}

func checkNear(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-12*max(1, math.Abs(want))) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestThePlainWayGivesTheSumsOverAllSets(t *testing.T) {
	g := grower{testseed.Rand(t, 1, 2), 6, 1, 0.05}
	m := &Model{Columns: 6, Outputs: 1}
	for range 4 {
		m.Trees = append(m.Trees, g.tree(6))
	}
	cols := g.rows(20)
	for row := range 20 {
		phi, _ := plain(m, cols, row)
		for f, want := range brute(m, cols, row, 0) {
			checkNear(t, fmt.Sprintf("row %d, feature %d", row, f), phi[0][f], want)
		}
	}
}

func TestValuesSumToTheMargin(t *testing.T) {
	g := grower{testseed.Rand(t, 1, 3), 10, 1, 0.05}
	m := &Model{Columns: 10, Outputs: 1, Base: []float64{0.5}}
	for range 20 {
		m.Trees = append(m.Trees, g.tree(9))
	}
	cols := g.rows(100)
	e, out := explain(t, m, cols, 100)
	for row := range 100 {
		margin, sum := 0.5, e.Bias()[0]
		for i := range m.Trees {
			margin += valueOf(&m.Trees[i], cols, row)
		}
		for f := range out {
			sum += out[f][row]
		}
		checkNear(t, fmt.Sprintf("sum of row %d", row), sum, margin)
	}
}

// valueOf is the value of the leaf that a row comes to.
func valueOf(t *Tree, cols [][]float64, row int) (v float64) {
	ways(t, func(leaf, number int32, way []int32) {
		g := fractions(t, make([]int32, len(cols)), cols, row, way, leaf)
		if len(way) == 0 || g.one[0] == 1 {
			v = t.Values[number]
		}
	})
	return v
}

// symmetric makes a tree of one split a level.
func (g *grower) symmetric(depth int) (t Tree) {
	levels := make([]tree.Node, depth)
	for k := range levels {
		levels[k] = tree.Node{Feature: int32(g.IntN(g.columns)), Threshold: g.NormFloat64()}
	}
	var grow func(level int, cover float64) int32
	grow = func(level int, cover float64) int32 {
		at := int32(len(t.Nodes))
		t.Nodes = append(t.Nodes, tree.Node{Left: -1, Right: -1})
		t.Cover = append(t.Cover, cover)
		if level == depth {
			for range g.dims {
				t.Values = append(t.Values, g.NormFloat64())
			}
			return at
		}
		share := g.Float64()
		n := levels[level]
		n.Left = grow(level+1, cover*share)
		n.Right = grow(level+1, cover*(1-share))
		t.Nodes[at] = n
		return at
	}
	grow(0, 1)
	return t
}

func TestSymmetricTreesGiveTheValuesOfTheDefinition(t *testing.T) {
	g := grower{testseed.Rand(t, 1, 4), 7, 2, 0}
	m := &Model{Columns: 7, Outputs: 2, Dims: 2, Features: 5, Owners: [][]int32{{0}, {1}, {0, 2}, {0, 2}, {3}, {4}, {1, 3, 4}}}
	for _, depth := range []int{1, 3, 6, 8, 9} {
		m.Trees = append(m.Trees, g.symmetric(depth))
	}
	e, err := New(m)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range e.plans {
		if (p.byLeaf != nil) != (i < 4) {
			t.Errorf("tree %d of depth %d has a table: %t", i, p.levels, p.byLeaf != nil)
		}
	}
	checkPlain(t, m, g.rows(100), 100)
}

func TestARowHasTheSameValuesInEveryBatch(t *testing.T) {
	g := grower{testseed.Rand(t, 1, 5), 7, 1, 0}
	m := &Model{Columns: 7, Outputs: 1, Trees: []Tree{g.symmetric(5), g.tree(7)}}
	cols := g.rows(200)
	e, all := explain(t, m, cols, 200)
	one := make([][]float64, len(all))
	for i := range one {
		one[i] = make([]float64, 3)
	}
	for row := range 198 {
		e.Explain(cols, row, 3, one)
		for f := range all {
			for k := range 3 {
				if one[f][k] != all[f][row+k] {
					t.Fatalf("row %d, feature %d: %v, in a batch of 200 %v", row+k, f, one[f][k], all[f][row+k])
				}
			}
		}
	}
}

func TestNewRefusesWhatIsNoTree(t *testing.T) {
	split := tree.Node{Left: 1, Right: 2}
	leaf := tree.Node{Left: -1}
	for want, m := range map[string]Model{
		"tree 0: covers of 2 nodes, want 3":                         {Columns: 1, Outputs: 1, Trees: []Tree{{Nodes: []tree.Node{split, leaf, leaf}, Cover: []float64{1, 1}, Values: []float64{1, 2}}}},
		"tree 0: node 1 has the cover NaN":                          {Columns: 1, Outputs: 1, Trees: []Tree{{Nodes: []tree.Node{split, leaf, leaf}, Cover: []float64{1, math.NaN(), 1}, Values: []float64{1, 2}}}},
		"tree 0: 1 values of leaves, want 2":                        {Columns: 1, Outputs: 1, Trees: []Tree{{Nodes: []tree.Node{split, leaf, leaf}, Cover: []float64{1, 1, 0}, Values: []float64{1}}}},
		"tree 0: node 0 reads column 0 of 0":                        {Outputs: 1, Trees: []Tree{{Nodes: []tree.Node{split, leaf, leaf}, Cover: []float64{1, 1, 0}, Values: []float64{1, 2}}}},
		"tree 0: adds to output 1, want at most 0":                  {Columns: 1, Outputs: 1, Trees: []Tree{{Output: 1}}},
		"tree 0: a way to a leaf has more than 512 splits":          {Columns: 1, Outputs: 1, Trees: []Tree{chain(600)}},
		"tree 0: node 0 has more than one parent":                   {Columns: 1, Outputs: 1, Trees: []Tree{{Nodes: []tree.Node{{Left: 0, Right: 1}, leaf}, Cover: []float64{1, 1}, Values: []float64{1}}}},
		"2 base values, want 1":                                     {Outputs: 1, Base: []float64{1, 2}},
		"owners of 1 columns, want 2":                               {Columns: 2, Owners: [][]int32{{0}}, Features: 1},
		"column 0 has the owners [1], want a sorted list of 0 to 0": {Columns: 1, Owners: [][]int32{{1}}, Features: 1},
	} {
		if _, err := New(&m); err == nil || err.Error() != want {
			t.Errorf("New says %v, want %s", err, want)
		}
	}
}

// chain is a tree of n splits below each other.
func chain(n int) (t Tree) {
	for i := range int32(n) {
		t.Nodes = append(t.Nodes, tree.Node{Left: 2*i + 1, Right: 2*i + 2}, tree.Node{Left: -1})
		t.Cover = append(t.Cover, 1, 1)
		t.Values = append(t.Values, 1)
	}
	t.Nodes = append(t.Nodes, tree.Node{Left: -1})
	t.Cover = append(t.Cover, 1)
	t.Values = append(t.Values, 1)
	return t
}

func TestQuadratureIsExact(t *testing.T) {
	for n := 1; n <= maxPath/2; n++ {
		for _, degree := range []int{0, 1, n / 2, n, 2*n - 1} {
			sum := 0.0
			for _, q := range quadrature(n) {
				sum += q.weight * math.Pow(q.t, float64(degree))
			}
			checkNear(t, fmt.Sprintf("integral of x^%d by %d points", degree, n), sum, 1/float64(degree+1))
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	g := grower{rand.New(rand.NewPCG(1, 1)), 20, 1, 0}
	for _, depth := range []int{4, 6, 8, 12} {
		m := &Model{Columns: 20, Outputs: 1}
		for range 10 {
			m.Trees = append(m.Trees, g.tree(depth))
		}
		sym := &Model{Columns: 20, Outputs: 1}
		for range 10 {
			sym.Trees = append(sym.Trees, g.symmetric(min(depth, 8)))
		}
		cols := g.rows(1024)
		for name, m := range map[string]*Model{"tree": m, "symmetric": sym} {
			b.Run(fmt.Sprintf("%s-%d", name, depth), func(b *testing.B) {
				e, out := explain(b, m, cols, 1024)
				b.ResetTimer()
				for b.Loop() {
					e.Explain(cols, 0, 1024, out)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1024/10, "ns/row/tree")
			})
		}
	}
}

func TestLinearGivesTheTerms(t *testing.T) {
	l := NewLinear([]float32{0.1, 2, 0, 0, -1, 0.5}, []float32{0.25, -1})
	if !slices.Equal(l.Used(), []int32{0, 2}) || l.Outputs() != 2 || !slices.Equal(l.Bias(), []float64{0.25, -1}) {
		t.Errorf("used %v, %d outputs, bias %v", l.Used(), l.Outputs(), l.Bias())
	}
	cols := [][]float64{{9, 3, math.NaN()}, nil, {9, 0, 4}}
	out := [][]float64{make([]float64, 2), make([]float64, 2), make([]float64, 2), make([]float64, 2)}
	l.Explain(cols, 1, 2, out)
	want := [][]float64{{float64(float32(3) * float32(0.1)), 0}, {0, -4}, {6, 0}, {0, 2}}
	for k := range want {
		if !slices.Equal(out[k], want[k]) {
			t.Errorf("series %d is %v, want %v", k, out[k], want[k])
		}
	}
	row := make([]float32, 8)
	l.Row([]float64{3, 7, math.NaN()}, row)
	if want := []float32{float32(3) * float32(0.1), 0, 0, 0.25, 6, 0, 0, -1}; !slices.Equal(row, want) {
		t.Errorf("row is %v, want %v", row, want)
	}
}
