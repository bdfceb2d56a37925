package blas

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestChainsHaveTheBitsOfBothProductsOfAMatrix(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	value := func() float64 {
		switch r.IntN(40) {
		case 0:
			return math.Inf(1)
		case 1:
			return math.Copysign(0, -1)
		case 2:
			return 5e-324
		case 3:
			return math.MaxFloat64
		}
		return math.Ldexp(r.NormFloat64(), r.IntN(60)-30)
	}
	for m := 1; m < 40; m++ {
		for n := 1; n < 14; n++ {
			a := make([]float64, m*n)
			for i := range a {
				a[i] = value()
			}
			xn, xm := make([]float64, n), make([]float64, m)
			for i := range xn {
				xn[i] = value()
			}
			for i := range xm {
				xm[i] = value()
			}
			checkChains(t, "N", m, n, a, xn, func(y []float64) { GemvN(m, n, 1, a, xn, 0, y) })
			checkChains(t, "T", m, n, a, xm, func(y []float64) { GemvT(m, n, 1, a, xm, 0, y) })
		}
	}
}

// checkChains compares a product of the m x n matrix a with that of Chains over it packed.
func checkChains(t *testing.T, trans string, m, n int, a, x []float64, gemv func(y []float64)) {
	t.Helper()
	outputs, order := m, FoursOrder(n)
	at := func(lane, term int) float64 { return a[lane+term*m] }
	if trans == "T" {
		outputs, order = n, make([]int, m)
		for i := range order {
			order[i] = i
		}
		at = func(lane, term int) float64 { return a[term+lane*m] }
	}
	want := make([]float64, outputs)
	gemv(want)
	got := make([]float64, LaneLen(outputs))
	packed, terms := make([]float64, len(got)*len(x)), make([]float64, len(x))
	for i, term := range order {
		terms[i] = x[term]
		for lane := range outputs {
			packed[i*len(got)+lane] = at(lane, term)
		}
	}
	Chains(got, packed, terms)
	for i, w := range want {
		if math.Float64bits(got[i]) != math.Float64bits(w) && !(math.IsNaN(got[i]) && math.IsNaN(w)) {
			t.Fatalf("Chains as Gemv%s of %d x %d: output %d is %v, want %v", trans, m, n, i, got[i], w)
		}
	}
}
