package tree

import (
	"fmt"
	"math"
)

// Regression is an ensemble of regression trees, whose leaves hold one number.
type Regression struct {
	*Ensemble
	values []float64 // by leaf
}

// Member is a kernel that is a single regression tree. The ensembles of them
// are ops of two families.
type Member interface {
	RegressionTree() *Ensemble
}

// LoadMembers returns the ensemble of the trees in the folders of those names,
// which load loads.
func LoadMembers[Kernel any](names []string, load func(dir string, outputs ...string) (Kernel, error)) (*Ensemble, error) {
	parts := make([]*Ensemble, len(names))
	for i, name := range names {
		k, err := load(name)
		if err != nil {
			return nil, err
		}
		m, ok := any(k).(Member)
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

// Sum sets out to the sum of the trees' predictions, added one by one in the
// order of the trees; of no trees it is 0.
func (e *Regression) Sum(r *Rows, out []float64) {
	out = out[:r.N]
	clear(out)
	e.Walk(r, func(tree int, leaves []int32) {
		if tree == 0 { // 0 + -0.0 would lose the sign
			for i, l := range leaves {
				out[i] = e.values[l]
			}
			return
		}
		for i, l := range leaves {
			out[i] += e.values[l]
		}
	})
}

// Dot sets out to the dot product of the trees' predictions and weights, one
// for each tree. The order of additions is that of blas.Dot, for all rows side
// by side: four interleaved fused sums, their total, then the last trees one by
// one.
func (e *Regression) Dot(r *Rows, weights, out []float64) {
	var lanes [4][Block]float64
	whole := len(weights) &^ 3
	out = out[:r.N]
	clear(out)
	e.Walk(r, func(tree int, leaves []int32) {
		acc := out
		if tree < whole {
			acc = lanes[tree&3][:r.N]
		}
		w := weights[tree]
		for i, l := range leaves {
			acc[i] = math.FMA(e.values[l], w, acc[i])
		}
		if tree == whole-1 {
			for i := range out {
				out[i] = 0 + (lanes[0][i] + lanes[1][i] + lanes[2][i] + lanes[3][i])
			}
		}
	})
}
