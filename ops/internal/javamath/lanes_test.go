package javamath_test

import (
	"encoding/binary"
	"math"
	"testing"

	"leapscore/ops/internal/javamath"
)

// overAll are the functions of whole slices, each beside the function of one number.
var overAll = map[string]struct {
	all func(dst, src []float64)
	one func(float64) float64
	// usual makes arguments of the range that vector code has of a number in [0, 1).
	usual func(unit float64) float64
}{
	"exp": {javamath.ExpAll, javamath.Exp, func(u float64) float64 { return float64(u*1500) - 770 }},
	"log": {javamath.LogAll, javamath.Log, func(u float64) float64 { return math.Ldexp(1+u, int(u*4000)%2040-1020) }},
}

// checkAll compares all with one, bit for bit but for NaN.
func checkAll(t *testing.T, name string, src []float64) {
	t.Helper()
	f := overAll[name]
	dst := make([]float64, len(src))
	f.all(dst, src)
	for i, x := range src {
		if want := f.one(x); canonical(dst[i]) != canonical(want) {
			t.Fatalf("%s of %d numbers: element %d, of %v, is %x, want %x", name, len(src), i, x, dst[i], want)
		}
	}
	same := append([]float64(nil), src...)
	f.all(same, same)
	for i := range dst {
		if canonical(same[i]) != canonical(dst[i]) {
			t.Fatalf("%s in place: element %d, of %v, is %x, want %x", name, i, src[i], same[i], dst[i])
		}
	}
}

func TestFunctionsOfSlicesHaveTheBitsOfThoseOfNumbers(t *testing.T) {
	edges := []float64{
		0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), 1, -1, 709, 709.0000001, 709.8, 710,
		-619, -619.0001, -708, -745, -745.2, -746, -746.0000001, 1e300, -1e300, 5e-324, -5e-324, 0x1p-1022, 0x0.fffffp-1022,
		0x1p-54, 0x1p-55, -0x1p-54, -0x1p-55, math.MaxFloat64, 0x1.fffffffffffffp-1, 1 + 0x1p-52,
	}
	for name, f := range overAll {
		t.Run(name, func(t *testing.T) {
			for n := range 14 {
				for at := range edges {
					src := make([]float64, n)
					for i := range src {
						src[i] = edges[(at+i)%len(edges)]
					}
					checkAll(t, name, src)
					if n > 0 { // one edge among usual numbers
						for i := range src {
							src[i] = f.usual(float64(i) / 16)
						}
						src[at%n] = edges[at]
						checkAll(t, name, src)
					}
				}
			}
			s := stream{11}
			src := make([]float64, blockLen)
			for i := range src {
				src[i] = s.argument(i)
			}
			checkAll(t, name, src)
			for range 8 {
				for i := range src {
					src[i] = f.usual(float64(s.next()>>11) * 0x1p-53)
				}
				checkAll(t, name, src)
			}
		})
	}
}

func FuzzFunctionsOfSlices(f *testing.F) {
	f.Add(make([]byte, 40))
	f.Fuzz(func(t *testing.T, data []byte) {
		src := make([]float64, len(data)/8)
		for i := range src {
			src[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		}
		for name := range overAll {
			checkAll(t, name, src)
		}
	})
}

func BenchmarkAll(b *testing.B) {
	for name, f := range overAll {
		src, dst := make([]float64, 1024), make([]float64, 1024)
		for i := range src {
			src[i] = float64(i+1) * 0.01
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f.all(dst, src)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1024, "ns/number")
		})
	}
}
