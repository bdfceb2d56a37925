package main

import (
	"math"

	"leapscore/ops/opstest/casefile"
)

// tensors returns tensors of the dimensions that t declares, dense and sparse,
// and some of other sizes.
func (e *edges) tensors(t casefile.Type) []casefile.Value {
	dims, n := t.Dims, 1
	for _, d := range dims {
		n *= d
	}
	if len(dims) == 0 || n <= 0 { // MLeap declares some vectors as without dimensions
		dims, n = []int{undeclared}, undeclared
	}
	if t.Base != casefile.Double {
		return e.otherTensors(t.Base, dims, n)
	}
	var vs []casefile.Value
	dense := func(f func(i int) float64) { vs = append(vs, denseArray(dims, n, f)) }
	sparse := func(f func(i int) (float64, bool)) { vs = append(vs, sparseArray(dims, n, f)) }
	at := func(k int, x float64) func(int) float64 {
		return func(i int) float64 {
			if i == k {
				return x
			}
			return 0.5 * float64(i+1)
		}
	}
	dense(func(i int) float64 { return 0.1 * float64(i+1) })
	for _, x := range []float64{0, math.Copysign(0, -1), 1, -1, 1e16, -1e300, math.SmallestNonzeroFloat64, math.MaxFloat64, math.NaN(), math.Inf(1)} {
		dense(func(int) float64 { return x })
	}
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), -1e17} {
		dense(at(0, x))
		dense(at(n-1, x))
		sparse(func(i int) (float64, bool) { return x, i == n-1 })
	}
	sparse(func(int) (float64, bool) { return 0, false })
	sparse(func(int) (float64, bool) { return 0, true })
	sparse(func(i int) (float64, bool) { return 1, i == 0 })
	sparse(func(i int) (float64, bool) { return 0.1 * float64(i+1), i%2 == 0 })
	sparse(func(i int) (float64, bool) { return 0.1 * float64(i+1), true })
	for range 8 {
		dense(func(int) float64 { return e.draw() })
		sparse(func(int) (float64, bool) { return e.draw(), e.random.IntN(3) == 0 })
	}
	if len(dims) == 1 {
		vs = append(vs, denseArray([]int{n + 1}, n+1, at(0, 1)), denseArray([]int{n - 1}, n-1, at(0, 1)),
			denseArray([]int{0}, 0, nil), sparseArray([]int{n + 1}, n+1, func(i int) (float64, bool) { return 1, i == n }))
	}
	return append(vs, nil)
}

// draw returns a number of an ordinary size, often one of the model's.
func (e *edges) draw() float64 {
	if len(e.numbers) > 0 && e.random.IntN(4) == 0 {
		return e.numbers[e.random.IntN(len(e.numbers))]
	}
	// few digits keep the files readable, and most sums of them still round
	return math.Round(e.random.NormFloat64()*1000) / 100
}

func denseArray(dims []int, n int, f func(i int) float64) *casefile.Array {
	a := &casefile.Array{Dims: dims, Values: []casefile.Value{}}
	for i := range n {
		a.Values = append(a.Values, f(i))
	}
	return a
}

func sparseArray(dims []int, n int, f func(i int) (float64, bool)) *casefile.Array {
	a := &casefile.Array{Dims: dims, Sparse: true, Values: []casefile.Value{}}
	for i := range n {
		if x, stored := f(i); stored {
			a.Indices = append(a.Indices, indexOf(i, dims))
			a.Values = append(a.Values, x)
		}
	}
	return a
}

// indexOf returns the index of the i-th element, row major.
func indexOf(i int, dims []int) []int {
	index := make([]int, len(dims))
	for d := len(dims) - 1; d >= 0; d-- {
		index[d] = i % dims[d]
		i /= dims[d]
	}
	return index
}

func (e *edges) otherTensors(b casefile.Base, dims []int, n int) []casefile.Value {
	all := e.scalars(b)
	var vs []casefile.Value
	for start := range all {
		a := &casefile.Array{Dims: dims}
		for i := range n {
			a.Values = append(a.Values, all[(start+i)%len(all)])
		}
		vs = append(vs, a)
	}
	one := &casefile.Array{Dims: dims, Sparse: true, Indices: [][]int{indexOf(n-1, dims)}, Values: []casefile.Value{all[0]}}
	return append(vs, one, nil)
}
