package blas

import (
	"fmt"
	"math"
	"testing"
)

func TestDotsOfManyRowsHaveTheBitsOfOne(t *testing.T) {
	for n := range 40 {
		for _, ws := range []int{1, 2, 3, 4, 5, 9} {
			checkDots(t, ws, n, 1+(n*5+ws)%27, n%4)
		}
	}
	for _, c := range [][4]int{{7, 2001, 80, 1}, {1, 4097, 30, 2}, {100, 100, 241, 2}, {3, 100_000, 25, 1}, {4, 515, 4, 3}} {
		checkDots(t, c[0], c[1], c[2], c[3])
	}
}

func checkDots(t *testing.T, ws, n, rows, kind int) {
	t.Helper()
	s := seeded(9, ws, n, rows, kind)
	var w [][]float64
	for range ws {
		w = append(w, s.dense(n, kind))
	}
	x, stride := s.rows(n, rows, kind), DotStride(ws)
	out, norms := make([]float64, rows*stride), make([]float64, rows)
	DotRows(w, x, out)
	SquaredNorms(n, x, norms)
	for i := range rows {
		for j := range w {
			if got, want := out[i*stride+j], Dot(x.Row(i, n), w[j]); digest(got) != digest(want) {
				t.Fatalf("%d rows and %d vectors of %d, kind %d: dot of %d and %d is %v, want %v", rows, ws, n, kind, i, j, got, want)
			}
		}
		if got, want := math.Sqrt(norms[i]), Norm2(x.Row(i, n)); digest(got) != digest(want) {
			t.Fatalf("%d rows of %d, kind %d: norm of %d is %v, want %v", rows, n, kind, i, got, want)
		}
	}
}

func TestSingleDotsInVectorCodeHaveTheBitsOfPlainOnes(t *testing.T) {
	for n := 0; n < 200; n += 4 {
		for kind := range 4 {
			s := seeded(11, n, kind)
			x, y := s.floats(n, kind), s.floats(n, kind)
			if got, want := Sdot(x, y), sdotFours(x, y); digest(float64(got)) != digest(float64(want)) {
				t.Errorf("%d of kind %d: %v, want %v", n, kind, got, want)
			}
		}
	}
}

func BenchmarkDotRows(b *testing.B) {
	for _, size := range [][3]int{{100, 100, 240}, {200, 2000, 240}, {1, 100, 240}, {1, 2000, 240}} {
		ws, n, rows := size[0], size[1], size[2]
		s := seeded(ws, n)
		var w [][]float64
		for range ws {
			w = append(w, s.dense(n, 0))
		}
		x := s.rows(n, rows, 0)
		out := make([]float64, rows*DotStride(ws))
		b.Run(fmt.Sprintf("%dx%d", ws, n), func(b *testing.B) {
			measure(b, ws*n*rows, func() { DotRows(w, x, out) })
		})
		b.Run(fmt.Sprintf("%dx%d/alone", ws, n), func(b *testing.B) {
			measure(b, ws*n*rows, func() {
				for i := range rows {
					for j := range w {
						out[i*DotStride(ws)+j] = Dot(x.Row(i, n), w[j])
					}
				}
			})
		})
	}
	s := seeded(1)
	x := s.rows(100, 240, 0)
	out := make([]float64, 240)
	b.Run("norms/100", func(b *testing.B) { measure(b, 100*240, func() { SquaredNorms(100, x, out) }) })
	b.Run("norms/100/alone", func(b *testing.B) {
		measure(b, 100*240, func() {
			for i := range out {
				out[i] = squares(x.Row(i, 100))
			}
		})
	})
}
