package lapack

// The matrices of testdata/EigenFixtures.java, built by the same steps.

// random is SplitMix64.
type random uint64

// next returns a double in [-1, 1).
func (r *random) next() float64 {
	*r += 0x9E3779B97F4A7C15
	z := uint64(*r)
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	z ^= z >> 31
	return float64(float64(z>>11)*0x1p-52) - 1
}

// covariance returns X'X/rows for a random X.
func (r *random) covariance(n, rows int) []float64 {
	x := make([]float64, rows*n)
	for i := range x {
		x[i] = r.next()
	}
	a := make([]float64, n*n)
	for i := range n {
		for j := range n {
			sum := 0.0
			for k := range rows {
				sum += float64(x[k*n+i] * x[k*n+j])
			}
			a[j*n+i] = sum / float64(rows)
		}
	}
	return a
}

func scaled(a []float64, f float64) []float64 {
	dscal(f, a)
	return a
}

// matrix returns the matrix of that kind and order.
func matrix(kind string, n int) []float64 {
	r := random(1000*n + len(kind))
	a := make([]float64, n*n)
	switch kind {
	case "covariance":
		a = r.covariance(n, n+3)
	case "singular":
		a = r.covariance(n, (n+1)/2)
	case "huge":
		a = scaled(r.covariance(n, n+3), 1e300)
	case "tiny":
		a = scaled(r.covariance(n, n+3), 1e-200)
	case "subnormal":
		a = scaled(r.covariance(n, n+3), 1e-310)
	case "diagonal":
		for i := range n {
			a[i*n+i] = r.next()
		}
	case "repeated":
		a = r.covariance(n, 1)
		for i := range n {
			a[i*n+i] += 2
		}
	case "constant":
		for i := range a {
			a[i] = 0.5
		}
		for i := range n {
			a[i*n+i] = 1
		}
	case "graded":
		a = graded(r.covariance(n, n+3), n, func(i int) int { return i })
	case "gradedup":
		a = graded(r.covariance(n, n+3), n, func(i int) int { return n - 1 - i })
	case "sparse":
		for i := range n {
			a[i*n+i] = r.next()
			j := (i + 2) % n
			x := r.next()
			a[i*n+j], a[j*n+i] = x, x
		}
	case "chain":
		for i := range n {
			a[i*n+i] = 2
			if i > 0 {
				a[i*n+i-1], a[(i-1)*n+i] = -1, -1
			}
		}
	}
	return a
}

// graded scales row and column i by 8 to the power of -power(i).
func graded(a []float64, n int, power func(int) int) []float64 {
	for i := range n {
		f := 1.0
		for range power(i) {
			f *= 0.125
		}
		for j := range n {
			a[j*n+i] *= f
			a[i*n+j] *= f
		}
	}
	return a
}
