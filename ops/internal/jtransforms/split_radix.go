package jtransforms

import (
	"math"
	"math/bits"

	"leapscore/ops/internal/javamath"
)

const quarterPi = math.Pi / 4

func cos(x float64) float64 { return javamath.Cos(x) }
func sin(x float64) float64 { return javamath.Sin(x) }

// splitRadix is Ooura's complex Fourier transform of n points, where n is a
// power of two. Forward has the positive sign in the exponent.
//
// The points are divided into four quarters again and again, until a block has
// 16 or 8 points. A block is of one of two kinds: a plain one, whose quarters
// are plain, turned, plain and plain; and a turned one, whose points still wait
// for a turn by an eighth of a circle, and whose quarters are plain, turned,
// plain and turned. The result comes in bit-reversed order.
type splitRadix struct {
	n       int
	reverse []int32
	stages  []stage // by size of block, the largest first
	leaf    leaf
}

// stage holds the twiddle factors of the blocks of one size, by the position
// in the quarter: the first power, and the conjugate of the third. Positions 0
// and, in plain blocks, the middle are not used.
type stage struct {
	plain1, plain3   []complex128
	turned1, turned3 []complex128
	back1, back3     []complex128 // of turned blocks, for the second and fourth quarter
}

func newSplitRadix(n int) *splitRadix {
	f := &splitRadix{n: n, reverse: make([]int32, n)}
	shift := 64 - bits.TrailingZeros(uint(n))
	for i := range f.reverse {
		f.reverse[i] = int32(bits.Reverse64(uint64(i)) >> shift)
	}
	if n < 8 {
		return f
	}
	t := newTwiddles(n)
	f.leaf = t.leaf
	if n > 16 {
		f.stages = append(f.stages, t.first())
		for b := n / 4; b > 16; b /= 4 {
			f.stages = append(f.stages, t.stage(b))
		}
	}
	return f
}

// forward transforms z into out. It destroys z.
func (f *splitRadix) forward(z, out []complex128) {
	switch {
	case f.n == 2:
		out[0], out[1] = z[0]+z[1], z[0]-z[1]
		return
	case f.n == 4:
		out[0], out[1], out[2], out[3] = fourPoints(z)
		return
	case f.n <= 16:
		f.plain(z, 0)
	default:
		f.stages[0].splitPlain(z)
		f.quarters(z, 1, false)
	}
	for i, r := range f.reverse {
		out[i] = z[r]
	}
}

// backward is forward with the negative sign in the exponent. It destroys z.
// Long inputs are conjugated before and after; short ones are read from the
// other end.
func (f *splitRadix) backward(z, out []complex128) {
	switch {
	case f.n == 2:
		out[0], out[1] = z[0]+z[1], z[0]-z[1]
	case f.n == 4:
		out[0], out[3], out[2], out[1] = fourPoints(z)
	case f.n <= 16:
		f.plain(z, 0)
		for i := range out {
			out[i] = z[f.reverse[(f.n-i)%f.n]]
		}
	default:
		f.stages[0].splitConjugate(z)
		f.quarters(z, 1, false)
		for i, r := range f.reverse {
			out[i] = conj(z[r])
		}
	}
}

// fourPoints is the transform of four points, in natural order.
func fourPoints(z []complex128) (a, b, c, d complex128) {
	x0, x1 := z[0]+z[2], z[0]-z[2]
	x2, x3 := z[1]+z[3], z[1]-z[3]
	return x0 + x2, addI(x1, x3), x0 - x2, subI(x1, x3)
}

// plain transforms a plain block, of the size of the stage at that level.
func (f *splitRadix) plain(z []complex128, level int) {
	switch len(z) {
	case 8:
		f.leaf.plain8(z)
	case 16:
		f.leaf.plain16(z)
	default:
		f.stages[level].splitPlain(z)
		f.quarters(z, level+1, false)
	}
}

// turned transforms a turned block.
func (f *splitRadix) turned(z []complex128, level int) {
	switch len(z) {
	case 8:
		f.leaf.turned8(z)
	case 16:
		f.leaf.turned16(z)
	default:
		f.stages[level].splitTurned(z)
		f.quarters(z, level+1, true)
	}
}

func (f *splitRadix) quarters(z []complex128, level int, lastTurned bool) {
	q := len(z) / 4
	f.plain(z[:q], level)
	f.turned(z[q:2*q], level)
	f.plain(z[2*q:3*q], level)
	if lastTurned {
		f.turned(z[3*q:], level)
	} else {
		f.plain(z[3*q:], level)
	}
}

// The quarters of a block are made point by point. Points 0 and the middle have turns of
// their own; the others are alike, and vector code takes them two at a time.

