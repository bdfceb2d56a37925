package booster

import (
	"math"
	"slices"
	"testing"
)

// TestParametersAreReadAsLightGBMDoes has the doubles that LightGBM 4.7 reads, which are not
// always the nearest ones.
func TestParametersAreReadAsLightGBMDoes(t *testing.T) {
	for text, want := range map[string]uint64{
		"1": 0x3ff0000000000000, "0.7": 0x3fe6666666666666, "2.41907e+07": 0x417711eec0000000, "8.81384e-05": 0x3f171ade2e9d4208,
		"1e-300": 0x1a56e1fc2f8f355, "37.286581265540285": 0x4042a4aeb1e59227, "1e299": 0x7e031cfd3999f7b3, "0.1": 0x3fb999999999999a,
		"123456.789": 0x40fe240c9fbe76c9, "1E5": 0x40f86a0000000000, "+2.5": 0x4004000000000000, "-2.5": 0xc004000000000000, ".5": 0x3fe0000000000000,
		"5.": 0x4014000000000000, "7.123456789012345678901234567e-7": 0x3ea7e700b6c1dfe9, "1.7976e-308": 0xced1708a2e6b6,
	} {
		if got, err := parseLoosely(text); err != nil || math.Float64bits(got) != want {
			t.Errorf("%s is %v (%#x), %v, want %v (%#x)", text, got, math.Float64bits(got), err, math.Float64frombits(want), want)
		}
	}
	for _, bad := range []string{"", "-", ".", "e5", "1e", "1e+", "1x", "1f5", "nan", "inf", "1 2", "1e99999999999"} {
		if got, err := parseLoosely(bad); err == nil {
			t.Errorf("%q is %v, want an error", bad, got)
		}
	}
}

// TestNumbersAreTheNearestDoubles has what LightGBM 4.7 reads, denormals and numbers beyond the
// greatest among them.
func TestNumbersAreTheNearestDoubles(t *testing.T) {
	for text, want := range map[string]float64{
		"1e23": 1e23, "4.9e-324": 5e-324, "2.4703282292062327e-324": 0, "2.4703282292062328e-324": 5e-324, "1.7976931348623159e308": math.Inf(1), "-1e400": math.Inf(-1),
		"9007199254740993": 9007199254740992, "0.1000000000000000055511151231257827021181583404541015625": 0.1, "inf": math.Inf(1), "-inf": math.Inf(-1),
		"-0": math.Copysign(0, -1), "1.": 1, "00001.5": 1.5,
	} {
		if got, err := parseFloat([]byte(text)); err != nil || math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%s is %v, %v, want %v", text, got, err, want)
		}
	}
	for _, nan := range []string{"nan", "-nan"} {
		if got, err := parseFloat([]byte(nan)); err != nil || !math.IsNaN(got) {
			t.Errorf("%s is %v, %v, want NaN", nan, got, err)
		}
	}
	for text, want := range map[string]int32{"0": 0, "-1": -1, "2147483647": math.MaxInt32, "-2147483648": math.MinInt32} {
		if got, err := parseInt([]byte(text)); err != nil || got != want {
			t.Errorf("%s is %v, %v, want %v", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "-", "2147483648", "-2147483649", "+1", "1.0", "99999999999"} {
		if got, err := parseInt([]byte(bad)); err == nil {
			t.Errorf("%q is %v, want an error", bad, got)
		}
	}
}

func TestSetsAreJoined(t *testing.T) {
	for _, c := range []struct {
		words []uint32
		want  []uint64
	}{
		{nil, []uint64{0}}, {[]uint32{5}, []uint64{5}}, {[]uint32{1, 2}, []uint64{1 | 2<<32}},
		{[]uint32{1, 2, 1 << 31, 7, 9}, []uint64{1 | 2<<32, 1<<31 | 7<<32, 9}},
	} {
		if got := bitSet(c.words); !slices.Equal(got, c.want) {
			t.Errorf("%v make %v, want %v", c.words, got, c.want)
		}
	}
}

// TestThresholdsAmongZerosMove compares a moved threshold with a value that counts as 0.
func TestThresholdsAmongZerosMove(t *testing.T) {
	above, below := math.Nextafter(zero, 1), math.Nextafter(-zero, -1)
	for _, threshold := range []float64{-1, below, -zero, -1e-36, -5e-324, math.Copysign(0, -1), 0, 5e-324, 1e-36, zero, above, 1, math.Inf(1)} {
		for _, x := range []float64{-1, below, -zero, -1e-36, math.Copysign(0, -1), 0, 5e-324, 1e-36, zero, above, 1} {
			seen := x
			if math.Abs(x) <= zero {
				seen = 0
			}
			if got, want := x <= flush(threshold), seen <= threshold; got != want {
				t.Errorf("%v at %v goes left: %v, want %v", x, threshold, got, want)
			}
		}
	}
}
