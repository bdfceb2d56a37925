package lapack

import "math"

// tridiagonal is the state of the implicit QL and QR iteration: the diagonal
// d, the off-diagonal e, the vectors z that are rotated along, and the
// rotations c and s of one sweep.
type tridiagonal struct {
	n       int
	d, e, z []float64
	c, s    []float64
	sweeps  int
}

// dsteqr computes the eigenvalues of the tridiagonal matrix (d, e) into d,
// ascending, and multiplies z by its eigenvectors. It returns the number of
// off-diagonal elements that did not vanish within the allowed sweeps: 0 is
// success, and only then are the eigenvalues sorted.
func dsteqr(n int, d, e, z []float64) int {
	t := &tridiagonal{n: n, d: d, e: e, z: z, c: make([]float64, n-1), s: make([]float64, n-1)}
	for first := 0; first < n; {
		if first > 0 {
			e[first-1] = 0
		}
		last := t.blockEnd(first)
		lo, hi := first, last
		first = last + 1
		if lo == hi {
			continue
		}
		if t.block(lo, hi) && t.sweeps >= maxSweeps*n {
			// LAPACK gives up here even if this block is done, and then
			// leaves the eigenvalues as they are.
			return t.left()
		}
	}
	t.sort()
	return 0
}

// blockEnd returns the last row of the unreduced block that starts at row lo,
// and sets the element that ends it to zero.
func (t *tridiagonal) blockEnd(lo int) int {
	for m := lo; m < t.n-1; m++ {
		off := math.Abs(t.e[m])
		if off == 0 {
			return m
		}
		if off <= float64(math.Sqrt(math.Abs(t.d[m]))*math.Sqrt(math.Abs(t.d[m+1])))*eps {
			t.e[m] = 0
			return m
		}
	}
	return t.n - 1
}

// block diagonalises rows lo to hi, scaled into a safe range. It returns
// false for a block of zeros, which needs no work.
func (t *tridiagonal) block(lo, hi int) bool {
	largest := math.Sqrt(1/safmin) / 3
	smallest := math.Sqrt(safmin) / (eps * eps)
	d, e := t.d[lo:hi+1], t.e[lo:hi]
	anorm := infNorm(d, e)
	if anorm == 0 {
		return false
	}
	target, scaled := largest, anorm > largest
	if anorm < smallest {
		target, scaled = smallest, true
	}
	if scaled {
		rescale(anorm, target, d)
		rescale(anorm, target, e)
	}
	if math.Abs(t.d[hi]) < math.Abs(t.d[lo]) {
		t.qr(hi, lo)
	} else {
		t.ql(lo, hi)
	}
	if scaled {
		rescale(target, anorm, d)
		rescale(target, anorm, e)
	}
	return true
}

// infNorm is dlanst with norm 'I': the largest absolute row sum.
func infNorm(d, e []float64) float64 {
	last := len(d) - 1
	norm := max(math.Abs(d[0])+math.Abs(e[0]), math.Abs(e[last-1])+math.Abs(d[last]))
	for i := 1; i < last; i++ {
		norm = max(norm, math.Abs(d[i])+math.Abs(e[i])+math.Abs(e[i-1]))
	}
	return norm
}

// negligible reports whether the off-diagonal element between the diagonal
// elements a and b is small enough to be dropped.
func negligible(off, a, b float64) bool {
	off = math.Abs(off)
	return float64(off*off) <= float64(float64(eps*eps*math.Abs(a))*math.Abs(b))+safmin
}

// shift is the start of a sweep: Wilkinson's shift, from the elements a and b
// at the end of the block and off between them, taken from far.
func shift(a, b, off, far float64) float64 {
	g := (b - a) / float64(2*off)
	r := dlapy2(g, 1)
	return far - a + off/(g+sign(r, g))
}

