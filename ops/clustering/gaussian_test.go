package clustering

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
	"leapscore/ops/internal/javamath"
)

// plainDensity is the density of one distribution at x, by itself.
func plainDensity(g *gaussian, x []float64) float64 {
	v := append([]float64(nil), g.mean...)
	blas.GemvN(g.size, g.size, -1, g.root, x, 1, v)
	return javamath.Exp(g.logScale - float64(0.5*blas.Dot(v, v)))
}

// plainProbabilities are those of the components at x.
func plainProbabilities(k *gaussianMixture, x []float64) []float64 {
	p := make([]float64, len(k.components))
	var sum float64
	for i := range p {
		p[i] = epsilon + float64(k.weights[i]*plainDensity(&k.components[i], x))
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

func randomMixture(r *rand.Rand, components, size int) *gaussianMixture {
	k := &gaussianMixture{probability: true}
	for range components {
		mean, root, cov := make([]float64, size), make([]float64, size*size), make([]float64, size*size)
		for i := range mean {
			mean[i] = 2 * r.NormFloat64()
		}
		for i := range root {
			root[i] = r.NormFloat64()
		}
		for i := range size {
			for j := range size {
				for m := range size {
					cov[i+j*size] += root[i+m*size] * root[j+m*size]
				}
			}
		}
		k.components = append(k.components, newGaussian(mean, cov))
		k.weights = append(k.weights, r.Float64())
	}
	k.matrix, k.means = stack(k.components)
	return k
}

// randomRows returns rows of which some are sparse, and their values.
func randomRows(r *rand.Rand, rows, size int, sparse bool) (arrow.Array, [][]float64) {
	b := column.NewVectorBuilder(memory.DefaultAllocator, rows, size)
	all := make([][]float64, rows)
	for row := range all {
		all[row] = make([]float64, size)
		var at []int32
		var values []float64
		for i := range size {
			if r.IntN(3) > 0 {
				all[row][i] = 3 * r.NormFloat64()
				at, values = append(at, int32(i)), append(values, all[row][i])
			}
		}
		if sparse && r.IntN(2) == 0 {
			b.AppendSparse(size, at, values)
		} else {
			b.AppendDense(all[row])
		}
	}
	return b.Array(), all
}

func TestRowsOfMixturesTogetherHaveTheBitsOfEachAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, size := range []int{1, 2, 3, 4, 5, 9, 20} {
		for _, rows := range []int{1, 3, 64, 200} {
			for _, sparse := range []bool{false, true} {
				k := randomMixture(r, 1+r.IntN(12), size)
				in, xs := randomRows(r, rows, size, sparse)
				out, err := k.Eval(&ops.Batch{Mem: memory.DefaultAllocator, Len: rows}, []arrow.Array{in})
				if err != nil {
					t.Fatal(err)
				}
				got := column.ViewVectors(out[1])
				for row, x := range xs {
					want := plainProbabilities(k, x)
					for i, p := range got.Row(row).Values {
						if math.Float64bits(p) != math.Float64bits(want[i]) {
							t.Fatalf("%d components of %d, row %d of %d: probability %d is %v, want %v", len(want), size, row, rows, i, p, want[i])
						}
					}
					if at := out[0].(*array.Int32).Value(row); at != argmax(want) {
						t.Fatalf("%d components of %d, row %d of %d: prediction %d, want %d", len(want), size, row, rows, at, argmax(want))
					}
				}
			}
		}
	}
}

func BenchmarkGaussianMixture(b *testing.B) {
	const rows = 8192
	r := rand.New(rand.NewPCG(1, 1))
	k := randomMixture(r, 10, 20)
	in, xs := randomRows(r, rows, 20, false)
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			for _, x := range xs {
				plainProbabilities(k, x)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
	})
	b.Run("together", func(b *testing.B) {
		for b.Loop() {
			out, _ := k.Eval(&ops.Batch{Mem: memory.DefaultAllocator, Len: rows}, []arrow.Array{in})
			out[0].Release()
			out[1].Release()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
	})
}
