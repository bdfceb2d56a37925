package jtransforms

// The pass for any odd factor, which FFTPACK takes for those from 7 on.

// forwardAny is the forward pass. The data is in x; y is working memory. It
// reports whether the result is in x again; else it is in y.
//
// Rows are numbered as in row: number j*l1+k is row j of group k.
func (p *pass) forwardAny(x, y []float64) (inPlace bool) {
	n, l1, last := p.ido, p.l1, p.factor*p.l1
	inPlace = n > 1
	if inPlace {
		copy(y, x)
		for r := l1; r < last; r++ {
			j, from, to := r/l1, p.row(x, r), p.row(y, r)
			for i := 2; i < n; i += 2 {
				to[i-1], to[i] = p.turned(from, j, i)
			}
		}
	} else {
		// There is nothing to turn: the data stands for its own turned copy.
		x, y = y, x
		copy(x, y[:l1])
	}
	for r := l1; r < (p.factor/2+1)*l1; r++ {
		m := p.mirror(r)
		a, b := p.row(y, r), p.row(y, m)
		u, v := p.row(x, r), p.row(x, m)
		u[0], v[0] = a[0]+b[0], b[0]-a[0]
		for i := 2; i < n; i += 2 {
			u[i-1], u[i] = a[i-1]+b[i-1], a[i]+b[i]
			v[i-1], v[i] = a[i]-b[i], b[i-1]-a[i-1]
		}
	}
	p.rotate(x, y)
	for j := 1; j <= p.factor/2; j++ {
		addTo(y[:n*l1], x[j*n*l1:])
	}
	for k := range l1 {
		g := p.together(x, k)
		copy(g[:n], p.row(y, k))
		for j := 1; j <= p.factor/2; j++ {
			a, b := p.row(y, j*l1+k), p.row(y, (p.factor-j)*l1+k)
			u, v := g[(2*j-1)*n:2*j*n], g[2*j*n:(2*j+1)*n]
			u[n-1], v[0] = a[0], b[0]
			for i := 2; i < n; i += 2 {
				v[i-1], v[i] = a[i-1]+b[i-1], a[i]+b[i]
				u[n-i-1], u[n-i] = a[i-1]-b[i-1], b[i]-a[i]
			}
		}
	}
	return inPlace
}

// inverseAny is the inverse pass. The data is in x; y is working memory. It
// reports whether the result is in x again; else it is in y.
func (p *pass) inverseAny(x, y []float64) (inPlace bool) {
	n, l1, last := p.ido, p.l1, p.factor*p.l1
	for k := range l1 {
		g := p.together(x, k)
		copy(p.row(y, k), g[:n])
		for j := 1; j <= p.factor/2; j++ {
			u, v := g[(2*j-1)*n:2*j*n], g[2*j*n:(2*j+1)*n]
			a, b := p.row(y, j*l1+k), p.row(y, (p.factor-j)*l1+k)
			a[0], b[0] = u[n-1]+u[n-1], v[0]+v[0]
			for i := 2; i < n; i += 2 {
				a[i-1], a[i] = v[i-1]+u[n-i-1], v[i]-u[n-i]
				b[i-1], b[i] = v[i-1]-u[n-i-1], v[i]+u[n-i]
			}
		}
	}
	p.rotate(y, x)
	for j := 1; j <= p.factor/2; j++ {
		addTo(y[:n*l1], y[j*n*l1:])
	}
	for r := l1; r < (p.factor/2+1)*l1; r++ {
		m := p.mirror(r)
		a, b := p.row(x, r), p.row(x, m)
		u, v := p.row(y, r), p.row(y, m)
		u[0], v[0] = a[0]-b[0], a[0]+b[0]
		for i := 2; i < n; i += 2 {
			u[i-1], u[i] = a[i-1]-b[i], a[i]+b[i-1]
			v[i-1], v[i] = a[i-1]+b[i], a[i]-b[i-1]
		}
	}
	if n == 1 {
		return false
	}
	copy(x, y)
	for r := l1; r < last; r++ {
		j, from, to := r/l1, p.row(y, r), p.row(x, r)
		for i := 2; i < n; i += 2 {
			p.put(to, j, i, from[i-1], from[i])
		}
	}
	return true
}

// mirror is the row of the same group as r that is as far from the end as r is
// from the start.
func (p *pass) mirror(r int) int {
	j, k := r/p.l1, r%p.l1
	return (p.factor-j)*p.l1 + k
}

// rotate sets every row of y but the first ones to the sum of the rows of x
// turned by multiples of the factor-th part of a circle. The cosines and sines
// come from a recurrence.
func (p *pass) rotate(x, y []float64) {
	size := p.ido * p.l1
	part := func(a []float64, j int) []float64 { return a[j*size : (j+1)*size] }
	ar1, ai1 := 1.0, 0.0
	for l := 1; l <= p.factor/2; l++ {
		ar1, ai1 = float64(p.cos*ar1)-float64(p.sin*ai1), float64(p.cos*ai1)+float64(p.sin*ar1)
		re, im := part(y, l), part(y, p.factor-l)
		first, plus, minus := part(x, 0), part(x, 1), part(x, p.factor-1)
		for i := range re {
			re[i] = first[i] + float64(ar1*plus[i])
			im[i] = float64(ai1 * minus[i])
		}
		ar2, ai2 := ar1, ai1
		for j := 2; j <= p.factor/2; j++ {
			ar2, ai2 = float64(ar1*ar2)-float64(ai1*ai2), float64(ar1*ai2)+float64(ai1*ar2)
			plus, minus = part(x, j), part(x, p.factor-j)
			for i := range re {
				re[i] += float64(ar2 * plus[i])
				im[i] += float64(ai2 * minus[i])
			}
		}
	}
}

func addTo(sum, x []float64) {
	for i := range sum {
		sum[i] += x[i]
	}
}
