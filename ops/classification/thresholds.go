package classification

import (
	"math"

	"leapscore/bundle"
)

// thresholds are the optional thresholds of the classes.
type thresholds struct {
	set    bool
	values []float64
}

// loadThresholds reads thresholds. If classes is not negative there must be as
// many.
func loadThresholds(a *bundle.Attrs, classes int) thresholds {
	if !a.Has("thresholds") {
		return thresholds{}
	}
	t := thresholds{set: true, values: a.Doubles("thresholds")}
	if classes >= 0 && len(t.values) != classes {
		a.Failf("thresholds", "%d values, want one for each of %d classes", len(t.values), classes)
	}
	return t
}

func (t *thresholds) thresholded() bool { return t.set }

// fromProbability returns the class with the greatest probability, each divided
// by its threshold if there are any. A threshold of zero gives infinity even
// for a probability of zero.
func (t *thresholds) fromProbability(p []float64) float64 {
	if !t.set {
		return float64(argmax(p))
	}
	n := min(len(p), len(t.values))
	if n == 0 {
		return -1
	}
	best, bestValue := 0, t.scaled(p, 0)
	for i := 1; i < n; i++ {
		if v := t.scaled(p, i); v > bestValue {
			best, bestValue = i, v
		}
	}
	return float64(best)
}

func (t *thresholds) scaled(p []float64, i int) float64 {
	if t.values[i] == 0 {
		return math.Inf(1)
	}
	return p[i] / t.values[i]
}
