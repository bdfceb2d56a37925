package commonsmath

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

const (
	block  = 8192
	blocks = 25
)

// source makes the arguments of testdata/CommonsMath.java: splitmix64.
type source uint64

func (s *source) next() uint64 {
	*s += 0x9E3779B97F4A7C15
	z := uint64(*s)
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	return z ^ (z >> 31)
}

// special are the ends of ranges and the values that are not numbers.
var special = []float64{
	0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 1.0, -1.0, 0.5, -0.5, 1.5,
	0x1.3988e1409212ep0, 40.0, -40.0, 0x1.4000000000001p5, -0x1.4000000000001p5, 48.0, 49.0,
	0x1.87fffffffffffp5, 0.00001, 0x1.4f8b588e368f1p-17, math.SmallestNonzeroFloat64, math.MaxFloat64,
	0.99, 1.01, 0x1.028f5c28f5c28p0, 0x1.fae147ae147afp-1, -709.0, -710.0, -708.5, -709.5, -746.0,
	-745.5, 709.0, 709.78271289338397, 709.9, 710.0, 0x1p-1022, 0x0.fffffffffffffp-1022, 1.0e300,
}

func (s *source) unit() float64 {
	return float64(s.next()>>11) * 0x1p-53
}

func (s *source) argument(t *testing.T, kind string) float64 {
	switch kind {
	case "special":
		return special[(s.next()>>1)%uint64(len(special))]
	case "bits":
		return math.Float64frombits(s.next())
	case "unit":
		return s.unit()
	case "nearone":
		return 0.985 + float64(s.unit()*0.03)
	case "subnormal":
		return math.Float64frombits(s.next() >> 12)
	case "circle":
		return s.unit() * 2 * math.Pi
	case "angle":
		return s.unit() * 3294198
	case "sixty":
		return s.unit() * 60
	case "ten":
		return float64(s.unit()*20) - 10
	case "forty":
		return float64(s.unit()*84) - 42
	case "exponent":
		return float64(s.unit()*1470) - 755
	case "negative":
		return -s.unit() * 100
	case "tiny":
		u := s.unit()
		return u * math.Ldexp(1, -int(s.next()>>54))
	}
	t.Fatalf("unknown kind of arguments %q", kind)
	return 0
}

// digest is FNV-1a over the bits, with every NaN counted as the same.
type digest uint64

func (d *digest) add(x float64) {
	bits := math.Float64bits(x)
	if x != x {
		bits = 0x7ff8000000000000
	}
	*d = (*d ^ digest(bits)) * 0x100000001B3
}

func digestOf(n int, f func() float64) string {
	d := digest(0xCBF29CE484222325)
	for range n {
		d.add(f())
	}
	return fmt.Sprintf("%016x", uint64(d))
}

var functions = map[string]func(float64) float64{
	"log":     Log,
	"exp":     exp,
	"sin":     func(x float64) float64 { s, _ := sinCos(x); return s },
	"cos":     func(x float64) float64 { _, c := sinCos(x); return c },
	"erf":     Erf,
	"digamma": Digamma,
}

func run(t *testing.T, name, kind string, number int) string {
	if f, ok := functions[name]; ok {
		s := source(number)
		return digestOf(block, func() float64 { return f(s.argument(t, kind)) })
	}
	switch name {
	case "uniform":
		return digestOf(100_000, NewMersenneTwister(int32(number)).Float64)
	case "gaussian":
		return digestOf(200_000, NewMersenneTwister(int32(number)).NormFloat64)
	case "gamma":
		n := 50_000
		if number == 100 {
			n = 200_000
		}
		g, rand := Gamma{Shape: float64(number), Scale: 1 / float64(number)}, NewMersenneTwister(0)
		return digestOf(n, func() float64 { return g.Draw(rand) })
	}
	t.Fatalf("unknown function %q", name)
	return ""
}

// The digests come from commons-math3 3.6.1 and breeze 2.1.0.
func TestBitsEqualTheReferenceClasses(t *testing.T) {
	text, err := os.ReadFile("testdata/commonsmath.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]int{}
	for line := range strings.Lines(string(text)) {
		var name, kind, want string
		var number int
		if _, err := fmt.Sscan(line, &name, &kind, &number, &want); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		lines[name+" "+kind]++
		if got := run(t, name, kind, number); got != want {
			t.Errorf("%s %s %d: got %s, want %s", name, kind, number, got, want)
		}
	}
	for name := range functions {
		found := 0
		for key, n := range lines {
			if strings.HasPrefix(key, name+" ") {
				found += n
			}
		}
		if found < 3*blocks {
			t.Errorf("%d blocks for %s, want %d or more", found, name, 3*blocks)
		}
	}
	for _, name := range []string{"uniform draws", "gaussian draws", "gamma draws"} {
		if lines[name] < 5 {
			t.Errorf("%d lines for %s, want 5 or more", lines[name], name)
		}
	}
}

func TestLDAStartsFromTheDrawsOfSeedZero(t *testing.T) {
	g, rand := Gamma{Shape: 100, Scale: 1.0 / 100}, NewMersenneTwister(0)
	for i, want := range []float64{0.9207522951297558, 0.972190296609509} {
		if got := g.Draw(rand); got != want {
			t.Errorf("draw %d: %v, want %v", i, got, want)
		}
	}
}
