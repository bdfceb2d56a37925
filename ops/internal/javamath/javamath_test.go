package javamath_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"leapscore/ops/internal/javamath"
)

const blockLen = 65536

// function is one function of the package, its result as testdata/JavaMath.java prints it.
type function struct {
	arity int
	bits  func(a [3]float64) uint64
}

var sorted = []float64{
	math.Inf(-1), -2, math.Copysign(0, -1), math.Copysign(0, -1), 0, 0, 0, 1, 1, 1, 5,
	math.Inf(1), math.NaN(), math.NaN(),
}

var functions = map[string]function{
	"exp":      f1(javamath.Exp),
	"log":      f1(javamath.Log),
	"log10":    f1(javamath.Log10),
	"pow":      f2(javamath.Pow),
	"sin":      f1(javamath.Sin),
	"cos":      f1(javamath.Cos),
	"tan":      f1(javamath.Tan),
	"log1p":    f1(javamath.Log1p),
	"rint":     f1(javamath.Rint),
	"round":    i1(javamath.Round),
	"roundf":   i1(func(x float64) int32 { return javamath.RoundF(float32(x)) }),
	"rem":      f2(javamath.Rem),
	"remf":     f2(asFloats(javamath.RemF)),
	"signum":   f1(javamath.Signum),
	"min":      f2(javamath.Min),
	"max":      f2(javamath.Max),
	"minf":     f2(asFloats(javamath.MinF)),
	"maxf":     f2(asFloats(javamath.MaxF)),
	"compare":  i2(javamath.Compare),
	"comparef": i2(func(x, y float64) int { return javamath.CompareF(float32(x), float32(y)) }),
	"d2i":      i1(javamath.D2I),
	"d2l":      i1(javamath.D2L),
	"d2s":      i1(javamath.D2S),
	"d2b":      i1(javamath.D2B),
	"f2i":      i1(func(x float64) int32 { return javamath.F2I(float32(x)) }),
	"f2l":      i1(func(x float64) int64 { return javamath.F2L(float32(x)) }),
	"f2s":      i1(func(x float64) int16 { return javamath.F2S(float32(x)) }),
	"f2b":      i1(func(x float64) int8 { return javamath.F2B(float32(x)) }),
	"l2i":      i1(func(x float64) int32 { return javamath.L2I(int64(canonical(x))) }),
	"l2s":      i1(func(x float64) int16 { return javamath.L2S(int64(canonical(x))) }),
	"l2b":      i1(func(x float64) int8 { return javamath.L2B(int64(canonical(x))) }),
	"search":   i1(func(x float64) int { return javamath.BinarySearch(sorted, x) }),
	"fma32": {3, func(a [3]float64) uint64 {
		return canonical(float64(javamath.Fma32(float32(a[0]), float32(a[1]), float32(a[2]))))
	}},
}

func f1(f func(x float64) float64) function {
	return function{1, func(a [3]float64) uint64 { return canonical(f(a[0])) }}
}

func f2(f func(x, y float64) float64) function {
	return function{2, func(a [3]float64) uint64 { return canonical(f(a[0], a[1])) }}
}

func i1[T int8 | int16 | int32 | int64 | int](f func(x float64) T) function {
	return function{1, func(a [3]float64) uint64 { return uint64(f(a[0])) }}
}

func i2(f func(x, y float64) int) function {
	return function{2, func(a [3]float64) uint64 { return uint64(f(a[0], a[1])) }}
}

func asFloats(f func(x, y float32) float32) func(x, y float64) float64 {
	return func(x, y float64) float64 { return float64(f(float32(x), float32(y))) }
}

// canonical is Double.doubleToLongBits.
func canonical(x float64) uint64 {
	if x != x {
		return 0x7ff8 << 48
	}
	return math.Float64bits(x)
}

// stream is the stream of arguments of testdata/JavaMath.java.
type stream struct{ state uint64 }

