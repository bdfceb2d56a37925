package lapack

import (
	"fmt"
	"math"
)

// Constants of dlamch for IEEE double precision, as the translation computes
// them at start-up.
const (
	eps    = 0x1p-53   // relative machine precision, rounding
	prec   = 0x1p-52   // eps times the base
	safmin = 0x1p-1022 // the smallest number whose reciprocal is finite
)

// maxSweeps is the number of iterations that dsteqr allows for each
// eigenvalue before it gives up.
const maxSweeps = 30

// NotConvergedError says that the QL iteration did not end: Off off-diagonal
// elements of the tridiagonal form did not vanish.
type NotConvergedError struct{ Off int }

func (e *NotConvergedError) Error() string {
	return fmt.Sprintf("eigenvalues did not converge: %d off-diagonal elements left", e.Off)
}

// Dsyev computes the eigenvalues w, ascending, and the eigenvectors z of the
// symmetric n by n matrix a. Matrices are column-major: column j of z is
// z[j*n:(j+1)*n] and belongs to w[j]. Only the lower triangle of a is read,
// and a is not changed. The sign of each eigenvector is LAPACK's.
//
// An a with NaN or infinities gives what it gives in the JVM: NaN eigenvalues
// or an error. The error is a *NotConvergedError, or says that a has the wrong
// length.
func Dsyev(n int, a []float64) (w, z []float64, err error) {
	if n < 1 || len(a) != n*n {
		return nil, nil, fmt.Errorf("symmetric matrix of order %d: %d elements found", n, len(a))
	}
	w = make([]float64, n)
	z = lower(n, a)
	if n == 1 {
		w[0], z[0] = z[0], 1
		return w, z, nil
	}
	sigma, scaled := norm(n, z)
	if scaled {
		for j := range n {
			rescale(1, sigma, z[j*n+j:(j+1)*n])
		}
	}
	e := make([]float64, n-1)
	tau := make([]float64, n-1)
	dsytd2(n, z, w, e, tau)
	dorgtr(n, z, tau)
	off := dsteqr(n, w, e, z)
	if off > 0 {
		return nil, nil, &NotConvergedError{Off: off}
	}
	if scaled {
		dscal(1/sigma, w)
	}
	return w, z, nil
}

// lower returns a copy of the lower triangle of a, with zeros above.
func lower(n int, a []float64) []float64 {
	z := make([]float64, n*n)
	for j := range n {
		copy(z[j*n+j:(j+1)*n], a[j*n+j:(j+1)*n])
	}
	return z
}

// norm returns the factor by which dsyev scales a matrix whose largest
// element is too small or too large for the algorithm, and whether it does.
func norm(n int, a []float64) (sigma float64, scaled bool) {
	rmin := math.Sqrt(safmin / prec)
	rmax := math.Sqrt(1 / (safmin / prec))
	largest := 0.0
	for j := range n {
		for _, x := range a[j*n+j : (j+1)*n] {
			largest = max(largest, math.Abs(x))
		}
	}
	switch {
	case largest > 0 && largest < rmin:
		return rmin / largest, true
	case largest > rmax:
		return rmax / largest, true
	}
	return 0, false
}

// rescale is dlascl: it multiplies x by to/from in as many steps as it takes
// for none of them to overflow or underflow.
func rescale(from, to float64, x []float64) {
	const big = 1 / safmin
	for done := false; !done; {
		from1 := from * safmin
		to1 := to / big
		var mul float64
		switch {
		case math.Abs(from1) > math.Abs(to) && to != 0:
			mul, from = safmin, from1
		case math.Abs(to1) > math.Abs(from):
			mul, to = big, to1
		default:
			mul, done = to/from, true
		}
		dscal(mul, x)
	}
}
