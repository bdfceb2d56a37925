package booster

import (
	"math"
	"strconv"
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

// The hash has a way of its own for each range of lengths. These are CatBoost's hashes of
// n times x and then the number n, by n.
func TestCategoryHashOfEveryLength(t *testing.T) {
	for n, want := range map[int]uint32{
		0: 2856682258, 1: 1286882059, 2: 424093086, 5: 1462327739, 6: 249870242, 7: 3469767153, 14: 429827085, 15: 2993513049, 29: 2614978315, 30: 2898090921,
		31: 3128727427, 40: 2091354474, 62: 2954398262, 63: 3024333101, 64: 1630089571, 65: 770275232, 90: 1289489699, 125: 3886392216, 126: 3347021123,
		127: 1423027015, 200: 2201514847, 253: 905046159,
	} {
		text := strings.Repeat("x", n) + strconv.Itoa(n)
		if got := uint32(CategoryHash(text)); got != want {
			t.Errorf("CategoryHash of a text of %d bytes is %d, want %d", len(text), got, want)
		}
	}
	if got := uint32(CategoryHash(strings.Repeat("é", 40))); got != 3053259212 {
		t.Errorf("CategoryHash of 40 é is %d, want 3053259212", got)
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
