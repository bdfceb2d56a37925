package booster

import (
	"math"
	"strings"
	"testing"
)

// The hashes are those that models of CatBoost hold for these categories, as cat_features_hash of their JSON.
func TestCategoryHashIsThatOfTheLibrary(t *testing.T) {
	for text, want := range map[string]uint32{
		"c0": 4246130490, "c3": 2700557309, "c1": 984458948, "c20": 1846415855, "c6": 1647135967, "c28": 591649765,
	} {
		if got := uint32(CategoryHash(text)); got != want {
			t.Errorf("CategoryHash(%q) is %d, want %d", text, got, want)
		}
	}
}

// The hash has a way of its own for each range of lengths (the cases have categories of up to 180 bytes).
func TestCategoryHashOfEveryLength(t *testing.T) {
	seen := map[int32]int{}
	for n := range 300 {
		h := CategoryHash(strings.Repeat("x", n))
		if before, is := seen[h]; is {
			t.Errorf("lengths %d and %d have the same hash", before, n)
		}
		seen[h] = n
	}
}

func TestFastExpAtItsEnds(t *testing.T) {
	x := []float64{-1000, 1000, 0, math.Inf(-1), -1000, 1000, 0}
	fastExp(x)
	// Four are limited to the range of normal numbers, and the rest is cut off at it.
	smallest := 2.2250738585072632e-308
	if x[0] != x[3] || math.Abs(x[0]-smallest) > 1e-316 || x[4] != 0 || !math.IsInf(x[5], 1) || x[2] != 1 || x[6] != 1 {
		t.Errorf("fastExp gives %v", x)
	}
}
