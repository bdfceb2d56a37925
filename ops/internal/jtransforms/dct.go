package jtransforms

import (
	"fmt"
	"math"
	"sync"
)

// DCT transforms vectors of one length, one or several at a time. It is immutable: its methods may be
// called by many goroutines at once.
type DCT struct {
	n       int
	plan    plan
	scratch sync.Pool // of *scratch
}

// plan is one of the ways to transform a vector that has at least two
// elements.
type plan interface {
	forward(a []float64, s *scratch)
	inverse(a []float64, s *scratch)
	newScratch() *scratch
}

// scratch is the working memory of one transform.
type scratch struct {
	z, y []complex128
	t, u []float64
	room []float64 // of rotate
}

// NewDCT prepares the transforms of vectors of length n. It panics if n is
// less than 1. It costs about n sines and cosines: make it once per length.
func NewDCT(n int) *DCT {
	if n < 1 {
		panic(fmt.Sprintf("jtransforms: DCT of length %d", n))
	}
	d := &DCT{n: n}
	switch {
	case n == 1:
		return d
	case n&(n-1) == 0:
		d.plan = newPowerOfTwo(n)
	default:
		d.plan = newMirrored(n)
	}
	d.scratch.New = func() any { return d.plan.newScratch() }
	return d
}

// Len is the length of the vectors that d transforms.
func (d *DCT) Len() int { return d.n }

// Forward replaces each row of a by its scaled DCT-II; rows of d.Len() follow each
// other. It panics if the length of a is not that of whole rows. Rows of length 1 are
// left as they are.
func (d *DCT) Forward(a []float64) { d.each(a, plan.forward) }

// Inverse replaces each row of a by its scaled DCT-III, as Forward does.
func (d *DCT) Inverse(a []float64) { d.each(a, plan.inverse) }

func (d *DCT) each(a []float64, transform func(p plan, row []float64, s *scratch)) {
	if len(a)%d.n != 0 {
		panic(fmt.Sprintf("jtransforms: DCT of length %d: rows of length %d found", d.n, len(a)))
	}
	if d.n == 1 {
		return
	}
	s := d.scratch.Get().(*scratch)
	for ; len(a) > 0; a = a[d.n:] {
		transform(d.plan, a[:d.n:d.n], s)
	}
	d.scratch.Put(s)
}

func scale(f float64, a []float64) {
	for i := range a {
		a[i] *= f
	}
}

// mul is the product w*x with every step rounded. The compiler may fuse the
// built-in one.
func mul(w, x complex128) complex128 {
	return complex(
		float64(real(w)*real(x))-float64(imag(w)*imag(x)),
		float64(real(w)*imag(x))+float64(imag(w)*real(x)))
}

// mulConj is the product of the conjugate of w and x.
func mulConj(w, x complex128) complex128 {
	return complex(
		float64(real(w)*real(x))+float64(imag(w)*imag(x)),
		float64(real(w)*imag(x))-float64(imag(w)*real(x)))
}

// addI is x + i*y, and subI is x - i*y.
func addI(x, y complex128) complex128 { return complex(real(x)-imag(y), imag(x)+real(y)) }
func subI(x, y complex128) complex128 { return complex(real(x)+imag(y), imag(x)-real(y)) }

// swap exchanges the real and the imaginary part.
func swap(x complex128) complex128 { return complex(imag(x), real(x)) }

func conj(x complex128) complex128 { return complex(real(x), -imag(x)) }

// mirrored is the plan for a length n that is not a power of two: the cosine
// transform is the real Fourier transform of the vector followed by its mirror
// image, turned by a quarter of a step.
type mirrored struct {
	n    int
	turn []complex128
	fft  realFFT
}

// realFFT transforms real sequences of an even length N in place.
//
// The spectrum is packed: element 2i is the real and 2i+1 the imaginary part
// of frequency i, but element 1 is the real part of frequency N/2.
type realFFT interface {
	forward(t []float64, s *scratch)
	// inverse computes the first half only: the rest is the mirror image.
	inverse(t []float64, s *scratch)
	newScratch() *scratch
}

func newMirrored(n int) *mirrored {
	m := &mirrored{n: n, turn: make([]complex128, n)}
	delta := math.Pi / float64(2*n)
	m.turn[0] = 1
	for j := 1; j < n; j++ {
		x := delta * float64(j)
		m.turn[j] = complex(cos(x), -sin(x))
	}
	if cofactor(2*n) >= bluesteinFrom {
		m.fft = newBluestein(2 * n)
	} else {
		m.fft = newMixedRadix(2 * n)
	}
	return m
}

func (m *mirrored) newScratch() *scratch {
	s := m.fft.newScratch()
	s.t = make([]float64, 2*m.n)
	return s
}

func (m *mirrored) forward(a []float64, s *scratch) {
	t := s.t
	copy(t, a)
	for i, x := range a {
		t[len(t)-1-i] = x
	}
	m.fft.forward(t, s)
	for i, w := range m.turn {
		a[i] = float64(real(w)*t[2*i]) - float64(imag(w)*t[2*i+1])
	}
	scale(1/math.Sqrt(float64(len(t))), a)
	a[0] /= math.Sqrt(2)
}

func (m *mirrored) inverse(a []float64, s *scratch) {
	t := s.t
	scale(math.Sqrt(float64(len(t))), a)
	a[0] *= math.Sqrt(2)
	for i, w := range m.turn {
		t[2*i] = real(w) * a[i]
		t[2*i+1] = -imag(w) * a[i]
	}
	m.fft.inverse(t, s)
	copy(a, t)
}
