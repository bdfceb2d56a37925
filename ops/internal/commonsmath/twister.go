package commonsmath

import (
	"math"

	"leapscore/ops/internal/javamath"
)

const (
	twisterSize  = 624
	twisterShift = 397
)

// MersenneTwister is the random generator of the same name, with the double and
// Gaussian draws of BitsStreamGenerator. It is not safe for concurrent use.
type MersenneTwister struct {
	state [twisterSize]uint32
	next  int     // index of the next word in state
	spare float64 // second number of the last Gaussian pair, or NaN
}

// NewMersenneTwister returns a generator seeded with an int, as the constructor
// of that type. breeze's RandBasis.mt0 is one with seed 0.
func NewMersenneTwister(seed int32) *MersenneTwister {
	g := &MersenneTwister{next: twisterSize, spare: math.NaN()}
	// The original keeps the word in a long and extends the sign of the seed.
	word := int64(seed)
	g.state[0] = uint32(word)
	for i := 1; i < twisterSize; i++ {
		word = (1812433253*(word^word>>30) + int64(i)) & 0xffffffff
		g.state[i] = uint32(word)
	}
	return g
}

// bits returns the upper n bits of the next word.
func (g *MersenneTwister) bits(n uint) uint32 {
	if g.next >= twisterSize {
		g.refill()
	}
	y := g.state[g.next]
	g.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	y ^= y >> 18
	return y >> (32 - n)
}

// refill makes the next 624 words.
func (g *MersenneTwister) refill() {
	s := &g.state
	for k := range twisterSize {
		y := s[k]&0x80000000 | s[(k+1)%twisterSize]&0x7fffffff
		w := s[(k+twisterShift)%twisterSize] ^ y>>1
		if y&1 == 1 {
			w ^= 0x9908b0df
		}
		s[k] = w
	}
	g.next = 0
}

// Float64 returns the next number of [0, 1), as nextDouble: 52 bits of two words.
func (g *MersenneTwister) Float64() float64 {
	high := int64(g.bits(26)) << 26
	return float64(high|int64(g.bits(26))) * 0x1p-52
}

// NormFloat64 returns the next number of the standard normal distribution, as
// nextGaussian: Box-Muller pairs.
func (g *MersenneTwister) NormFloat64() float64 {
	if g.spare == g.spare {
		n := g.spare
		g.spare = math.NaN()
		return n
	}
	x, y := g.Float64(), g.Float64()
	r := math.Sqrt(-2 * Log(y))
	sin, cos := sinCos(float64(2 * math.Pi * x))
	g.spare = r * sin
	return r * cos
}

// Gamma is breeze's gamma distribution with a shape above 1 and a positive
// scale. LDA draws from shape 100 and scale 1.0/100.
type Gamma struct {
	Shape, Scale float64
}

// Draw returns the next number of the distribution, as Gamma.draw: the method of
// Marsaglia and Tsang.
func (g Gamma) Draw(rand *MersenneTwister) float64 {
	if !(g.Shape > 1) {
		panic("commonsmath: gamma distribution with a shape of 1 or less")
	}
	const third = 1.0 / 3.0
	d := g.Shape - third
	c := 1 / math.Sqrt(9*d)
	for {
		x := rand.NormFloat64()
		v := 1 + float64(c*x)
		if v <= 0 {
			continue
		}
		v = float64(v * v * v)
		x2 := float64(x * x)
		u := rand.Float64()
		if u < 1-float64(0.0331*float64(x2*x2)) ||
			javamath.Log(u) < float64(0.5*x2)+float64(d*(1-v+javamath.Log(v))) {
			return g.Scale * d * v
		}
	}
}
