package blas

import "math"

// GemvN computes y = alpha*A*x + beta*y for an m x n matrix A, with len(x) = n
// and len(y) = m, as Java11BLAS.dgemvN. y is scaled first; then the columns are
// added in blocks of four, the last column of a block innermost, and the columns
// that are left one by one. A beta of 0 clears y, whatever it held; with m or n
// equal to 0, y stays as it is.
func GemvN(m, n int, alpha float64, a, x []float64, beta float64, y []float64) {
	checkShape(m, n, a, len(x), len(y))
	if m == 0 || n == 0 {
		return
	}
	scaleBy(beta, y)
	if alpha == 0 {
		return
	}
	col := 0
	for ; col+4 <= n; col += 4 {
		gemvN4(a[col*m:(col+4)*m], alpha*x[col], alpha*x[col+1], alpha*x[col+2], alpha*x[col+3], y)
	}
	for ; col < n; col++ {
		ax := alpha * x[col]
		for row, v := range a[col*m : (col+1)*m] {
			y[row] = math.FMA(ax, v, y[row])
		}
	}
}

// gemvN4 adds four adjacent columns, each times its factor, to y.
func gemvN4(a []float64, x0, x1, x2, x3 float64, y []float64) {
	m := len(y)
	a0, a1, a2, a3 := a[:m:m], a[m:][:m:m], a[2*m:][:m:m], a[3*m:][:m:m]
	for row := range y {
		y[row] = math.FMA(x0, a0[row], math.FMA(x1, a1[row], math.FMA(x2, a2[row], math.FMA(x3, a3[row], y[row]))))
	}
}

// GemvT computes y = alpha*A'*x + beta*y for an m x n matrix A, with len(x) = m
// and len(y) = n, as Java11BLAS.dgemvT: one fused sum from zero for each column,
// then an addition that is not fused. A beta of 0 does not read y; with m or n
// equal to 0, y stays as it is.
func GemvT(m, n int, alpha float64, a, x []float64, beta float64, y []float64) {
	checkShape(m, n, a, len(y), len(x))
	if m == 0 || n == 0 {
		return
	}
	if alpha == 0 {
		scaleBy(beta, y)
		return
	}
	col := 0
	for ; col+4 <= n; col += 4 {
		s0, s1, s2, s3 := chains4(a[col*m:(col+4)*m], x)
		y[col] = combine(alpha, s0, beta, y[col])
		y[col+1] = combine(alpha, s1, beta, y[col+1])
		y[col+2] = combine(alpha, s2, beta, y[col+2])
		y[col+3] = combine(alpha, s3, beta, y[col+3])
	}
	for ; col < n; col++ {
		var s float64
		for row, v := range a[col*m : (col+1)*m] {
			s = math.FMA(x[row], v, s)
		}
		y[col] = combine(alpha, s, beta, y[col])
	}
}

// chains4 returns the fused sums of x times each of four adjacent columns.
func chains4(a, x []float64) (s0, s1, s2, s3 float64) {
	m := len(x)
	a0, a1, a2, a3 := a[:m:m], a[m:][:m:m], a[2*m:][:m:m], a[3*m:][:m:m]
	for row, v := range x {
		s0 = math.FMA(v, a0[row], s0)
		s1 = math.FMA(v, a1[row], s1)
		s2 = math.FMA(v, a2[row], s2)
		s3 = math.FMA(v, a3[row], s3)
	}
	return s0, s1, s2, s3
}

// combine returns alpha*s + beta*y with every step rounded.
func combine(alpha, s, beta, y float64) float64 {
	if beta == 0 {
		return alpha * s
	}
	return float64(alpha*s) + float64(beta*y)
}

// scaleBy multiplies y by beta; 0 clears and 1 does nothing, even for NaN.
func scaleBy(beta float64, y []float64) {
	switch beta {
	case 0:
		clear(y)
	case 1:
	default:
		Scal(beta, y)
	}
}

// GemvNSparse is GemvN for a sparse x with indices below n, as BLAS.scala: per
// row a plain sum over the stored entries, and only then alpha and beta*y. So an
// intercept in y is added last, where GemvN starts from it. With beta 0 the old
// y is still multiplied: it must hold finite numbers, and gives +0.0 for -0.0.
func GemvNSparse(m, n int, alpha float64, a []float64, idx []int32, vals []float64, beta float64, y []float64) {
	checkShape(m, n, a, n, len(y))
	if alpha == 0 {
		if beta != 1 {
			Scal(beta, y)
		}
		return
	}
	vals = vals[:len(idx):len(idx)]
	row := 0
	for ; row+4 <= m; row += 4 {
		var s0, s1, s2, s3 float64
		for k, i := range idx {
			at := int(i)*m + row
			as, v := a[at:at+4:at+4], vals[k]
			s0 += float64(v * as[0])
			s1 += float64(v * as[1])
			s2 += float64(v * as[2])
			s3 += float64(v * as[3])
		}
		ys := y[row : row+4 : row+4]
		ys[0] = float64(s0*alpha) + float64(beta*ys[0])
		ys[1] = float64(s1*alpha) + float64(beta*ys[1])
		ys[2] = float64(s2*alpha) + float64(beta*ys[2])
		ys[3] = float64(s3*alpha) + float64(beta*ys[3])
	}
	for ; row < m; row++ {
		var s float64
		for k, i := range idx {
			s += float64(vals[k] * a[int(i)*m+row])
		}
		y[row] = float64(s*alpha) + float64(beta*y[row])
	}
}

// GemvTSparse is GemvT for a sparse x with indices below m, as BLAS.scala; what
// GemvNSparse says of beta holds here too. A sparse row times a dense matrix
// (BLAS.scala's gemm of a transposed SparseMatrix, which PcaModel uses) gives
// the same bits.
func GemvTSparse(m, n int, alpha float64, a []float64, idx []int32, vals []float64, beta float64, y []float64) {
	checkShape(m, n, a, len(y), m)
	if alpha == 0 {
		if beta != 1 {
			Scal(beta, y)
		}
		return
	}
	for col := range y {
		s := DotSparse(idx, vals, a[col*m:(col+1)*m])
		y[col] = float64(s*alpha) + float64(beta*y[col])
	}
}

// checkShape panics unless a is an m x n matrix between vectors of n and m.
func checkShape(m, n int, a []float64, lenN, lenM int) {
	if len(a) != m*n || lenN != n || lenM != m {
		panic("blas: the lengths of a matrix and its vectors do not fit")
	}
}
