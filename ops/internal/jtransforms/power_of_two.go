package jtransforms

import "math"

// powerOfTwo is the plan for a length n that is a power of two.
type powerOfTwo struct {
	n    int
	fft  *splitRadix  // nil for n = 2
	half []complex128 // from the half-length transform to the real one
	fold []complex128 // from the real transform to the cosine one
	mid  float64      // the cosine of a quarter turn's half
}

func newPowerOfTwo(n int) *powerOfTwo {
	c := cosines(n)
	p := &powerOfTwo{n: n, mid: c[0]}
	if n >= 4 {
		p.fft = newSplitRadix(n / 2)
	}
	if n > 4 {
		p.half = make([]complex128, n/4)
		for i := 1; i < n/4; i++ {
			p.half[i] = complex(0.5-c[n-4*i], c[4*i])
		}
	}
	p.fold = make([]complex128, n/2)
	for j := 1; j < n/2; j++ {
		p.fold[j] = complex(c[j]-c[n-j], c[j]+c[n-j])
	}
	return p
}

// cosines returns half the cosines of the n-th parts of a right angle, but the
// first element is the cosine of half a right angle.
func cosines(n int) []float64 {
	c := make([]float64, n)
	h := n / 2
	delta := quarterPi / float64(h)
	c[0] = cos(delta * float64(h))
	c[h] = 0.5 * c[0]
	for j := 1; j < h; j++ {
		x := delta * float64(j)
		c[j] = 0.5 * cos(x)
		c[n-j] = 0.5 * sin(x)
	}
	return c
}

func (p *powerOfTwo) newScratch() *scratch {
	return &scratch{z: make([]complex128, p.n/2), y: make([]complex128, p.n/2)}
}

func (p *powerOfTwo) forward(a []float64, s *scratch) {
	z := s.z
	z[0] = complex(a[0]+a[p.n-1], a[0]-a[p.n-1])
	for i := 1; i < len(z); i++ {
		z[i] = complex(a[2*i]+a[2*i-1], a[2*i]-a[2*i-1])
	}
	out := z
	if p.fft != nil {
		for i := 1; i < len(p.half); i++ {
			p.untangle(z, i, mulConj(p.half[i], p.difference(z, i)))
		}
		p.fft.backward(z, s.y)
		out = s.y
	}
	for i, x := range out {
		a[2*i], a[2*i+1] = real(x), imag(x)
	}
	p.foldInto(a)
	p.scale(a)
}

func (p *powerOfTwo) inverse(a []float64, s *scratch) {
	p.scale(a)
	p.foldInto(a)
	z := s.z
	for i := range z {
		z[i] = complex(a[2*i], a[2*i+1])
	}
	if p.fft != nil {
		p.fft.forward(z, s.y)
		z = s.y
		for i := 1; i < len(p.half); i++ {
			p.untangle(z, i, mul(p.half[i], p.difference(z, i)))
		}
	}
	a[0], a[p.n-1] = real(z[0])+imag(z[0]), real(z[0])-imag(z[0])
	for i := 1; i < len(z); i++ {
		a[2*i], a[2*i-1] = real(z[i])+imag(z[i]), real(z[i])-imag(z[i])
	}
}

// difference is frequency i minus the conjugate of its mirror frequency.
func (p *powerOfTwo) difference(z []complex128, i int) complex128 {
	x, y := z[i], z[len(z)-i]
	return complex(real(x)-real(y), imag(x)+imag(y))
}

// untangle moves d from frequency i to its mirror frequency.
func (p *powerOfTwo) untangle(z []complex128, i int, d complex128) {
	x, y := z[i], z[len(z)-i]
	z[i] = x - d
	z[len(z)-i] = complex(real(y)+real(d), imag(y)-imag(d))
}

// foldInto turns each element against its mirror element.
func (p *powerOfTwo) foldInto(a []float64) {
	for j := 1; j < len(p.fold); j++ {
		w := p.fold[j]
		x, y := a[j], a[p.n-j]
		a[j] = float64(real(w)*x) + float64(imag(w)*y)
		a[p.n-j] = float64(imag(w)*x) - float64(real(w)*y)
	}
	a[p.n/2] *= p.mid
}

func (p *powerOfTwo) scale(a []float64) {
	scale(math.Sqrt(2/float64(p.n)), a)
	a[0] /= math.Sqrt(2)
}
