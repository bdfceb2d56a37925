package booster

import (
	"math"

	"leapscore/ops/tree"
)

// Answers are those for the rows of a block, row by row. Lists that are nil are not asked
// for; the others are as long as rows times values.
type Answers struct {
	Raw, Prediction []float64 // Outputs values a row
	Leaf            []int32   // the number of a leaf in its tree, for each tree
}

// Score answers for rows, which are at most tree.Block. Null is NaN.
func (b *Booster) Score(rows *tree.Rows, a Answers) {
	if a.Leaf != nil {
		b.leaves(rows, a.Leaf)
	}
	if a.Raw == nil && a.Prediction == nil {
		return
	}
	raw := a.Raw
	if raw == nil {
		raw = a.Prediction
	}
	b.sum(rows, raw)
	if a.Prediction != nil {
		b.convert(raw, a.Prediction)
	}
}

// sum writes the sums of the trees.
func (b *Booster) sum(rows *tree.Rows, raw []float64) {
	clear(raw)
	part := [][]float64{raw}
	if b.outputs > 1 {
		part = columns(b.outputs, rows.N)
	}
	if b.linear == nil {
		s := tree.Sum[float64]{Values: b.values, Dims: 1, Groups: b.groups}
		s.Add(b.ensemble, rows, part)
	} else {
		b.sumLinear(rows, part)
	}
	if b.outputs == 1 {
		return
	}
	for k, column := range part {
		for i, x := range column {
			raw[i*b.outputs+k] = x
		}
	}
}

// columns returns lists of n zeros.
func columns(count, n int) [][]float64 {
	out, all := make([][]float64, count), make([]float64, count*n)
	for i := range out {
		out[i] = all[i*n : (i+1)*n]
	}
	return out
}

// sumLinear adds the trees, of which some are linear.
func (b *Booster) sumLinear(rows *tree.Rows, out [][]float64) {
	b.ensemble.Walk(rows, func(t, first int, leaves []int32) {
		to := out[b.groups[t]][first:]
		for i, leaf := range leaves {
			to[i] += b.leafValue(leaf, rows, rows.From+first+i)
		}
	})
}

// leafValue is what a leaf gives to a row. Values that count as 0 are 0; where one is
// missing, the leaf has a value without them.
func (b *Booster) leafValue(leaf int32, rows *tree.Rows, row int) float64 {
	l := b.linear[leaf]
	if l == nil {
		return b.values[leaf]
	}
	sum := l.constant
	for i, f := range l.features {
		x := rows.Value(row, f)
		if math.IsNaN(x) {
			return b.values[leaf]
		}
		if math.Abs(x) <= zero {
			x = 0
		}
		sum += float64(l.factors[i] * x)
	}
	return sum
}

// leaves finds the leaves that rows reach.
func (b *Booster) leaves(rows *tree.Rows, out []int32) {
	trees := b.Trees()
	b.ensemble.Walk(rows, func(t, first int, leaves []int32) {
		for i, leaf := range leaves {
			out[(first+i)*trees+t] = leaf - b.first[t]
		}
	})
}

// convert makes predictions of raw scores. Both may be one list.
func (b *Booster) convert(raw, out []float64) {
	rounds := float64(b.Rounds())
	for i := range raw {
		x := raw[i]
		if b.average {
			x /= rounds
		}
		out[i] = x
	}
	for from := 0; from < len(out); from += b.outputs {
		b.object.apply(out[from : from+b.outputs])
	}
}