// ql finds the eigenvalues of rows l to end, from the top down.
func (t *tridiagonal) ql(l, end int) {
	d, e := t.d, t.e
	for l <= end {
		m := l
		for m < end && !negligible(e[m], d[m], d[m+1]) {
			m++
		}
		if m < end {
			e[m] = 0
		}
		switch {
		case m == l:
			l++
		case m == l+1:
			var c, s float64
			d[l], d[l+1], c, s = dlaev2(d[l], e[l], d[l+1])
			rotate(t.n, t.z, l, c, s)
			e[l] = 0
			l += 2
		case t.sweeps == maxSweeps*t.n:
			return
		default:
			t.sweeps++
			t.sweepQL(l, m)
		}
	}
}

// sweepQL chases the bulge from row m up to row l.
func (t *tridiagonal) sweepQL(l, m int) {
	d, e := t.d, t.e
	g := shift(d[l], d[l+1], e[l], d[m])
	c, s, p := 1.0, 1.0, 0.0
	for i := m - 1; i >= l; i-- {
		f, b := float64(s*e[i]), float64(c*e[i])
		var r float64
		c, s, r = dlartg(g, f)
		if i != m-1 {
			e[i+1] = r
		}
		g = d[i+1] - p
		r = float64((d[i]-g)*s) + float64(float64(2*c)*b)
		p = float64(s * r)
		d[i+1] = g + p
		g = float64(c*r) - b
		t.c[i], t.s[i] = c, -s
	}
	for i := m - 1; i >= l; i-- {
		rotate(t.n, t.z, i, t.c[i], t.s[i])
	}
	d[l] -= p
	e[l] = g
}

// qr finds the eigenvalues of rows end to l, from the bottom up.
func (t *tridiagonal) qr(l, end int) {
	d, e := t.d, t.e
	for l >= end {
		m := l
		for m > end && !negligible(e[m-1], d[m], d[m-1]) {
			m--
		}
		if m > end {
			e[m-1] = 0
		}
		switch {
		case m == l:
			l--
		case m == l-1:
			var c, s float64
			d[l-1], d[l], c, s = dlaev2(d[l-1], e[l-1], d[l])
			rotate(t.n, t.z, l-1, c, s)
			e[l-1] = 0
			l -= 2
		case t.sweeps == maxSweeps*t.n:
			return
		default:
			t.sweeps++
			t.sweepQR(l, m)
		}
	}
}

// sweepQR chases the bulge from row m down to row l.
func (t *tridiagonal) sweepQR(l, m int) {
	d, e := t.d, t.e
	g := shift(d[l], d[l-1], e[l-1], d[m])
	c, s, p := 1.0, 1.0, 0.0
	for i := m; i < l; i++ {
		f, b := float64(s*e[i]), float64(c*e[i])
		var r float64
		c, s, r = dlartg(g, f)
		if i != m {
			e[i-1] = r
		}
		g = d[i] - p
		r = float64((d[i+1]-g)*s) + float64(float64(2*c)*b)
		p = float64(s * r)
		d[i] = g + p
		g = float64(c*r) - b
		t.c[i], t.s[i] = c, s
	}
	for i := m; i < l; i++ {
		rotate(t.n, t.z, i, t.c[i], t.s[i])
	}
	d[l] -= p
	e[l-1] = g
}

// left counts the off-diagonal elements that are not zero.
func (t *tridiagonal) left() int {
	count := 0
	for _, x := range t.e {
		if x != 0 {
			count++
		}
	}
	return count
}

// sort puts the eigenvalues in ascending order by selection, and the columns
// of z with them.
func (t *tridiagonal) sort() {
	n, d := t.n, t.d
	for i := range n - 1 {
		k := i
		for j := i + 1; j < n; j++ {
			if d[j] < d[k] {
				k = j
			}
		}
		if k == i {
			continue
		}
		d[i], d[k] = d[k], d[i]
		a, b := t.z[i*n:(i+1)*n], t.z[k*n:(k+1)*n]
		for j := range a {
			a[j], b[j] = b[j], a[j]
		}
	}
}
