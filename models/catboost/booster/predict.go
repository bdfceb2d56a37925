package booster

import (
	"math"

	"leapscore/internal/libm"
	"leapscore/ops/tree"
)

// Want says which answers to compute.
type Want struct{ Prediction, Raw, Leaf bool }

// Answers are those for some rows.
type Answers struct {
	// Prediction and Raw have a list of the rows for each output.
	Prediction, Raw [][]float64
	// Leaf has the number of a leaf in its tree, tree by tree for each row.
	Leaf []int32
}

// Predict scores n rows from one on, of columns in the order of Names. NaN stands for
// null; categories are numbers of CategoryHash.
func (b *Booster) Predict(cols [][]float64, from, n int, want Want) Answers {
	var a Answers
	if want.Leaf {
		a.Leaf = make([]int32, n*len(b.trees))
	}
	sums := lists(b.dims, n)
	work := b.work.Get().(*[][]float64)
	defer b.work.Put(work)
	part := make([][]float64, b.dims)
	for done := 0; done < n; done += tree.Block {
		size := min(tree.Block, n-done)
		b.fill(cols, from+done, size, *work)
		for d := range part {
			part[d] = sums[d][done : done+size]
		}
		r := tree.Rows{Columns: *work, N: size, Absent: math.NaN()}
		b.walk.add(&r, part)
		if want.Leaf {
			b.walk.number(&r, a.Leaf[done*len(b.trees):], len(b.trees))
		}
	}
	a.Raw = b.outer(b.scaled(sums), n)
	if want.Prediction {
		a.Prediction = b.predict(a.Raw, n)
	}
	return a
}

func lists(width, n int) [][]float64 {
	all := make([]float64, width*n)
	out := make([][]float64, width)
	for i := range out {
		out[i] = all[i*n : (i+1)*n : (i+1)*n]
	}
	return out
}

// scaled applies scale and bias as CatBoost does: nothing where they do nothing, which
// keeps the sign of a zero.
func (b *Booster) scaled(sums [][]float64) [][]float64 {
	var bias []float64
	for _, v := range b.bias {
		if v != 0 {
			bias = b.bias
		}
	}
	for d, sum := range sums {
		for i, v := range sum {
			if b.scale != 1 {
				v *= b.scale
			}
			if bias != nil {
				v = float64(v) + bias[d]
			}
			sum[i] = v
		}
	}
	return sums
}

// outer gives each class its place; a class that the training did not meet is -Inf.
func (b *Booster) outer(sums [][]float64, n int) [][]float64 {
	if b.external == nil {
		return sums
	}
	out := make([][]float64, b.outputs)
	for d, at := range b.external {
		out[at] = sums[d]
	}
	for i := range out {
		if out[i] == nil {
			out[i] = make([]float64, n)
			for k := range out[i] {
				out[i][k] = math.Inf(-1)
			}
		}
	}
	return out
}

// answer says how a prediction comes from raw.
type answer byte

const (
	answerRaw         answer = iota
	answerBinary             // the probabilities of two classes
	answerSoftmax            // the probability of each class
	answerSigmoid            // the probability of each class or label, by itself
	answerExponent           // exp(raw)
	answerUncertainty        // a mean and a variance
)

// predict computes the final answers of n rows.
func (b *Booster) predict(raw [][]float64, n int) [][]float64 {
	switch b.answer {
	case answerBinary:
		out := lists(2, n)
		for i, v := range raw[0] {
			p := sigmoid(v)
			out[0][i], out[1][i] = 1-p, p
		}
		return out
	case answerSigmoid:
		out := lists(len(raw), n)
		for d := range raw {
			for i, v := range raw[d] {
				out[d][i] = sigmoid(v)
			}
		}
		return out
	case answerSoftmax:
		return softmax(raw, n)
	case answerExponent:
		out := lists(1, n)
		for i, v := range raw[0] {
			out[0][i] = expdLane(v)
		}
		return out
	case answerUncertainty:
		out := lists(2, n)
		copy(out[0], raw[0])
		for i, v := range raw[1] {
			out[1][i] = expdLane(v * 2)
		}
		return out
	}
	return raw
}

func sigmoid(v float64) float64 { return 1 / (1 + libm.Exp(-v)) }

func softmax(raw [][]float64, n int) [][]float64 {
	out, row := lists(len(raw), n), make([]float64, len(raw))
	for i := range n {
		top := raw[0][i]
		for _, r := range raw[1:] {
			if r[i] > top {
				top = r[i]
			}
		}
		for d, r := range raw {
			row[d] = r[i] - top
		}
		fastExp(row)
		sum := 0.0
		for _, v := range row {
			sum += v
		}
		for d, v := range row {
			out[d][i] = v / sum
		}
	}
	return out
}
