package clustering

import (
	"math"
	"math/rand/v2"
	"testing"

	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// plainShares is the inference of one document after the text of OnlineLDAOptimizer: a
// step is a product, the digammas one by one, and another product.
func plainShares(k *ldaLocalModelOp, v column.Vector) []float64 {
	n, words := k.topics, len(v.Values)
	beta := make([]float64, words*n) // column-major
	for i := range words {
		at := i
		if !v.Dense {
			at = int(v.Indices[i])
		}
		for topic := range n {
			beta[topic*words+i] = k.beta[at*n+topic]
		}
	}
	phi, q, weights := make([]float64, words), make([]float64, words), make([]float64, n)
	gamma, theta := append([]float64(nil), k.start...), append([]float64(nil), k.startTheta...)
	norm := func() {
		blas.GemvN(words, n, 1, beta, theta, 0, phi)
		for i := range phi {
			phi[i] += 1e-100
		}
	}
	norm()
	for change := 1.0; change > 1e-3; {
		last := append([]float64(nil), gamma...)
		for i, c := range v.Values {
			q[i] = c / phi[i]
		}
		blas.GemvT(words, n, 1, beta, q, 0, weights)
		for i, x := range theta {
			gamma[i] = float64(x*weights[i]) + k.alpha[i]
		}
		dirichlet(theta, gamma)
		norm()
		change = meanDistance(gamma, last)
	}
	if total := blas.Norm1(gamma); total != 0 {
		for i := range gamma {
			gamma[i] /= total
		}
	}
	return gamma
}

func randomLDA(r *rand.Rand, words, topics int) *ldaLocalModelOp {
	k := &ldaLocalModelOp{words: words, topics: topics}
	for range words * topics {
		k.beta = append(k.beta, math.Exp(-8*r.Float64()))
	}
	for range topics {
		k.alpha = append(k.alpha, 0.1+r.Float64())
		k.start = append(k.start, 0.8+0.4*r.Float64())
	}
	k.startTheta = make([]float64, topics)
	dirichlet(k.startTheta, k.start)
	k.ordinary = topics != 3 // where zeros are words like others
	return k
}

func randomDocument(r *rand.Rand, words int) column.Vector {
	v := column.Vector{Size: words, Dense: r.IntN(3) == 0}
	if v.Dense {
		v.Size = 1 + r.IntN(words)
	}
	for i := range v.Size {
		if v.Dense || r.IntN(4) == 0 {
			v.Values = append(v.Values, float64(max(0, r.IntN(30)-10)))
			if !v.Dense {
				v.Indices = append(v.Indices, int32(i))
			}
		}
	}
	return v
}

func TestDocumentsTogetherHaveTheBitsOfEachAlone(t *testing.T) {
	for _, topics := range []int{1, 2, 3, 4, 5, 7, 8, 17, 40, 70} {
		r := rand.New(rand.NewPCG(uint64(topics), 3))
		k := randomLDA(r, 40, topics)
		const rows = 60
		got := make([]float64, rows*topics)
		var docs []column.Vector
		answers := make([]int, rows)
		f := inference{k: k, answer: func(row int, problem string) {
			answers[row]++
			if problem != "" {
				t.Fatalf("%d topics: row %d: %s", topics, row, problem)
			}
		}}
		for row := range rows {
			docs = append(docs, randomDocument(r, k.words))
			f.add(row, got[row*topics:(row+1)*topics], docs[row])
		}
		f.finish()
		for row, v := range docs {
			if answers[row] != 1 {
				t.Errorf("%d topics: row %d is answered %d times, want once", topics, row, answers[row])
			}
			if want := plainShares(k, v); !sameBits(got[row*topics:(row+1)*topics], want) {
				t.Fatalf("%d topics: row %d is %v, want %v", topics, row, got[row*topics:(row+1)*topics], want)
			}
		}
	}
}

func BenchmarkLDA(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 3))
	k := randomLDA(r, 2000, 50)
	var docs []column.Vector
	for range 50 {
		v := column.Vector{Size: k.words}
		for i := range k.words {
			if r.IntN(20) == 0 {
				v.Indices, v.Values = append(v.Indices, int32(i)), append(v.Values, float64(1+r.IntN(5)))
			}
		}
		docs = append(docs, v)
	}
	dst := make([]float64, 50)
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			for _, v := range docs {
				plainShares(k, v)
			}
		}
	})
	b.Run("together", func(b *testing.B) {
		for b.Loop() {
			f := inference{k: k, answer: func(int, string) {}}
			for _, v := range docs {
				f.add(0, dst, v)
			}
			f.finish()
		}
	})
}
