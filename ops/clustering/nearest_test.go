package clustering

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"leapscore/internal/testseed"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// Rows and centres that are equal, nearly equal, of equal norm, and no numbers at all.
func TestManyRowsAreInTheClustersOfRowsAlone(t *testing.T) {
	r := testseed.OfClock(t)
	for range 200 {
		size, count := r.IntN(12), 1+r.IntN(20)
		k := &kMeans{}
		for i := range count {
			c := vectorOf(r, size)
			if i > 0 && r.IntN(3) == 0 {
				c = nudged(r, k.centers[r.IntN(i)].values)
			}
			k.centers = append(k.centers, point{c, blas.Norm2(c)})
		}
		s := search{centers: newCenterBlock(k.centers)}
		n := r.IntN(2*searchRows + 2)
		got, want := make([]int32, n), make([]int32, n)
		b := &ops.Batch{Len: n}
		for row := range n {
			x := vectorOf(r, size)
			switch r.IntN(3) {
			case 0:
				x = nudged(r, k.centers[r.IntN(count)].values)
			case 1:
				x = slices.Clone(k.centers[r.IntN(count)].values)
				slices.Reverse(x)
			}
			v := column.Vector{Size: size, Dense: true, Values: x}
			want[row] = k.predict(b, row, v)
			if !s.add(v, &got[row]) {
				t.Fatalf("a dense row of size %d is not taken", size)
			}
		}
		s.finish()
		if !slices.Equal(got, want) {
			t.Fatalf("%d centres of size %d, %d rows: %v, want %v", count, size, n, got, want)
		}
	}
}

func vectorOf(r *rand.Rand, size int) []float64 {
	x := make([]float64, size)
	scale := math.Ldexp(1, r.IntN(3)*300-300)
	for i := range x {
		x[i] = r.NormFloat64() * scale
		switch r.IntN(60) {
		case 0:
			x[i] = math.NaN()
		case 1:
			x[i] = math.Inf(1)
		}
	}
	return x
}

func nudged(r *rand.Rand, x []float64) []float64 {
	y := slices.Clone(x)
	if len(y) > 0 {
		y[r.IntN(len(y))] *= 1 + math.Ldexp(r.Float64(), -r.IntN(60))
	}
	return y
}

func TestCentersOfSeveralSizesAreSearchedOneByOne(t *testing.T) {
	if newCenterBlock([]point{{make([]float64, 2), 0}, {make([]float64, 3), 0}}) != nil || newCenterBlock(nil) != nil {
		t.Error("centres of two sizes, or none, are searched together")
	}
	s := search{centers: newCenterBlock([]point{{make([]float64, 2), 0}})}
	for _, v := range []column.Vector{{Size: 3, Dense: true, Values: make([]float64, 3)}, {Size: 2}} {
		if s.add(v, new(int32)) {
			t.Errorf("%v is searched with centres of size 2", v)
		}
	}
}
