package jtransforms

// The pass for any odd factor, which FFTPACK takes for those from 7 on.

// rotateLanes is the number of sums that vector code adds to at once.
const rotateLanes = 4

// forwardAny is the forward pass. The data is in x; y is working memory. It
// reports whether the result is in x again; else it is in y.
//
// Rows are numbered as in row: number j*l1+k is row j of group k.
func (p *pass) forwardAny(x, y, room []float64) (inPlace bool) {
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
	for j := 1; j <= p.factor/2; j++ {
		a, b := p.part(y, j), p.part(y, p.factor-j)
		u, v := p.part(x, j), p.part(x, p.factor-j)
		for at := 0; at < n*l1; at += n {
			u[at], v[at] = a[at]+b[at], b[at]-a[at]
			for i := at + 2; i < at+n; i += 2 {
				u[i-1], u[i] = a[i-1]+b[i-1], a[i]+b[i]
				v[i-1], v[i] = a[i]-b[i], b[i-1]-a[i-1]
			}
		}
	}
	p.rotate(x, y, room)
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
func (p *pass) inverseAny(x, y, room []float64) (inPlace bool) {
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
	p.rotate(y, x, room)
	for j := 1; j <= p.factor/2; j++ {
		addTo(y[:n*l1], y[j*n*l1:])
	}
	for j := 1; j <= p.factor/2; j++ {
		a, b := p.part(x, j), p.part(x, p.factor-j)
		u, v := p.part(y, j), p.part(y, p.factor-j)
		for at := 0; at < n*l1; at += n {
			u[at], v[at] = a[at]-b[at], a[at]+b[at]
			for i := at + 2; i < at+n; i += 2 {
				u[i-1], u[i] = a[i-1]-b[i], a[i]+b[i-1]
				v[i-1], v[i] = a[i-1]+b[i], a[i]-b[i-1]
			}
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

// part is the j-th rows of all groups, on the side where they lie together.
func (p *pass) part(a []float64, j int) []float64 {
	size := p.ido * p.l1
	return a[j*size : (j+1)*size : (j+1)*size]
}

// rotations are the factors of rotate: for each row of x that is turned, cosines for all
// sums, then sines, both filled up with zeros to whole vectors.
type rotations struct {
	lanes int
	w     []float64
}

// newRotations makes them by a recurrence for each sum.
func (p *pass) newRotations() rotations {
	half := p.factor / 2
	r := rotations{lanes: (half + rotateLanes - 1) / rotateLanes * rotateLanes}
	r.w = make([]float64, 2*half*r.lanes)
	ar1, ai1 := 1.0, 0.0
	for l := range half {
		ar1, ai1 = float64(p.cos*ar1)-float64(p.sin*ai1), float64(p.cos*ai1)+float64(p.sin*ar1)
		ar2, ai2 := ar1, ai1
		for j := range half {
			if j > 0 {
				ar2, ai2 = float64(ar1*ar2)-float64(ai1*ai2), float64(ar1*ai2)+float64(ai1*ar2)
			}
			r.w[2*j*r.lanes+l], r.w[(2*j+1)*r.lanes+l] = ar2, ai2
		}
	}
	return r
}

// rotate sets every row of y but the first ones to the sum of the rows of x
// turned by multiples of the factor-th part of a circle. room is for two vectors of sums.
func (p *pass) rotate(x, y, room []float64) {
	size, half, lanes := p.ido*p.l1, p.factor/2, p.rotations.lanes
	sums := room[:2*lanes]
	for i := range size {
		p.rotations.add(sums, x[i:], size, half)
		at, mirror := i, p.factor*size+i
		for l, sum := range sums[:half] {
			at, mirror = at+size, mirror-size
			y[at], y[mirror] = sum, sums[lanes+l]
		}
	}
}

// add sets sums to the cosine sums, which begin with x[0], and the sine sums of rows
// that are size apart.
func (r *rotations) add(sums, x []float64, size, half int) {
	if hasStages {
		rotate256(&sums[0], &x[0], &r.w[0], size, half, r.lanes)
		return
	}
	re, im := sums[:r.lanes], sums[r.lanes:]
	plus, minus := size, 2*half*size
	for j := range half {
		a, b := x[plus], x[minus]
		w := r.w[2*j*r.lanes:][:2*r.lanes]
		for l, c := range w[:r.lanes] {
			s := w[r.lanes+l]
			if j == 0 {
				re[l], im[l] = x[0]+float64(c*a), float64(s*b)
			} else {
				re[l], im[l] = re[l]+float64(c*a), im[l]+float64(s*b)
			}
		}
		plus, minus = plus+size, minus-size
	}
}

func addTo(sum, x []float64) {
	for i := range sum {
		sum[i] += x[i]
	}
}
