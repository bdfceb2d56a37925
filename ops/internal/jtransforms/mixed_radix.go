package jtransforms

import "math"

// mixedRadix is FFTPACK's real Fourier transform: one pass for each factor of
// the length.
type mixedRadix struct {
	n      int
	passes []pass
}

// pass is the step for one factor. It sees the data as l1 groups of factor
// rows of ido numbers. A row holds one real number, then pairs of real and
// imaginary part, and a last real number if ido is even.
type pass struct {
	factor, l1, ido int

	// turn has one row for each row but the first: cosine and sine, in pairs.
	turn []float64

	// cos and sin are those of the factor-th part of a circle.
	cos, sin float64

	rotations rotations // of the pass for any odd factor
}

func newMixedRadix(n int) *mixedRadix {
	m := &mixedRadix{n: n}
	unit := 2 * math.Pi / float64(n)
	l1 := 1
	for _, f := range factors(n) {
		p := pass{factor: f, l1: l1, ido: n / (l1 * f)}
		p.turn = make([]float64, (f-1)*p.ido)
		for j := 1; j < f; j++ {
			step := float64(j*l1) * unit
			row := p.turn[(j-1)*p.ido : j*p.ido]
			for i := 2; i < p.ido; i += 2 {
				x := float64(i/2) * step
				row[i-2], row[i-1] = cos(x), sin(x)
			}
		}
		x := 2 * math.Pi / float64(f)
		p.cos, p.sin = cos(x), sin(x)
		if f > 5 {
			p.rotations = p.newRotations()
		}
		m.passes = append(m.passes, p)
		l1 *= f
	}
	return m
}

// factors returns the factors of n in FFTPACK's order: fours, then threes,
// fives and larger primes, but a single two comes first.
func factors(n int) []int {
	var fs []int
	for n%4 == 0 {
		fs = append(fs, 4)
		n /= 4
	}
	if n%2 == 0 {
		fs = append([]int{2}, fs...)
		n /= 2
	}
	for f := 3; n > 1; f += 2 {
		for n%f == 0 {
			fs = append(fs, f)
			n /= f
		}
	}
	return fs
}

func (m *mixedRadix) newScratch() *scratch {
	lanes := 0
	for i := range m.passes {
		lanes = max(lanes, m.passes[i].rotations.lanes)
	}
	return &scratch{u: make([]float64, m.n), room: make([]float64, 2*lanes)}
}

func (m *mixedRadix) forward(t []float64, s *scratch) {
	data, spare := t, s.u
	for i := len(m.passes) - 1; i >= 0; i-- {
		p := &m.passes[i]
		switch p.factor {
		case 2:
			p.forward2(data, spare)
		case 3:
			p.forward3(data, spare)
		case 4:
			p.forward4(data, spare)
		case 5:
			p.forward5(data, spare)
		default:
			if p.forwardAny(data, spare, s.room) {
				continue
			}
		}
		data, spare = spare, data
	}
	// FFTPACK keeps the real part of the highest frequency at the end.
	last := data[m.n-1]
	copy(s.u[2:], data[1:m.n-1])
	s.u[0], s.u[1] = data[0], last
	copy(t, s.u)
}

func (m *mixedRadix) inverse(t []float64, s *scratch) {
	last := t[1]
	copy(t[1:], t[2:])
	t[m.n-1] = last
	data, spare := t, s.u
	for i := range m.passes {
		p := &m.passes[i]
		switch p.factor {
		case 2:
			p.inverse2(data, spare)
		case 3:
			p.inverse3(data, spare)
		case 4:
			p.inverse4(data, spare)
		case 5:
			p.inverse5(data, spare)
		default:
			if p.inverseAny(data, spare, s.room) {
				continue
			}
		}
		data, spare = spare, data
	}
	norm := 1 / float64(m.n)
	for i, x := range data[:m.n/2] {
		t[i] = x * norm
	}
}

// together is group k on the side where the rows of a group lie together.
func (p *pass) together(a []float64, k int) []float64 {
	size := p.factor * p.ido
	return a[k*size : (k+1)*size]
}

// row is row k of the side where the first rows of all groups come first, then
// the second ones, and so on: row j of group k is number k + j*l1.
func (p *pass) row(a []float64, k int) []float64 {
	return a[k*p.ido : (k+1)*p.ido]
}

// turnOf is the cosine and sine by which the pair that ends at i of row j is
// turned.
func (p *pass) turnOf(j, i int) (c, s float64) {
	w := p.turn[(j-1)*p.ido+i-2:]
	return w[0], w[1]
}

// turned returns the pair that ends at i of row x, the j-th of its group,
// turned back.
func (p *pass) turned(x []float64, j, i int) (re, im float64) {
	c, s := p.turnOf(j, i)
	re, im = x[i-1], x[i]
	return float64(c*re) + float64(s*im), float64(c*im) - float64(s*re)
}

// put turns a pair and stores it in the j-th row x so that it ends at i.
func (p *pass) put(x []float64, j, i int, re, im float64) {
	c, s := p.turnOf(j, i)
	x[i-1] = float64(c*re) - float64(s*im)
	x[i] = float64(c*im) + float64(s*re)
}
