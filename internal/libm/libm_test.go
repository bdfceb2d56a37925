package libm

import (
	"hash/fnv"
	"math"
	"testing"
)

// samples calls f with numbers of all sizes, and with numbers as they occur.
func samples(f func(x, y float64)) {
	state := uint64(1)
	next := func() uint64 {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		return state
	}
	unit := func() float64 { return float64(next()>>11) / (1 << 53) }
	for range 50000 {
		f(math.Float64frombits(next()), unit()*10)
		f(float64(unit()*1600)-800, float64(unit()*400)-200) // not fused, on any processor
		f(float64(unit()*20)-10, float64(unit()*4)-2)
		f(1+(unit()-0.5)/8, (unit()-0.5)*1e4)
	}
}

// digest is a hash of the bits of all answers; numbers that are none count alike.
func digest(f func(x, y float64) float64) uint64 {
	h := fnv.New64a()
	var b [8]byte
	samples(func(x, y float64) {
		bits := math.Float64bits(f(x, y))
		if bits&^(1<<63) > 0x7ff0000000000000 {
			bits = 0
		}
		for i := range b {
			b[i] = byte(bits >> (8 * i))
		}
		h.Write(b[:])
	})
	return h.Sum64()
}

// The digests are those of the GNU C library 2.36 on x86-64 with fused
// multiply-adds, called on the same numbers.
func TestFunctionsHaveTheBitsOfTheCLibrary(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(x, y float64) float64
		want uint64
	}{
		{"exp", func(x, _ float64) float64 { return Exp(x) }, 0xee2ab84ac6259863},
		{"log", func(x, _ float64) float64 { return Log(x) }, 0xba19cac0eb375c08},
		{"log of positive numbers", func(x, _ float64) float64 { return Log(math.Abs(x)) }, 0x443d3d09ceb7517d},
		{"log1p", func(x, _ float64) float64 { return Log1p(x) }, 0xec27f57a42cdbf7a},
		{"pow", Pow, 0x1676b1e68ee2424b},
		{"pow of positive numbers", func(x, y float64) float64 { return Pow(math.Abs(x), y) }, 0x9278e7dfe47c85e},
		{"expf", func(x, _ float64) float64 { return float64(Exp32(float32(x))) }, 0xa8ae44d5f5965521},
		{"logf", func(x, _ float64) float64 { return float64(Log32(float32(x))) }, 0xacb7644b861643c5},
		{"logf of positive numbers", func(x, _ float64) float64 { return float64(Log32(float32(math.Abs(x)))) }, 0x21d346d4abfc5c4},
	} {
		if got := digest(c.f); got != c.want {
			t.Errorf("%s: the digest of its answers is %#x, want %#x", c.name, got, c.want)
		}
	}
}

func TestFunctionsAtTheirEnds(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	tiny := math.SmallestNonzeroFloat64
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"exp(0)", Exp(0), 1}, {"exp(-inf)", Exp(-inf), 0}, {"exp(inf)", Exp(inf), inf}, {"exp(nan)", Exp(nan), nan},
		{"exp(710)", Exp(710), inf}, {"exp(-746)", Exp(-746), 0}, {"exp(-745)", Exp(-745), tiny}, {"exp(tiny)", Exp(tiny), 1},
		{"log(0)", Log(0), -inf}, {"log(-0)", Log(math.Copysign(0, -1)), -inf}, {"log(1)", Log(1), 0}, {"log(inf)", Log(inf), inf},
		{"log(-1)", Log(-1), nan}, {"log(nan)", Log(nan), nan}, {"log(tiny)", Log(tiny), -0x1.74385446d71c3p+9},
		{"log1p(-1)", Log1p(-1), -inf}, {"log1p(-2)", Log1p(-2), nan}, {"log1p(inf)", Log1p(inf), inf}, {"log1p(tiny)", Log1p(tiny), tiny},
		{"pow(nan, 0)", Pow(nan, 0), 1}, {"pow(1, nan)", Pow(1, nan), 1}, {"pow(-1, inf)", Pow(-1, inf), 1}, {"pow(0.5, inf)", Pow(0.5, inf), 0},
		{"pow(2, -inf)", Pow(2, -inf), 0}, {"pow(2, inf)", Pow(2, inf), inf}, {"pow(-0, -3)", Pow(math.Copysign(0, -1), -3), -inf},
		{"pow(-2, 3)", Pow(-2, 3), -8}, {"pow(-2, 0.5)", Pow(-2, 0.5), nan}, {"pow(2, 1e300)", Pow(2, 1e300), inf}, {"pow(2, tiny)", Pow(2, tiny), 1},
		{"expf(89)", float64(Exp32(89)), inf}, {"expf(-104)", float64(Exp32(-104)), 0}, {"expf(nan)", float64(Exp32(float32(nan))), nan},
		{"logf(0)", float64(Log32(0)), -inf}, {"logf(1)", float64(Log32(1)), 0}, {"logf(-1)", float64(Log32(-1)), nan}, {"logf(inf)", float64(Log32(float32(inf))), inf},
	} {
		if math.Float64bits(c.got) != math.Float64bits(c.want) && (c.got == c.got || c.want == c.want) {
			t.Errorf("%s is %v, want %v", c.name, c.got, c.want)
		}
	}
}
