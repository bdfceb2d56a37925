package lapack

import "math"

// dsytd2 reduces the symmetric matrix a, of which the lower triangle is
// stored, to tridiagonal form by n-1 Householder reflections. It leaves the
// diagonal in d, the off-diagonal in e, the factors of the reflections in tau
// and their vectors below the off-diagonal of a.
func dsytd2(n int, a, d, e, tau []float64) {
	for i := range n - 1 {
		col := a[i*n : (i+1)*n]
		v := col[i+1:] // becomes the vector of the reflection, with v[0] = 1
		beta, t := dlarfg(v[0], v[1:])
		e[i] = beta
		if t != 0 {
			v[0] = 1
			y := tau[i:] // of the length of v: free until tau[i] is set
			dsymv(t, a, n, i+1, v, y)
			alpha := -float64(float64(0.5*t) * ddot(y, v))
			daxpy(alpha, v, y)
			dsyr2(v, y, a, n, i+1)
		}
		// Whether or not it reflects, this is what the column holds after.
		v[0] = beta
		d[i] = col[i]
		tau[i] = t
	}
	d[n-1] = a[n*n-1]
}

// dlarfg makes the reflection that maps (alpha, x) to (beta, 0). It replaces x
// by the tail of the reflection's vector, whose head is 1.
func dlarfg(alpha float64, x []float64) (beta, tau float64) {
	if len(x) == 0 {
		return alpha, 0
	}
	xnorm := dnrm2(x)
	if xnorm == 0 {
		return alpha, 0
	}
	const tiny = safmin / eps
	beta = -sign(dlapy2(alpha, xnorm), alpha)
	if !(math.Abs(beta) < tiny) {
		tau = (beta - alpha) / beta
		dscal(1/(alpha-beta), x)
		return beta, tau
	}
	steps := 0
	for ok := true; ok; ok = math.Abs(beta) < tiny {
		steps++
		dscal(1/tiny, x)
		alpha = float64(alpha * (1 / tiny))
		beta *= 1 / tiny
	}
	beta = -sign(dlapy2(alpha, dnrm2(x)), alpha)
	tau = (beta - alpha) / beta
	dscal(1/(alpha-beta), x)
	for range steps {
		beta *= tiny
	}
	return beta, tau
}

// dsymv sets y to alpha*S*x, where S is the trailing part of a from row and
// column k on, of which the lower triangle is stored.
func dsymv(alpha float64, a []float64, n, k int, x, y []float64) {
	clear(y)
	for j := range x {
		col := a[(k+j)*n+k : (k+j+1)*n]
		ax := alpha * x[j]
		sum := 0.0
		y[j] += float64(ax * col[j])
		for i := j + 1; i < len(x); i++ {
			y[i] += float64(ax * col[i])
			sum += float64(col[i] * x[i])
		}
		y[j] += float64(alpha * sum)
	}
}

// dsyr2 subtracts x*y' + y*x' from the trailing part of a from row and column
// k on, of which the lower triangle is stored.
func dsyr2(x, y, a []float64, n, k int) {
	for j := range x {
		if x[j] == 0 && y[j] == 0 {
			continue
		}
		col := a[(k+j)*n+k : (k+j+1)*n]
		ty, tx := -y[j], -x[j]
		for i := j; i < len(x); i++ {
			col[i] = col[i] + float64(x[i]*ty) + float64(y[i]*tx)
		}
	}
}

// dorgtr replaces a, as dsytd2 leaves it, by the orthogonal matrix of all its
// reflections.
func dorgtr(n int, a, tau []float64) {
	// The vectors move one column to the right; the first row and column
	// become those of the unit matrix.
	for j := n - 1; j >= 1; j-- {
		a[j*n] = 0
		copy(a[j*n+j+1:(j+1)*n], a[(j-1)*n+j+1:j*n])
	}
	clear(a[:n])
	a[0] = 1
	for i := n - 1; i >= 1; i-- {
		dorg2r(n, a, i, tau[i-1])
	}
}

// dorg2r applies the reflection of column i to the columns after it, and then
// replaces that column by what the reflection makes of the unit vector.
func dorg2r(n int, a []float64, i int, tau float64) {
	v := a[i*n+i : (i+1)*n]
	v[0] = 1
	if tau != 0 {
		for j := i + 1; j < n; j++ {
			col := a[j*n+i : (j+1)*n]
			// dgemv and dger of dlarf, one column at a time. Unlike daxpy, dger
			// does not skip a factor that underflows to zero.
			if w := ddot(col, v); w != 0 {
				f := -tau * w
				for k, x := range v {
					col[k] += float64(x * f)
				}
			}
		}
	}
	dscal(-tau, v[1:])
	v[0] = 1 - tau
	clear(a[i*n : i*n+i])
}
