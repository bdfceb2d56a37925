package javatext

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
)

// generator holds the fraction r/s whose digits are generated, and the half
// width m of the interval that identifies the number, all as p5^k * 2^j.
type generator struct {
	odd        uint64 // r is odd * 5^r5 * 2^r2
	r5, r2     int
	s5, s2     int // s is 5^s5 * 2^s2
	m5, m2     int // m is 5^m5 * 2^m2
	exp10      int // estimate of floor(log10(value)), at most one too high
	rLen, sLen int // bits that r and 10*s need, as the JDK reckons them
}

func newGenerator(f uint64, e int) generator {
	length := bits.Len64(f)
	zeros := bits.TrailingZeros64(f)
	significant := length - zeros

	// The tangent of log10 at 1.5, as in David Gay's dtoa: never too low.
	x := math.Ldexp(float64(f), 1-length)
	est := float64((x-1.5)*0.289529654602168) + 0.1760912590558
	est += float64(float64(e+length-1) * 0.301029995663981)
	exp10 := int(math.Floor(est))

	g := generator{odd: f >> zeros, exp10: exp10}
	g.r5 = max(0, -exp10)
	g.m5 = g.r5
	g.s5 = max(0, exp10)
	g.r2 = g.r5 + e + zeros
	g.m2 = g.m5 + e - 1
	g.s2 = g.s5
	if significant == 1 {
		g.m2--
	}
	common := min(g.r2, g.m2, g.s2)
	g.r2 -= common
	g.m2 -= common
	g.s2 -= common

	g.rLen = significant + g.r2
	if g.r5 > 0 {
		g.rLen += pow5Len(g.r5)
	}
	g.sLen = g.s2 + 1 + pow5Len(g.s5+1)
	return g
}

// run generates digits until they identify the number, and rounds the last.
func (g *generator) run(d *decimal) {
	d.n, d.point = 0, g.exp10+1
	var low, high bool // the digits so far, or the next number up, identify it
	var half int       // the rest compared with half a unit of the last digit
	switch {
	case g.rLen < 64 && g.sLen < 64:
		low, high, half = g.run64(d)
	case g.rLen < 124 && g.sLen < 124:
		low, high, half = g.run128(d)
	default:
		low, high, half = g.runBig(d)
	}
	if !high {
		return
	}
	if low && (half < 0 || half == 0 && d.digits[d.n-1]&1 == 0) {
		return
	}
	d.roundUp()
}

// step takes the next digit and says whether to stop there.
func (d *decimal) step(i int, digit byte, low, high *bool) bool {
	if i == 0 {
		scientific := d.scientific()
		if digit == 0 && !*high {
			d.point-- // the estimate was one too high
		} else {
			d.digits[d.n] = '0' + digit
			d.n++
		}
		if scientific {
			*low, *high = false, false
		}
		return *low || *high
	}
	d.digits[d.n] = '0' + digit
	d.n++
	return *low || *high
}

// run64 is the JDK's own arithmetic, overflows included.
func (g *generator) run64(d *decimal) (low, high bool, half int) {
	r := int64(g.odd*pow5(g.r5)) << g.r2
	s := int64(pow5(g.s5)) << g.s2
	m := int64(pow5(g.m5)) << g.m2
	for i := 0; ; i++ {
		digit := r / s
		r = r % s * 10
		m *= 10
		low = r < m
		high = r+m > s*10
		if m <= 0 { // the JDK allows for an overflow of m, not of r+m
			low, high = true, true
		}
		if d.step(i, byte(digit), &low, &high) {
			return low, high, cmp.Compare(r*2-s*10, 0)
		}
	}
}

// overflows reports whether run64 runs and its sums may overflow: they are below 60
// times the denominator.
func (g *generator) overflows() bool {
	return g.rLen < 64 && g.sLen < 64 && g.s2+bits.Len64(pow5(min(g.s5, 27))) > 57
}

// run128 serves numbers of ordinary size, runBig all others; the JDK computes
// both exactly.
func (g *generator) run128(d *decimal) (low, high bool, half int) {
	r := pow5Wide(g.r5).mul(g.odd).shl(g.r2)
	s := pow5Wide(g.s5).shl(g.s2)
	m := pow5Wide(g.m5).shl(g.m2)
	s10 := s.mul(10)
	for i := 0; ; i++ {
		var digit byte
		for bit := 3; bit >= 0; bit-- {
			if part := s.shl(bit); r.cmp(part) >= 0 {
				r = r.sub(part)
				digit |= 1 << bit
			}
		}
		r, m = r.mul(10), m.mul(10)
		low = r.cmp(m) < 0
		high = r.add(m).cmp(s10) > 0
		if d.step(i, digit, &low, &high) {
			return low, high, r.shl(1).cmp(s10)
		}
	}
}

func (g *generator) runBig(d *decimal) (low, high bool, half int) {
	scaled := func(f uint64, p5, p2 int) *big.Int {
		z := new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(p5)), nil)
		z.Mul(z, new(big.Int).SetUint64(f))
		return z.Lsh(z, uint(p2))
	}
	r := scaled(g.odd, g.r5, g.r2)
	s := scaled(1, g.s5, g.s2)
	m := scaled(1, g.m5, g.m2)
	ten := big.NewInt(10)
	s10 := new(big.Int).Mul(s, ten)
	var digit, sum, scratch big.Int
	for i := 0; ; i++ {
		digit.QuoRem(r, s, &scratch)
		r.Mul(&scratch, ten)
		m.Mul(m, ten)
		low = r.Cmp(m) < 0
		high = sum.Add(r, m).Cmp(s10) > 0
		if d.step(i, byte(digit.Uint64()), &low, &high) {
			return low, high, sum.Lsh(r, 1).Cmp(s10)
		}
	}
}

// pow5Len is the length of 5^k in bits; past 5^27 an upper bound does, because
// no such power fits the narrow arithmetics that the length decides between.
func pow5Len(k int) int {
	if k > 52 {
		return 3 * k
	}
	p := pow5Wide(k)
	if p.hi != 0 {
		return 64 + bits.Len64(p.hi)
	}
	return bits.Len64(p.lo)
}

// pow5 is 5^k for k <= 27.
func pow5(k int) uint64 { return pow5Table[k].lo }

// pow5Wide is 5^k for k <= 53.
func pow5Wide(k int) uint128 { return pow5Table[k] }

var pow5Table = func() (table [54]uint128) {
	table[0] = uint128{lo: 1}
	for k := 1; k < len(table); k++ {
		table[k] = table[k-1].mul(5)
	}
	return table
}()

// uint128 is an unsigned integer. Its operations do not check for overflow.
type uint128 struct{ hi, lo uint64 }

func (a uint128) mul(b uint64) uint128 {
	hi, lo := bits.Mul64(a.lo, b)
	return uint128{hi + a.hi*b, lo}
}

func (a uint128) add(b uint128) uint128 {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	hi, _ := bits.Add64(a.hi, b.hi, carry)
	return uint128{hi, lo}
}

func (a uint128) sub(b uint128) uint128 {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	hi, _ := bits.Sub64(a.hi, b.hi, borrow)
	return uint128{hi, lo}
}

func (a uint128) shl(n int) uint128 {
	if n >= 64 {
		return uint128{hi: a.lo << (n - 64)}
	}
	return uint128{a.hi<<n | a.lo>>(64-n), a.lo << n}
}

func (a uint128) cmp(b uint128) int {
	if a.hi != b.hi {
		return cmp.Compare(a.hi, b.hi)
	}
	return cmp.Compare(a.lo, b.lo)
}
