package blas

import "math"

// Limits of Java8BLAS.dgemmK: products of fewer than smallGemm terms run as one
// chain per element, others cut the chain into blocks of blockK terms.
const (
	smallGemm = 100 * 100 * 100
	blockK    = 500
)

// GemmNN computes C = alpha*A*B + beta*C for A of m x k, B of k x n and C of
// m x n, as Java11BLAS.dgemm with "N", "N" does.
//
// In a small product (m*n*k below a million) each element is one fused sum over
// k ascending, from zero, then fma(alpha, sum, beta*c), or alpha*sum if beta is
// 0. In a larger one C is scaled first, k is cut into blocks of 500, and each
// block's fused sum is added to c with one more fma. So how a row is scored may
// depend on how many are scored together: see GemmColumns.
func GemmNN(m, n, k int, alpha float64, a, b []float64, beta float64, c []float64) {
	// int32 arithmetic, because an overflow in Java decides the path too.
	small := int32(m)*int32(n)*int32(k) < smallGemm
	gemm(m, n, k, alpha, a, b, beta, c, small)
}

// GemmColumns computes the n columns of C like GemmNN, with each column rounded
// as if it were multiplied alone, as in n products of m x k by k x 1. This is
// the form for a batch of rows that the reference scores one at a time.
func GemmColumns(m, n, k int, alpha float64, a, b []float64, beta float64, c []float64) {
	gemm(m, n, k, alpha, a, b, beta, c, smallColumn(m, k))
}

// smallColumn reports whether the product of an m x k matrix and one column is a small
// one. It has int32 arithmetic as GemmNN has.
func smallColumn(m, k int) bool { return int32(m)*int32(k) < smallGemm }

func gemm(m, n, k int, alpha float64, a, b []float64, beta float64, c []float64, small bool) {
	if len(a) != m*k || len(b) != k*n || len(c) != m*n {
		panic("blas: the lengths of three matrices do not fit")
	}
	if m == 0 || n == 0 {
		return
	}
	if alpha == 0 || k == 0 {
		scaleBy(beta, c)
		return
	}
	p := product{m: m, k: k, alpha: alpha, a: a, b: b, beta: beta, c: c}
	if small {
		p.to = k
		p.run(n)
		return
	}
	scaleBy(beta, c)
	p.beta = 1
	for p.from = 0; p.from < k; p.from += blockK {
		p.to = min(p.from+blockK, k)
		p.run(n)
	}
}

// product is a matrix product over the terms from <= i < to.
type product struct {
	m, k     int
	from, to int
	alpha    float64
	a, b     []float64
	beta     float64
	c        []float64
}

// run computes every element, in tiles of four rows by two columns: the fused
// sums of a tile do not depend on each other and run side by side.
func (p *product) run(n int) {
	m := p.m
	col := 0
	for ; col+2 <= n; col += 2 {
		b0, b1 := p.column(col), p.column(col+1)
		c0, c1 := p.c[col*m:(col+1)*m], p.c[(col+1)*m:(col+2)*m]
		row := 0
		for ; row+4 <= m; row += 4 {
			p.tile4x2(row, b0, b1, c0[row:row+4], c1[row:row+4])
		}
		for ; row < m; row++ {
			c0[row] = p.element(row, b0, c0[row])
			c1[row] = p.element(row, b1, c1[row])
		}
	}
	if col < n {
		b0, c0 := p.column(col), p.c[col*m:(col+1)*m]
		row := 0
		for ; row+8 <= m; row += 8 {
			p.tile8(row, b0, c0[row:row+8])
		}
		for ; row < m; row++ {
			c0[row] = p.element(row, b0, c0[row])
		}
	}
}

// column returns the terms of one column of B.
func (p *product) column(col int) []float64 {
	return p.b[col*p.k+p.from : col*p.k+p.to]
}

func (p *product) tile4x2(row int, b0, b1, c0, c1 []float64) {
	var s00, s10, s20, s30, s01, s11, s21, s31 float64
	b1 = b1[:len(b0)]
	a, m := p.a[p.from*p.m+row:], p.m
	for i, x0 := range b0 {
		x1 := b1[i]
		as := a[i*m : i*m+4 : i*m+4]
		s00 = math.FMA(as[0], x0, s00)
		s10 = math.FMA(as[1], x0, s10)
		s20 = math.FMA(as[2], x0, s20)
		s30 = math.FMA(as[3], x0, s30)
		s01 = math.FMA(as[0], x1, s01)
		s11 = math.FMA(as[1], x1, s11)
		s21 = math.FMA(as[2], x1, s21)
		s31 = math.FMA(as[3], x1, s31)
	}
	c0, c1 = c0[:4], c1[:4]
	c0[0], c0[1] = p.finish(s00, c0[0]), p.finish(s10, c0[1])
	c0[2], c0[3] = p.finish(s20, c0[2]), p.finish(s30, c0[3])
	c1[0], c1[1] = p.finish(s01, c1[0]), p.finish(s11, c1[1])
	c1[2], c1[3] = p.finish(s21, c1[2]), p.finish(s31, c1[3])
}

func (p *product) tile8(row int, b, c []float64) {
	var s0, s1, s2, s3, s4, s5, s6, s7 float64
	a, m := p.a[p.from*p.m+row:], p.m
	for i, x := range b {
		as := a[i*m : i*m+8 : i*m+8]
		s0 = math.FMA(as[0], x, s0)
		s1 = math.FMA(as[1], x, s1)
		s2 = math.FMA(as[2], x, s2)
		s3 = math.FMA(as[3], x, s3)
		s4 = math.FMA(as[4], x, s4)
		s5 = math.FMA(as[5], x, s5)
		s6 = math.FMA(as[6], x, s6)
		s7 = math.FMA(as[7], x, s7)
	}
	c = c[:8]
	c[0], c[1] = p.finish(s0, c[0]), p.finish(s1, c[1])
	c[2], c[3] = p.finish(s2, c[2]), p.finish(s3, c[3])
	c[4], c[5] = p.finish(s4, c[4]), p.finish(s5, c[5])
	c[6], c[7] = p.finish(s6, c[6]), p.finish(s7, c[7])
}

func (p *product) element(row int, b []float64, c float64) float64 {
	var s float64
	a, m := p.a[p.from*p.m+row:], p.m
	for i, x := range b {
		s = math.FMA(a[i*m], x, s)
	}
	return p.finish(s, c)
}

// finish adds a sum to its element of C.
func (p *product) finish(s, c float64) float64 {
	if p.beta == 0 {
		return p.alpha * s
	}
	return math.FMA(p.alpha, s, p.beta*c)
}
