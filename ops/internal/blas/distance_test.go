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

func TestFarPointsAreNoNearer(t *testing.T) {
	s := seeded(10)
	skipped := 0
	for range 20_000 {
		n := int(s.next() % 14)
		kind := int(s.next() % 4)
		norms, dots := s.dense(n, kind), s.dense(n, kind)
		norm, best := s.value(kind), s.value(kind)
		var squares []float64
		for i, x := range norms {
			if s.next()%8 == 0 {
				norms[i] = norm
			}
			squares = append(squares, float64(x*x))
		}
		want := 0
		for i, x := range norms {
			sum, diff := squares[i]+float64(norm*norm), x-norm
			if hasVectors && NormsSuffice(sum, float64(diff*diff)) && !(sum-float64(2*dots[i]) < best) {
				want++
				continue
			}
			break
		}
		got := Far(norms, squares, dots, norm, norm*norm, best)
		if want -= want % 4; got != want {
			t.Fatalf("norms %v, squares %v, dots %v of norm %v: %d no nearer than %v, want %d", norms, squares, dots, norm, got, best, want)
		}
		skipped += got
	}
	if hasVectors && skipped < 1000 {
		t.Errorf("%d points skipped in all: the test shows little", skipped)
	}
}