// splitPlain divides a plain block into its quarters.
func (s *stage) splitPlain(z []complex128) {
	q := len(z) / 4
	eachPoint(q, func(j int) { s.plainPoint(z, j, q) }, func(j, n int) {
		splitPlain256(&z[j], q, n, &s.plain1[j], &s.plain3[j])
	})
}

func (s *stage) plainPoint(z []complex128, j, q int) {
	x0, x1 := z[j]+z[j+2*q], z[j]-z[j+2*q]
	x2, x3 := z[j+q]+z[j+3*q], z[j+q]-z[j+3*q]
	z[j], z[j+q] = x0+x2, x0-x2
	z[j+2*q], z[j+3*q] = s.twiddle(j, addI(x1, x3), subI(x1, x3))
}

// eachPoint calls one for points of a quarter of q, and alike for n of them from j on.
func eachPoint(q int, one func(j int), alike func(j, n int)) {
	if !hasStages || q < 8 {
		for j := range q {
			one(j)
		}
		return
	}
	for _, from := range []int{0, q / 2} {
		one(from)
		one(from + 1)
		alike(from+2, q/2-2)
	}
}

// splitConjugate is splitPlain of the conjugate of z.
func (s *stage) splitConjugate(z []complex128) {
	q := len(z) / 4
	eachPoint(q, func(j int) { s.conjugatePoint(z, j, q) }, func(j, n int) {
		splitConjugate256(&z[j], q, n, &s.plain1[j], &s.plain3[j])
	})
}

// conjugatePoint takes the signs on the way, not before: that decides the sign of some
// zeros.
func (s *stage) conjugatePoint(z []complex128, j, q int) {
	a, b := z[j], z[j+2*q]
	x0 := complex(real(a)+real(b), -imag(a)-imag(b))
	x1 := complex(real(a)-real(b), imag(b)-imag(a))
	x2, x3 := z[j+q]+z[j+3*q], z[j+q]-z[j+3*q]
	z[j] = complex(real(x0)+real(x2), imag(x0)-imag(x2))
	z[j+q] = complex(real(x0)-real(x2), imag(x0)+imag(x2))
	z[j+2*q], z[j+3*q] = s.twiddle(j,
		complex(real(x1)+imag(x3), imag(x1)+real(x3)),
		complex(real(x1)-imag(x3), imag(x1)-real(x3)))
}

// twiddle turns the points at position j of the third and fourth quarter of a
// plain block.
func (s *stage) twiddle(j int, x, y complex128) (complex128, complex128) {
	switch {
	case j == 0:
		return x, y
	case 2*j == len(s.plain1):
		h := real(s.plain1[j])
		return turnEighth(h, x), complex(float64(-h*(real(y)+imag(y))), float64(-h*(imag(y)-real(y))))
	}
	return mul(s.plain1[j], x), mul(s.plain3[j], y)
}

// turnEighth turns x by an eighth of a circle; h is the square root of 1/2.
func turnEighth(h float64, x complex128) complex128 {
	return complex(float64(h*(real(x)-imag(x))), float64(h*(imag(x)+real(x))))
}

// splitTurned divides a turned block into its quarters.
func (s *stage) splitTurned(z []complex128) {
	q := len(z) / 4
	eachPoint(q, func(j int) { s.turnedPoint(z, j, q) }, func(j, n int) {
		splitTurned256(&z[j], q, n, &[4]*complex128{&s.turned1[j], &s.back1[j], &s.turned3[j], &s.back3[j]})
	})
}

func (s *stage) turnedPoint(z []complex128, j, q int) {
	x0, x1 := addI(z[j], z[j+2*q]), subI(z[j], z[j+2*q])
	x2, x3 := addI(z[j+q], z[j+3*q]), subI(z[j+q], z[j+3*q])
	switch {
	case j == 0:
		h := real(s.plain1[q/2])
		y := turnEighth(h, x2)
		z[j], z[j+q] = x0+y, x0-y
		y = turnEighth(h, x3)
		z[j+2*q], z[j+3*q] = addI(x1, y), subI(x1, y)
	case 2*j == q:
		w := s.turned1[j]
		y0, y2 := mul(w, x0), mul(swap(w), x2)
		z[j], z[j+q] = y0+y2, y0-y2
		y0, y2 = mul(swap(w), x1), mul(w, x3)
		z[j+2*q], z[j+3*q] = y0-y2, y0+y2
	default:
		y0, y2 := mul(s.turned1[j], x0), mul(s.back1[j], x2)
		z[j], z[j+q] = y0+y2, y0-y2
		y0, y2 = mul(s.turned3[j], x1), mul(s.back3[j], x3)
		z[j+2*q], z[j+3*q] = y0+y2, y0-y2
	}
}
