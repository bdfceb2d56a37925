package jtransforms

// twiddles is the table from which those of all stages are taken: the cosines
// and sines of the multiples of one angle, and of three times that angle.
type twiddles struct {
	n      int          // points of the transform
	w1, w3 []complex128 // element k is at the angle 4*pi*k/n; w3 has negative sines
	leaf   leaf
	sec1   float64 // half the secant of half the angle of element 1
	sec3   float64 // and of three times that
}

// newTwiddles computes the table for n points, at least 8.
func newTwiddles(n int) *twiddles {
	quarter := n / 4
	delta := quarterPi / float64(quarter)
	t := &twiddles{n: n}
	t.leaf.h = cos(delta * float64(quarter))
	if quarter == 4 {
		x := delta * 2
		t.leaf.w8 = complex(cos(x), sin(x))
	}
	if quarter <= 4 {
		return t
	}
	t.sec1 = 0.5 / cos(delta*2)
	t.sec3 = 0.5 / cos(delta*6)
	t.w1 = make([]complex128, quarter/4)
	t.w3 = make([]complex128, quarter/4)
	for k := 1; k < len(t.w1); k++ {
		x := delta * float64(4*k)
		t.w1[k] = complex(cos(x), sin(x))
		x *= 3
		t.w3[k] = complex(cos(x), -sin(x))
	}
	t.leaf.w8 = t.w1[n/32]
	if n >= 64 {
		t.leaf.w16, t.leaf.w316 = t.w1[n/64], conj(t.w3[n/64])
	}
	return t
}

// first returns the factors of the whole transform. Every other one is not in
// the table: it is interpolated between its neighbours.
func (t *twiddles) first() stage {
	q := t.n / 4
	w1, w3 := make([]complex128, q/2), make([]complex128, q/2)
	h := t.leaf.h
	last1, last3 := complex128(1), complex128(1)
	for j := 1; j < q/2; j += 2 {
		next1, next3 := complex(h, h), complex(-h, -h)
		if k := (j + 1) / 2; k < len(t.w1) {
			next1, next3 = t.w1[k], t.w3[k]
		}
		w1[j] = complex(t.sec1*(real(last1)+real(next1)), t.sec1*(imag(last1)+imag(next1)))
		w3[j] = complex(t.sec3*(real(last3)+real(next3)), t.sec3*(imag(last3)+imag(next3)))
		last1, last3 = next1, next3
		if j+1 < q/2 {
			w1[j+1], w3[j+1] = next1, next3
		}
	}
	return t.plainStage(w1, w3)
}

// stage returns the factors of blocks of b points.
func (t *twiddles) stage(b int) stage {
	q := b / 4
	step := t.n / (2 * b)
	w1, w3 := make([]complex128, q/2), make([]complex128, q/2)
	for j := 1; j < q/2; j++ {
		w1[j], w3[j] = t.w1[j*step], t.w3[j*step]
	}
	s := t.plainStage(w1, w3)
	step /= 2
	s.turned1, s.turned3 = make([]complex128, q), make([]complex128, q)
	for j := 1; j < q; j++ {
		s.turned1[j], s.turned3[j] = t.w1[j*step], conj(t.w3[j*step])
	}
	s.back1, s.back3 = make([]complex128, q), make([]complex128, q)
	for j := 1; j < q; j++ {
		s.back1[j], s.back3[j] = swap(s.turned1[q-j]), -swap(s.turned3[q-j])
	}
	return s
}

// plainStage completes the factors of the first half of a quarter to those of
// the whole.
func (t *twiddles) plainStage(w1, w3 []complex128) stage {
	half := len(w1)
	s := stage{plain1: make([]complex128, 2*half), plain3: make([]complex128, 2*half)}
	for j := 1; j < half; j++ {
		s.plain1[j], s.plain3[j] = w1[j], conj(w3[j])
		s.plain1[2*half-j], s.plain3[2*half-j] = swap(w1[j]), conj(swap(w3[j]))
	}
	s.plain1[half] = complex(t.leaf.h, t.leaf.h)
	return s
}
