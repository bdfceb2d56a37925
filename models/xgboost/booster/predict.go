package booster

import (
	"math"

	"leapscore/ops/tree"
)

// Want says which answers to compute.
type Want struct{ Raw, Prediction, Leaf bool }

// Answers are those for some rows: a column for each output, and for each tree.
type Answers struct {
	Raw        [][]float32
	Prediction [][]float32
	Leaf       [][]int32 // numbers of nodes in the file
}

// Infinite is why a row is refused that has an infinity among its features, be it
// one of floats only.
const Infinite = "feature %d is %v, which is infinite for the float that XGBoost makes of it, and XGBoost refuses infinities"

// Predict computes answers for the rows of r, which are at most [tree.Block]. Rows
// with infinite features are reported to r.Refuse. Values that vectors do not
// store are r.Absent, which may be NaN: missing.
func (b *Booster) Predict(r *tree.Rows, want Want) *Answers {
	r.Float32 = true
	b.refuse(r)
	return b.answers(r, want)
}

func (b *Booster) answers(r *tree.Rows, want Want) *Answers {
	a := &Answers{}
	if want.Leaf {
		a.Leaf = b.leaves(r)
	}
	if !want.Raw && !want.Prediction {
		return a
	}
	margins := table[float32](b.Outputs, r.N)
	for k, column := range margins {
		for i := range column {
			column[i] = b.base[k]
		}
	}
	if b.trees != nil {
		b.sum.Add(b.trees, r, margins)
	} else {
		b.addLinear(r, b.base[0], margins) // of the first output for all of them
	}
	a.Raw = margins
	if want.Prediction {
		a.Prediction = b.transformed(margins, want.Raw)
	}
	return a
}

// table makes columns of one piece of memory.
func table[T any](columns, rows int) [][]T {
	out, all := make([][]T, columns), make([]T, columns*rows)
	for k := range out {
		out[k] = all[k*rows : (k+1)*rows : (k+1)*rows]
	}
	return out
}

// transformed makes predictions of margins, of a copy of them if they are to be kept.
func (b *Booster) transformed(margins [][]float32, keep bool) [][]float32 {
	if b.objective.transform == nil || len(margins) == 0 {
		return margins
	}
	if keep {
		kept := table[float32](len(margins), len(margins[0]))
		for k := range kept {
			copy(kept[k], margins[k])
		}
		margins = kept
	}
	o := &outputs{values: margins, old: b.old}
	b.objective.transform(o)
	return o.values
}

// Predictions is how many values a prediction has.
func (b *Booster) Predictions() int {
	if b.objective.one {
		return 1
	}
	return b.Outputs
}

func (b *Booster) leaves(r *tree.Rows) [][]int32 {
	out := table[int32](b.Trees(), r.N)
	if b.trees == nil {
		return out
	}
	b.trees.Walk(r, func(t, first int, leaves []int32) {
		column := out[t][first:]
		for i, leaf := range leaves {
			column[i] = b.ids[leaf]
		}
	})
	return out
}

// addLinear adds what gblinear computes: the bias, and the features that a row has, in
// order (src/gbm/gblinear.cc, Pred).
func (b *Booster) addLinear(r *tree.Rows, base float32, margins [][]float32) {
	if len(b.linear) == 0 {
		return
	}
	bias := b.linear[b.Features*b.Outputs:]
	for k, column := range margins {
		for i := range column {
			column[i] = bias[k] + base
		}
	}
	for i := range r.N {
		each(r, r.From+i, func(feature int, x float64) {
			if x != x || feature >= b.Features {
				return
			}
			weights := b.linear[feature*b.Outputs:]
			for k, column := range margins {
				column[i] += float32(float32(x) * weights[k])
			}
		})
	}
}

// each calls f for every feature that a row stores, in order.
func each(r *tree.Rows, row int, f func(feature int, x float64)) {
	if r.Vectors == nil {
		for k, column := range r.Columns {
			f(k, column[row])
		}
		return
	}
	if r.Vectors.IsNull(row) {
		return
	}
	v := r.Vectors.Row(row)
	for k, x := range v.Values {
		if !v.Dense {
			f(int(v.Indices[k]), x)
		} else {
			f(k, x)
		}
	}
}

// refuse reports rows with infinities.
func (b *Booster) refuse(r *tree.Rows) {
	if r.Refuse == nil {
		return
	}
	if r.Vectors == nil {
		for k, column := range r.Columns {
			for i, x := range column[r.From : r.From+r.N] {
				if infinite(x) {
					r.Refuse(r.From+i, Infinite, k, x)
				}
			}
		}
		return
	}
	for i := range r.N {
		each(r, r.From+i, func(k int, x float64) {
			if infinite(x) {
				r.Refuse(r.From+i, Infinite, k, x)
			}
		})
	}
}

// infinite tells whether the float next to x is infinite.
func infinite(x float64) bool { return math.IsInf(float64(float32(x)), 0) }
