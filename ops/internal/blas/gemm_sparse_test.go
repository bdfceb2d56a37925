package blas

import (
	"math"
	"testing"
)

func TestProductOfSparseVectorHasTheBitsOfTheDenseOne(t *testing.T) {
	tiny := 0
	for m := 1; m < 20; m++ {
		for _, n := range []int{1, 5, 700, 60_000} {
			for _, kind := range []int{0, 1, 3} {
				s := seeded(8, m, n, kind)
				a, y := s.dense(m*n, kind), s.dense(m, 0)
				idx, vals := s.sparse(n, kind)
				for i := range y {
					switch s.next() >> 62 {
					case 0:
						y[i] = math.Copysign(0, -1)
					case 1: // a sum that underflows to zero
						a[int(s.next()%uint64(n))*m+i] = -0x1p-1000
						tiny++
					}
				}
				if kind == 3 { // sums of which all products underflow
					for i := range a {
						a[i] *= 0x1p-500
					}
				}
				x := make([]float64, n)
				for k, i := range idx {
					x[i] = vals[k]
				}
				got, want := clone(y), clone(y)
				GemmSparse(m, n, a, idx, vals, got)
				GemmColumns(m, 1, n, 1, a, x, 1, want)
				if digest(got...) != digest(want...) {
					t.Errorf("%d x %d of kind %d: %v, want %v", m, n, kind, got, want)
				}
			}
		}
	}
	if tiny == 0 {
		t.Error("no tiny weight: the sums test little")
	}
}

func TestInfinitiesAndNaNAreNotFinite(t *testing.T) {
	if !AllFinite([]float64{0, -math.MaxFloat64, math.SmallestNonzeroFloat64}) || !AllFinite(nil) {
		t.Error("finite values are said to be not")
	}
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if AllFinite([]float64{1, x, 2}) {
			t.Errorf("%v is said to be finite", x)
		}
	}
}
