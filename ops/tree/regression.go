package tree

import (
	"fmt"
	"math"
	"sync"
)

// Regression is an ensemble of regression trees, whose leaves hold one number.
type Regression struct {
	*Ensemble
	values []float64 // by leaf

	once   sync.Once
	bySlot []float64 // by slot of the plan
}

// Member is a kernel that is a single regression tree. The ensembles of them
// are ops of two families.
type Member interface {
	RegressionTree() *Ensemble
}

// LoadMembers returns the ensemble of the trees in the folders of those names,
// which load loads.
func LoadMembers[Kernel any](names []string, load func(dirs []string, outputs ...string) ([]Kernel, error)) (*Ensemble, error) {
	kernels, err := load(names)
	if err != nil {
		return nil, err
	}
	parts := make([]*Ensemble, len(names))
	for i, name := range names {
		m, ok := any(kernels[i]).(Member)
		if !ok {
			return nil, fmt.Errorf("%q is not a decision_tree_regression", name)
		}
		parts[i] = m.RegressionTree()
	}
	return Join(parts)
}

// NewRegression returns e as an ensemble of regression trees. It refuses the
// rows that reach a leaf without a number; of several the first counts.
func NewRegression(e *Ensemble) *Regression {
	r := &Regression{
		Ensemble: e.Refusing(func(values []float64) bool { return len(values) == 0 }),
		values:   make([]float64, len(e.leaves)),
	}
	for i, v := range e.leaves {
		if len(v) > 0 {
			r.values[i] = v[0]
		}
	}
	return r
}

// walk finds the value of each row in every tree: values[at[i]].
func (e *Regression) walk(r *Rows, f func(tree, first int, at []int32, values []float64)) {
	if p := e.ranksFor(r.N); p != nil {
		s := Sum[float64]{Values: e.values}
		values := s.inSlots(&p.values, p.leaf)
		p.walk(r, func(tree, first int, slots []int32) { f(tree, first, slots, values) })
		return
	}
	p := e.planFor(r.N)
	if p == nil {
		e.walkPlain(r, func(tree, first int, leaves []int32) { f(tree, first, leaves, e.values) })
		return
	}
	e.once.Do(func() {
		e.bySlot = make([]float64, len(p.leaf))
		for s, leaf := range p.leaf {
			e.bySlot[s] = e.values[leaf]
		}
	})
	p.walk(e.Ensemble, r, func(tree, first int, slots []int32) { f(tree, first, slots, e.bySlot) })
}

// Sum sets out to the sum of the trees' predictions, added one by one in the
// order of the trees; of no trees it is 0.
func (e *Regression) Sum(r *Rows, out []float64) {
	if p := e.ranksFor(r.N); p != nil && e.Trees() > 0 {
		out = out[:r.N]
		for i := range out { // the only number that changes no number it is added to
			out[i] = math.Copysign(0, -1)
		}
		s := Sum[float64]{Values: e.values}
		s.addRanks(p, r, s.inSlots(&p.values, p.leaf), [][]float64{out})
		return
	}
	clear(out[:r.N])
	e.walk(r, func(tree, first int, at []int32, values []float64) {
		out := out[first:][:len(at)]
		if tree == 0 { // 0 + -0.0 would lose the sign
			for i, k := range at {
				out[i] = values[k]
			}
			return
		}
		for i, k := range at {
			out[i] += values[k]
		}
	})
}

var dotSums = sync.Pool{New: func() any { return new([4][Block]float64) }}

// Dot sets out to the dot product of the trees' predictions and weights, one
// for each tree. The order of additions is that of blas.Dot, for all rows side
// by side: four interleaved fused sums, their total, then the last trees one by
// one.
func (e *Regression) Dot(r *Rows, weights, out []float64) {
	sums := dotSums.Get().(*[4][Block]float64)
	defer dotSums.Put(sums)
	for k := range sums {
		clear(sums[k][:r.N])
	}
	whole := len(weights) &^ 3
	clear(out[:r.N])
	e.walk(r, func(tree, first int, at []int32, values []float64) {
		out := out[first:][:len(at)]
		acc := out
		if tree < whole {
			acc = sums[tree&3][first:][:len(at)]
		}
		w := weights[tree]
		for i, k := range at {
			acc[i] = math.FMA(values[k], w, acc[i])
		}
		if tree != whole-1 {
			return
		}
		s0, s1, s2, s3 := sums[0][first:], sums[1][first:], sums[2][first:], sums[3][first:]
		for i := range out {
			out[i] = 0 + (s0[i] + s1[i] + s2[i] + s3[i])
		}
	})
}
