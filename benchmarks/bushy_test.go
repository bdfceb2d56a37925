package benchmarks

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"leapscore/internal/testcpu"
	"leapscore/ops/tree"
)

// BenchmarkBushy measures complete trees with random thresholds, the worst that the
// kernels of trees meet, beside a plain walk in C that takes 16 rows down a tree side
// by side, which cc compiles. Both report processor time in ns for each row and tree.
func BenchmarkBushy(b *testing.B) {
	program := filepath.Join(b.TempDir(), "walk")
	if out, err := exec.Command("cc", "-O3", "-march=native", "-o", program, "walk/walk.c").CombinedOutput(); err != nil {
		b.Fatalf("cc: %v\n%s", err, out)
	}
	for _, c := range []struct{ trees, depth int }{{100, 10}, {50, 12}} {
		b.Run(fmt.Sprintf("%dx%d", c.trees, c.depth), func(b *testing.B) {
			e, values := bushy(b, c.trees, c.depth)
			least, peer := 0.0, 0.0
			for b.Loop() {
				least, peer = lesser(least, sumBushy(e, values)), lesser(peer, walkInC(b, program, c.trees, c.depth))
			}
			b.ReportMetric(least, "ns/row/tree")
			b.ReportMetric(peer, "C-ns/row/tree")
			b.ReportMetric(least/peer, "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// lesser is the lesser of two times, of which the first may not be known yet.
func lesser(a, b float64) float64 {
	if a == 0 {
		return b
	}
	return min(a, b)
}

func bushy(tb testing.TB, trees, depth int) (*tree.Ensemble, []float64) {
	tb.Helper()
	rng := rand.New(rand.NewPCG(5, 6))
	all := make([][]tree.Node, trees)
	for t := range all {
		all[t] = make([]tree.Node, 2<<depth-1)
		for i := range all[t] {
			all[t][i] = tree.Node{Left: -1}
			if i < 1<<depth-1 {
				all[t][i] = tree.Node{Left: int32(2*i + 1), Right: int32(2*i + 2), Feature: rng.Int32N(20), Threshold: rng.NormFloat64()}
			}
		}
	}
	e, err := tree.Build(all)
	if err != nil {
		tb.Fatal(err)
	}
	values := make([]float64, e.LeafCount())
	for i := range values {
		values[i] = rng.NormFloat64()
	}
	return e, values
}

// sumBushy returns the processor time of the sums of 16,384 rows, per row and tree.
func sumBushy(e *tree.Ensemble, values []float64) float64 {
	const rows = 16_384
	rng := rand.New(rand.NewPCG(7, 8))
	r := &tree.Rows{Columns: make([][]float64, 20), N: tree.Block}
	for f := range r.Columns {
		r.Columns[f] = make([]float64, rows)
		for i := range r.Columns[f] {
			r.Columns[f][i] = rng.NormFloat64()
		}
	}
	sum, out := &tree.Sum[float64]{Values: values}, [][]float64{make([]float64, tree.Block)}
	sum.Add(e, r, out) // lays the trees out
	from := testcpu.Time()
	for r.From = 0; r.From < rows; r.From += tree.Block {
		sum.Add(e, r, out)
	}
	return float64((testcpu.Time() - from).Nanoseconds()) / rows / float64(e.Trees())
}

func walkInC(tb testing.TB, program string, trees, depth int) float64 {
	tb.Helper()
	out, err := exec.Command(program, strconv.Itoa(trees), strconv.Itoa(depth)).Output()
	if err != nil {
		tb.Fatal(err)
	}
	var ns, sum float64
	if _, err := fmt.Sscan(string(out), &ns, &sum); err != nil {
		tb.Fatal(err)
	}
	return ns
}
