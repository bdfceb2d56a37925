package clustering

import (
	"errors"
	"math"

	"leapscore/ops/internal/blas"
	"leapscore/ops/internal/javamath"
	"leapscore/ops/internal/lapack"
)

const epsilon = 0x1p-52

// gaussian is a multivariate normal distribution, as Spark's
// MultivariateGaussian. Its covariance may be singular: then it is the
// distribution within the space that the covariance spans.
type gaussian struct {
	size int
	// root is the inverse root of the covariance, column-major, and mean the
	// mean multiplied by it.
	root, mean []float64
	logScale   float64
	err        error // breeze's error about the covariance
}

// newGaussian sets up the distribution of a mean and a covariance, given
// column-major, of the same size.
func newGaussian(mean, cov []float64) gaussian {
	n := len(mean)
	g := gaussian{size: n}
	switch {
	case n == 0:
		g.err = errors.New("the covariance is empty")
		return g
	case !symmetric(n, cov):
		g.err = errors.New("the covariance is not symmetric")
		return g
	}
	values, vectors, err := lapack.Dsyev(n, cov)
	if err != nil {
		g.err = err
		return g
	}
	// Eigenvalues up to tolerance count as zero.
	greatest := math.Inf(-1)
	for _, d := range values {
		greatest = javamath.Max(d, greatest)
	}
	tolerance := epsilon * greatest * float64(n)
	var logDeterminant float64
	scales := make([]float64, n*n) // a diagonal matrix
	transposed := make([]float64, n*n)
	for i, d := range values {
		if d > tolerance {
			logDeterminant += javamath.Log(d)
			scales[i+i*n] = math.Sqrt(1 / d)
		}
		for j, x := range vectors[i*n : (i+1)*n] {
			transposed[i+j*n] = x
		}
	}
	g.root, g.mean = make([]float64, n*n), make([]float64, n)
	blas.GemmNN(n, n, n, 1, scales, transposed, 0, g.root)
	blas.GemvN(n, n, 1, g.root, mean, 0, g.mean)
	g.logScale = -0.5 * (float64(float64(n)*javamath.Log(2*math.Pi)) + logDeterminant)
	return g
}

// symmetric reports whether a matrix is, as breeze's requireSymmetricMatrix sees
// it. NaN besides the diagonal makes it not.
func symmetric(n int, a []float64) bool {
	for i := range n {
		for j := range i {
			x, y := a[i+j*n], a[j+i*n]
			if x != y && !(math.Abs(x-y) < max(math.Abs(x), math.Abs(y), 1)*1e-7) {
				return false
			}
		}
	}
	return true
}

// exponent returns the logarithm of the density, given the difference of the mean and
// the place, multiplied by the inverse root of the covariance.
func (g *gaussian) exponent(v []float64) float64 {
	return g.logScale - float64(0.5*blas.Dot(v, v))
}

// stack returns the matrix and the vector whose difference has, for a row, the vectors v
// of all distributions, one after another. They have one size. The matrix is negated, so
// that it is added, and packed for blas.AddChains; its inputs are in the order of
// blas.FoursOrder. Both are filled up with zeros.
func stack(gs []gaussian) (matrix, means []float64) {
	size := gs[0].size
	all := blas.LaneLen(len(gs) * size)
	matrix, means = make([]float64, all*size), make([]float64, all)
	for c, g := range gs {
		copy(means[c*size:], g.mean)
		for j, col := range blas.FoursOrder(size) {
			for i, x := range g.root[col*size : (col+1)*size] {
				matrix[j*all+c*size+i] = -x
			}
		}
	}
	return matrix, means
}
