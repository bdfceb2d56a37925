package jtransforms

import "math"

// bluesteinFrom is the cofactor (see there) from which JTransforms prefers
// Bluestein's algorithm to mixed radix.
const bluesteinFrom = 211

// cofactor is n without its factors 2, 3 and 5.
func cofactor(n int) int {
	for _, f := range []int{2, 3, 5} {
		for n%f == 0 {
			n /= f
		}
	}
	return n
}

// bluestein is the real Fourier transform of any even length: a convolution
// with a chirp, by complex transforms whose length is a power of two.
type bluestein struct {
	n      int
	chirp  []complex128
	filter []complex128 // the transform of the chirp, divided by its length
	fft    *splitRadix
}

func newBluestein(n int) *bluestein {
	m := 1
	for m < 2*n-1 {
		m *= 2
	}
	b := &bluestein{n: n, chirp: make([]complex128, n), filter: make([]complex128, m), fft: newSplitRadix(m)}
	step := math.Pi / float64(n)
	b.chirp[0] = 1
	// k is the square of i modulo 2n.
	for i, k := 1, 0; i < n; i++ {
		k += 2*i - 1
		if k >= 2*n {
			k -= 2 * n
		}
		x := step * float64(k)
		b.chirp[i] = complex(cos(x), sin(x))
	}
	z := make([]complex128, m)
	f := 1 / float64(m)
	for i, c := range b.chirp {
		z[i] = complex(real(c)*f, imag(c)*f)
		if i > 0 {
			z[m-i] = z[i]
		}
	}
	b.fft.backward(z, b.filter)
	return b
}

func (b *bluestein) newScratch() *scratch {
	m := len(b.filter)
	return &scratch{z: make([]complex128, m), y: make([]complex128, m)}
}

func (b *bluestein) forward(t []float64, s *scratch) {
	for i, c := range b.chirp {
		s.z[i] = complex(t[i]*real(c), -t[i]*imag(c))
	}
	clear(s.z[b.n:])
	b.fft.backward(s.z, s.y)
	mulAll(s.y, b.filter)
	b.fft.forward(s.y, s.z)
	h := b.n / 2
	for i, c := range b.chirp[:h] {
		x := mulConj(c, s.z[i])
		t[2*i], t[2*i+1] = real(x), imag(x)
	}
	t[0] = real(mulConj(b.chirp[0], s.z[0]))
	t[1] = real(mulConj(b.chirp[h], s.z[h]))
}

func (b *bluestein) inverse(t []float64, s *scratch) {
	h := b.n / 2
	for i, c := range b.chirp {
		switch {
		case i == 0:
			s.z[i] = complex(t[0]*real(c), t[0]*imag(c))
		case i < h:
			s.z[i] = mul(c, complex(t[2*i], t[2*i+1]))
		case i == h:
			s.z[i] = complex(t[1]*real(c), t[1]*imag(c))
		default:
			k := 2 * (b.n - i)
			s.z[i] = mul(c, complex(t[k], -t[k+1]))
		}
	}
	clear(s.z[b.n:])
	b.fft.backward(s.z, s.y)
	for i, w := range b.filter {
		s.y[i] = mulConj(w, s.y[i])
	}
	b.fft.forward(s.y, s.z)
	norm := 1 / float64(b.n)
	for i, c := range b.chirp[:h] {
		x := float64(real(c)*real(s.z[i])) - float64(imag(c)*imag(s.z[i]))
		t[i] = x * norm
	}
}

// mulAll multiplies each z[i] by w[i].
func mulAll(z, w []complex128) {
	i := 0
	if hasStages && len(z) > 1 {
		i = len(z) &^ 1
		mulAll256(&z[0], &w[0], i)
	}
	for ; i < len(z); i++ {
		z[i] = mul(w[i], z[i])
	}
}
