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
		size, count, unit := r.IntN(12), 1+r.IntN(20), r.IntN(3) == 0
		k := &kMeans{}
		for i := range count {
			c := vectorOf(r, size)
			if i > 0 && r.IntN(3) == 0 {
				c = nudged(r, k.centers[r.IntN(i)].values)
			}
			if unit {
				normalize(c)
			}
			k.centers = append(k.centers, point{c, blas.Norm2(c)})
		}
		n := r.IntN(2*searchRows + 2)
		got, want := make([]int32, n), make([]int32, n)
		values := make([]float64, n*size)
		s := search{centers: newCenterBlock(k.centers), xs: blas.Rows{Values: values}, out: got}
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
			copy(values[row*size:], x)
			if !s.add(row, v, row*size) {
				t.Fatalf("a dense row of size %d is not taken", size)
			}
		}
		s.finish()
		if !slices.Equal(got, want) {
			t.Fatalf("%d centres of size %d, %d rows: %v, want %v", count, size, n, got, want)
		}
	}
}

func normalize(x []float64) {
	norm := blas.Norm2(x)
	for i := range x {
		x[i] /= norm
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
		if s.add(0, v, 0) {
			t.Errorf("%v is searched with centres of size 2", v)
		}
	}
}

func TestRowsGoDownTheTreeTogetherAsEachAlone(t *testing.T) {
	r := testseed.OfClock(t)
	const size = descentSize + 1
	for range 20 {
		k := &bisectingKMeans{even: true}
		grow(r, k, size, 1+r.IntN(6))
		n := r.IntN(2 * descentRows)
		got, want, values := make([]int32, n), make([]int32, n), make([]float64, 0, n*size)
		b := &ops.Batch{Len: n}
		for row := range n {
			x := vectorOf(r, size)
			if r.IntN(2) == 0 {
				x = nudged(r, k.nodes[r.IntN(len(k.nodes))].values)
			}
			values = append(values, x...)
			want[row] = k.predict(b, row, column.Vector{Size: size, Dense: true, Values: x})
		}
		refused := b.Rejects()
		b = &ops.Batch{Len: n}
		d := descent{tree: k, b: b, xs: blas.Rows{Values: values}, out: got}
		for row := range n {
			if !d.add(row, column.Vector{Size: size, Dense: true, Values: values[row*size:][:size]}, row*size) {
				t.Fatal("a dense row is not taken")
			}
		}
		d.finish()
		if !slices.Equal(got, want) || b.Rejects() != refused {
			t.Fatalf("%d nodes, %d rows: %d are refused, want %d; %v, want %v", len(k.nodes), n, b.Rejects(), refused, got, want)
		}
	}
}

// grow appends a tree of a depth and returns its root.
func grow(r *rand.Rand, k *bisectingKMeans, size, depth int) int32 {
	at := len(k.nodes)
	c := vectorOf(r, size)
	for blas.Norm2(c) != blas.Norm2(c) {
		c = vectorOf(r, size)
	}
	k.nodes = append(k.nodes, clusterNode{point: point{c, blas.Norm2(c)}, index: int32(at)})
	var children []int32
	for i := 0; depth > 0 && i < 1+r.IntN(4); i++ {
		children = append(children, grow(r, k, size, depth-1))
	}
	n := &k.nodes[at]
	n.children = children
	for _, c := range children {
		n.centers = append(n.centers, k.nodes[c].values)
	}
	return int32(at)
}
