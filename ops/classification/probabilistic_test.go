package classification

import (
	"math"
	"slices"
	"testing"
)

// docs/differences.md describes this pair of answers.
func TestCountsDividedTwiceAreNotTheProbabilitiesOfAFreshModel(t *testing.T) {
	x := []float64{1, 10, 10}
	normalize(x)
	if want := []float64{0.047619047619047616, 0.47619047619047616, 0.47619047619047616}; !slices.Equal(x, want) {
		t.Errorf("first answer %v, want %v", x, want)
	}
	normalize(x)
	if want := []float64{0.04761904761904762, 0.4761904761904762, 0.4761904761904762}; !slices.Equal(x, want) {
		t.Errorf("later answer %v, want %v", x, want)
	}
}

func TestArgmaxIsThatOfDenseVector(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		x    []float64
		want int
	}{
		{nil, -1},
		{[]float64{nan, 1}, 0},
		{[]float64{1, nan, 2}, 2},
		{[]float64{-inf, -inf}, 0},
		{[]float64{math.Copysign(0, -1), 0}, 0},
		{[]float64{1, 3, 3}, 1},
		{[]float64{1, inf, inf}, 1},
	} {
		if got := argmax(c.x); got != c.want {
			t.Errorf("argmax(%v) = %d, want %d", c.x, got, c.want)
		}
	}
}

func TestThresholdsScaleProbabilities(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		p, t []float64
		want float64
	}{
		{[]float64{0.2, 0.8}, []float64{0.1, 0.9}, 0},
		{[]float64{0, 1}, []float64{0, 0.5}, 0}, // infinite even for 0
		{[]float64{0.5, 0.5}, []float64{0.5, 0}, 1},
		{[]float64{0.3, 0.3, 0.4}, []float64{1, 1}, 0}, // the shorter one counts
		{[]float64{0.3, 0.7}, []float64{}, -1},
		{[]float64{nan, 0.7}, []float64{1, 1}, 0},
	} {
		th := thresholds{set: true, values: c.t}
		if got := th.fromProbability(c.p); got != c.want {
			t.Errorf("class of %v with thresholds %v: %v, want %v", c.p, c.t, got, c.want)
		}
	}
}
