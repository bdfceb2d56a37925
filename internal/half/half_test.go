package half_test

import (
	"math"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/float16"

	"leapscore/internal/half"
)

func TestEveryHalfIsWhatItsBitsSay(t *testing.T) {
	for bits := range 1 << 16 {
		x := float16.FromLEBytes([]byte{byte(bits), byte(bits >> 8)})
		exp, frac := bits>>10&0x1f, float64(bits&0x3ff)
		want := math.Ldexp(1+frac/1024, exp-15)
		switch {
		case exp == 0:
			want = math.Ldexp(frac/1024, -14)
		case exp == 0x1f && frac == 0:
			want = math.Inf(1)
		case exp == 0x1f:
			want = math.NaN()
		}
		if bits>>15 == 1 {
			want = -want
		}
		got := float64(half.Float32(x))
		same := got == want && math.Signbit(got) == math.Signbit(want)
		if !same && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("bits %#04x are %v, want %v", bits, got, want)
		}
	}
}
