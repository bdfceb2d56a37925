package javamath_test

import (
	"math"
	"testing"

	"leapscore/ops/internal/javamath"
)

func checkRem(t *testing.T, x, y float64) {
	t.Helper()
	if got, want := javamath.Rem(x, y), math.Mod(x, y); canonical(got) != canonical(want) {
		t.Fatalf("%x %% %x = %x, want %x", x, y, got, want)
	}
}

func TestRemIsExact(t *testing.T) {
	edges := []float64{0, 5e-324, 1e-323, 0x1p-1023, 0x1p-1022, 0x1.8p-1022, 0x1p-970, 1, 1 - 0x1p-53, 1 + 0x1p-52, 3, 0.1, 0x1p52, 0x1p53 - 1, 0x1p53, 0x1.8p600, math.MaxFloat64, math.Inf(1), math.NaN()}
	for _, x := range edges {
		for _, y := range edges {
			checkRem(t, x, y)
			checkRem(t, -x, y)
			checkRem(t, x, -y)
		}
	}
	s := stream{3}
	for i := range 400_000 {
		x, y := s.argument(i), s.argument(i>>3)
		checkRem(t, x, y)
		// Numbers close to a multiple of y, where the quotient is rounded.
		n := float64(s.next() >> (11 + s.next()%53))
		m := y * n
		checkRem(t, m, y)
		checkRem(t, math.Nextafter(m, 0), y)
		checkRem(t, math.Nextafter(m, math.Inf(1)), y)
	}
}

func FuzzRem(f *testing.F) {
	f.Add(1e300, 3.0)
	f.Fuzz(checkRem)
}
