package blas

import (
	"fmt"
	"testing"
)

var sink float64

func BenchmarkDot(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := seeded(n)
			x, y := s.dense(n, 0), s.dense(n, 0)
			for b.Loop() {
				sink += Dot(x, y)
			}
		})
	}
}

func BenchmarkSdot(b *testing.B) {
	for _, n := range []int{10, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := seeded(n)
			x, y := s.floats(n, 0), s.floats(n, 0)
			for b.Loop() {
				sink += float64(Sdot(x, y))
			}
		})
	}
}

func BenchmarkDotSparse(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := seeded(n)
			idx, vals := s.sparse(n, 0)
			y := s.dense(n, 0)
			for b.Loop() {
				sink += DotSparse(idx, vals, y)
			}
		})
	}
}

func BenchmarkGemv(b *testing.B) {
	for _, shape := range [][2]int{{3, 50}, {100, 100}} {
		m, n := shape[0], shape[1]
		s := seeded(m, n)
		a, x, y := s.dense(m*n, 0), s.dense(n, 0), s.dense(m, 0)
		b.Run(fmt.Sprintf("N/%dx%d", m, n), func(b *testing.B) {
			for b.Loop() {
				GemvN(m, n, 1, a, x, 0, y)
			}
		})
		b.Run(fmt.Sprintf("T/%dx%d", m, n), func(b *testing.B) {
			for b.Loop() {
				GemvT(m, n, 1, a, y, 0, x)
			}
		})
	}
}

func BenchmarkGemmColumns(b *testing.B) {
	const m, k = 64, 100
	for _, n := range []int{1, 64} {
		b.Run(fmt.Sprintf("%dx%dx%d", m, n, k), func(b *testing.B) {
			s := seeded(m, n, k)
			a, x, c := s.dense(m*k, 0), s.dense(k*n, 0), s.dense(m*n, 0)
			for b.Loop() {
				GemmColumns(m, n, k, 1, a, x, 0, c)
			}
			b.ReportMetric(float64(m*n*k)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "fma/ns")
		})
	}
}
