package blas

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// The digests come from MLeap's LinalgUtils.
func TestFastDistanceEqualsTheReferenceClass(t *testing.T) {
	text, err := os.ReadFile("testdata/distance.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(text)) {
		var n, away int
		var want string
		if _, err := fmt.Sscan(line, &n, &away, &want); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		lines++
		if got := digest(distances(n, away)...); got != want {
			t.Errorf("size %d, 2^%d away: got %s, want %s", n, away, got, want)
		}
	}
	if lines != 40*17 {
		t.Errorf("%d lines, want %d", lines, 40*17)
	}
}

// distances makes vectors of size n about 2^away from one another, as
// testdata/Distance.java does.
func distances(n, away int) []float64 {
	s := seeded(6, n, away)
	x := s.dense(n, 0)
	y := clone(x)
	xi, xv := s.sparse(n, 0)
	yi, yv := s.sparse(n, 0)
	for i := range y {
		y[i] += math.Ldexp(s.value(0), away)
	}
	full := make([]float64, n)
	for k, i := range xi {
		full[i] = xv[k]
	}
	moved, movedVals := clone(full), clone(xv)
	for i := range moved {
		moved[i] += math.Ldexp(s.value(0), away)
	}
	for k := range movedVals {
		movedVals[k] += math.Ldexp(s.value(0), away)
	}
	sparse := func(dense []float64) float64 {
		return FastSqDistSparse(xi, xv, Norm2(xv), dense, Norm2(dense))
	}
	return []float64{
		FastSqDist(x, Norm2(x), y, Norm2(y)),
		FastSqDist(x, Norm2(x), x, Norm2(x)),
		sparse(x), sparse(x), sparse(moved), sparse(full),
		FastSqDistSparseSparse(xi, xv, Norm2(xv), yi, yv, Norm2(yv)),
		FastSqDistSparseSparse(xi, movedVals, Norm2(movedVals), xi, xv, Norm2(xv)),
		FastSqDistSparseSparse(xi, xv, Norm2(xv), xi, xv, Norm2(xv)),
	}
}
