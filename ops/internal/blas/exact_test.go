package blas

import (
	"fmt"
	"math"
	"math/big"
	"testing"
)

// Values as Java11BLAS gives them: the total of the four sums is added to 0.0,
// the sums of a tail and of a matrix product are not.
func TestUnderflowToNegativeZeroSurvivesOnlyOutsideTheFourSums(t *testing.T) {
	const tiny, tiny32 = 0x1p-600, float32(0x1p-100)
	x, y := []float64{-tiny, -tiny, -tiny, -tiny}, []float64{tiny, tiny, tiny, tiny}
	fx, fy := []float32{-tiny32, -tiny32, -tiny32, -tiny32}, []float32{tiny32, tiny32, tiny32, tiny32}
	out := make([]float64, 3)
	GemvN(1, 4, 1, x, y, 0, out[:1])
	GemvT(4, 1, 1, x, y, 0, out[1:2])
	GemmNN(1, 1, 4, 1, x, y, 0, out[2:])
	for _, c := range []struct {
		name     string
		got      float64
		negative bool
	}{
		{"dot of 4", Dot(x, y), false},
		{"dot of 1", Dot(x[:1], y[:1]), true},
		{"sdot of 4", float64(Sdot(fx, fy)), false},
		{"sdot of 1", float64(Sdot(fx[:1], fy[:1])), true},
		{"gemv N", out[0], true},
		{"gemv T", out[1], true},
		{"gemm", out[2], true},
	} {
		if c.got != 0 || math.Signbit(c.got) != c.negative {
			t.Errorf("%s: %v with sign bit %v, want zero with %v", c.name, c.got, math.Signbit(c.got), c.negative)
		}
	}
}

func TestEmptyVectorsHaveZeroDotNormAndDistance(t *testing.T) {
	if d := Dot(nil, nil); d != 0 || math.Signbit(d) {
		t.Errorf("dot: %v", d)
	}
	if d := DotSparse(nil, nil, make([]float64, 3)); d != 0 {
		t.Errorf("sparse dot: %v", d)
	}
	if d := Norm2(nil); d != 0 {
		t.Errorf("norm: %v", d)
	}
	if d := SqDistSparse(nil, nil, []float64{3, 4}); d != 25 {
		t.Errorf("distance from no entries: %v, want 25", d)
	}
}

// exactFMA32 computes x*y + z in arbitrary precision and rounds once. It holds
// for finite arguments and sums other than zero.
func exactFMA32(x, y, z float32) float32 {
	wide := func(v float32) *big.Float { return new(big.Float).SetPrec(600).SetFloat64(float64(v)) }
	sum := wide(x)
	sum.Mul(sum, wide(y)).Add(sum, wide(z))
	f, _ := sum.Float32()
	return f
}

func TestSinglePrecisionFMARoundsOnce(t *testing.T) {
	s := seeded(4)
	tiny := 0
	for range 300_000 {
		x, y := math.Float32frombits(uint32(s.next())), math.Float32frombits(uint32(s.next()))
		// with an exponent near the product's, so that all bits of both count
		e := math.Ilogb(float64(x)*float64(y)) + int(s.next()%64) - 32
		z := float32(math.Ldexp(1+float64(s.next()>>62)/4, e))
		sum := float64(x)*float64(y) + float64(z)
		if sum != sum || math.IsInf(float64(z), 0) || sum == 0 {
			continue
		}
		if math.Abs(sum) < 0x1p-126 {
			tiny++
		}
		if got, want := fma32(x, y, z), exactFMA32(x, y, z); got != want {
			t.Fatalf("fma32(%x, %x, %x) = %x, want %x", x, y, z, got, want)
		}
	}
	if tiny < 1000 {
		t.Errorf("%d sums in the subnormal range, want 1000 or more", tiny)
	}
}

// Products a hair less than half the last bit of z: converting the rounded
// float64 sum takes them for a tie and goes the wrong way half of the time.
func TestSinglePrecisionFMANextToATie(t *testing.T) {
	const ulp = 0x1p-23
	wrong := 0
	for a := float32(1); a <= 16; a++ {
		for j := float32(0); j < 8; j++ {
			for _, c := range []struct{ x, y, z float32 }{
				{1 + a*ulp, (1 - a*ulp) * 0x1p-24, 1 + j*ulp},
				{-(1 + a*ulp), (1 - a*ulp) * 0x1p-24, 1 + j*ulp},
				{(1 + a*ulp) * 0x1p-75, (1 - a*ulp) * 0x1p-75, 0x1p-127 + j*0x1p-149},
			} {
				want := exactFMA32(c.x, c.y, c.z)
				if got := fma32(c.x, c.y, c.z); got != want {
					t.Errorf("fma32(%x, %x, %x) = %x, want %x", c.x, c.y, c.z, got, want)
				}
				if float32(float64(c.x)*float64(c.y)+float64(c.z)) != want {
					wrong++
				}
			}
		}
	}
	if wrong == 0 {
		t.Error("rounding twice was never wrong: the arguments test nothing")
	}
}

func TestColumnsOfABatchEqualColumnsAlone(t *testing.T) {
	for _, shape := range [][3]int{{3, 5, 4}, {8, 1, 7}, {61, 40, 700}, {2000, 3, 600}, {1, 2, 1_000_001}} {
		t.Run(fmt.Sprint(shape), func(t *testing.T) {
			m, n, k := shape[0], shape[1], shape[2]
			s := seeded(5, m, n, k)
			a, b, c := s.dense(m*k, 1), s.dense(k*n, 1), s.dense(m*n, 1)
			got := clone(c)
			GemmColumns(m, n, k, 1, a, b, 1, got)
			for col := range n {
				want := clone(c[col*m : (col+1)*m])
				GemmNN(m, 1, k, 1, a, b[col*k:(col+1)*k], 1, want)
				if digest(want...) != digest(got[col*m:(col+1)*m]...) {
					t.Errorf("column %d differs", col)
				}
			}
		})
	}
}
