package blas

import "testing"

func TestChainsHaveTheBitsOfBothProductsOfAMatrix(t *testing.T) {
	for m := 1; m < 40; m++ {
		for n := 1; n < 14; n++ {
			for kind := range 4 {
				s := seeded(12, m, n, kind)
				a, xn, xm := s.dense(m*n, kind), s.dense(n, kind), s.dense(m, kind)
				checkChains(t, "N", m, n, a, xn, func(y []float64) { GemvN(m, n, 1, a, xn, 0, y) })
				checkChains(t, "T", m, n, a, xm, func(y []float64) { GemvT(m, n, 1, a, xm, 0, y) })
			}
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
		if digest(got[i]) != digest(w) {
			t.Fatalf("Chains as Gemv%s of %d x %d: output %d is %v, want %v", trans, m, n, i, got[i], w)
		}
	}
}