func (s *stream) next() uint64 {
	s.state += 0x9E3779B97F4A7C15
	z := s.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

func (s *stream) argument(i int) float64 {
	word := s.next()
	unit := float64(s.next()>>11) * 0x1p-53
	switch i & 7 {
	case 0:
		return math.Float64frombits(word)
	case 1:
		return float64(unit*1500) - 750
	case 2:
		return unit * 1000
	case 3:
		return float64(unit*20) - 10
	case 4:
		return 1 + float64((unit-0.5)*0.125)
	case 5:
		return float64(unit*2e6) - 1e6
	case 6:
		return (float64(unit*2) - 1) * math.Float64frombits((word&127+1023-96)<<52)
	}
	return float64(word&63)*0.5 - 16
}

func (s *stream) arguments(i int) [3]float64 {
	return [3]float64{s.argument(i), s.argument(i >> 3), s.argument(i >> 6)}
}

// lines reads a file of testdata, each line split at its blanks.
func lines(t *testing.T, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for line := range strings.Lines(string(text)) {
		all = append(all, strings.Fields(line))
	}
	return all
}

func TestEveryResultOfTheStreamEqualsTheJVMs(t *testing.T) {
	want := map[string][]string{}
	for _, f := range lines(t, "digests.txt") {
		want[f[0]] = append(want[f[0]], f[2])
	}
	for _, name := range []string{"exp", "log", "log10", "pow", "sin", "cos", "tan"} {
		if len(want[name])*blockLen < 1_000_000 {
			t.Errorf("%s: want digests of a million results, found %d blocks", name, len(want[name]))
		}
	}
	for name, digests := range want {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := functions[name]
			s := stream{42}
			results := make([]byte, 8*blockLen)
			for block, want := range digests {
				for i := range blockLen {
					binary.BigEndian.PutUint64(results[8*i:], f.bits(s.arguments(i)))
				}
				sum := sha256.Sum256(results)
				if got := hex.EncodeToString(sum[:16]); got != want {
					t.Fatalf("results %d to %d: digest %s, want %s; see the samples for single arguments",
						block*blockLen, (block+1)*blockLen-1, got, want)
				}
			}
		})
	}
}

func TestSamplesAndEdgesEqualTheJVMs(t *testing.T) {
	seen := map[string]int{}
	for _, file := range []string{"samples.txt", "edges.txt"} {
		for n, fields := range lines(t, file) {
			f, ok := functions[fields[0]]
			if !ok || len(fields) != f.arity+2 {
				t.Fatalf("%s line %d: want a function and its arguments, found %q", file, n+1, fields)
			}
			var args [3]float64
			for i := range f.arity {
				args[i] = math.Float64frombits(parseHex(t, fields[1+i]))
			}
			want := parseHex(t, fields[f.arity+1])
			if got := f.bits(args); got != want {
				t.Errorf("%s%v = %x (%v), want %x (%v)", fields[0], args[:f.arity],
					got, math.Float64frombits(got), want, math.Float64frombits(want))
			}
			seen[fields[0]]++
		}
	}
	for name := range functions {
		if seen[name] < 100 {
			t.Errorf("%s: %d results to compare, want at least 100", name, seen[name])
		}
	}
}

func parseHex(t *testing.T, s string) uint64 {
	t.Helper()
	v, err := strconv.ParseUint(s, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFunctionsDoNotAllocate(t *testing.T) {
	for name, f := range functions {
		s := stream{7}
		if n := testing.AllocsPerRun(100, func() { f.bits(s.arguments(int(s.state))) }); n != 0 {
			t.Errorf("%s allocates %v times a call, want none", name, n)
		}
	}
}

func BenchmarkMath(b *testing.B) {
	s := stream{1}
	var xs, ys [1024]float64
	for i := range xs {
		xs[i], ys[i] = 50*float64(s.next()>>11)*0x1p-53, 10*float64(s.next()>>11)*0x1p-53
	}
	unary := []struct {
		name string
		f    func(x float64) float64
	}{
		{"exp", javamath.Exp}, {"log", javamath.Log}, {"log10", javamath.Log10}, {"sin", javamath.Sin},
		{"cos", javamath.Cos}, {"tan", javamath.Tan}, {"log1p", javamath.Log1p},
	}
	for _, u := range unary {
		b.Run(u.name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				u.f(xs[i&1023])
			}
		})
	}
	b.Run("pow", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			javamath.Pow(xs[i&1023], ys[i&1023])
		}
	})
	b.Run("round", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			javamath.Round(xs[i&1023])
		}
	})
}
