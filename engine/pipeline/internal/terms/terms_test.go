package terms

import (
	"math"
	"math/rand/v2"
	"testing"

	"leapscore/internal/testseed"
)

// values are rows with all kinds of numbers.
func values(r *rand.Rand, n int) []float64 {
	odd := []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), math.SmallestNonzeroFloat64, -math.MaxFloat64, math.MaxFloat64, 1e-310}
	v := make([]float64, n)
	for i := range v {
		if v[i] = r.NormFloat64() * math.Exp(40*r.NormFloat64()); r.IntN(4) == 0 {
			v[i] = odd[r.IntN(len(odd))]
		}
	}
	return v
}

func same(a, b []float64) bool {
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) && !(math.IsNaN(a[i]) && math.IsNaN(b[i])) {
			return false
		}
	}
	return len(a) == len(b)
}

func TestLanesGiveTheBitsOfPlainCode(t *testing.T) {
	r := testseed.Rand(t, 1, 2)
	for try := range 2000 {
		n := r.IntN(200)
		x, sums, c := values(r, n), values(r, n), values(r, 3)
		codes := make([]int32, n)
		for i := range codes {
			codes[i] = int32(r.IntN(3))
		}
		for _, f := range []struct {
			name        string
			fast, plain func(sums []float64)
		}{
			{"AddScaled", func(s []float64) { AddScaled(s, x, c[0], c[1], c[2]) }, func(s []float64) { addScaled(s, x, c[0], c[1], c[2]) }},
			{"AddProduct", func(s []float64) { AddProduct(s, x, c[0]) }, func(s []float64) { addProduct(s, x, c[0]) }},
			{"Scale", func(s []float64) { Scale(s, x, c[0], c[1]) }, func(s []float64) { scaleRows(s, x, c[0], c[1]) }},
			{"AddByCode", func(s []float64) { AddByCode(s, codes, c) }, func(s []float64) {
				for row, code := range codes {
					s[row] += c[code]
				}
			}},
		} {
			got, want := append([]float64{}, sums...), append([]float64{}, sums...)
			f.fast(got)
			f.plain(want)
			if !same(got, want) {
				t.Fatalf("try %d: %s of %d rows with %v: %v, want %v", try, f.name, n, c, got, want)
			}
		}
	}
}

func BenchmarkAddScaled(b *testing.B) {
	x, sums := make([]float64, 1024), make([]float64, 1024)
	for _, c := range []struct {
		name string
		add  func(sums, x []float64, mean, scale, coef float64)
	}{{"lanes", AddScaled}, {"plain", addScaled}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(8 * 1024)
			for b.Loop() {
				c.add(sums, x, 1, 2, 3)
			}
		})
	}
}
