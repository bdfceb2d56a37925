package booster

import (
	"math"

	"leapscore/internal/libm"
	"leapscore/ops/tree"
)

// Answers are those for the rows of a block, row by row. Lists that are nil are not asked
// for; the others are as long as rows times values.
type Answers struct {
	Raw        []float64 // Outputs values a row
	Prediction []float64 // Predictions values a row
	Leaf       []int32   // the number of a leaf in its tree, for each tree
	Class      []int32   // the place of a class among Labels
}

// Score answers for rows, which are at most tree.Block. Null is NaN; categories are
// numbers of CategoryHash.
func (b *Booster) Score(rows *tree.Rows, a Answers) {
	s := b.work.Get().(*scratch)
	defer b.work.Put(s)
	b.fill(rows, s)
	r := tree.Rows{Columns: s.columns, N: rows.N, Absent: math.NaN()}
	if a.Leaf != nil {
		b.walk.number(&r, a.Leaf, len(b.trees))
	}
	if a.Raw == nil && a.Prediction == nil && a.Class == nil {
		return
	}
	for d := range s.sums {
		s.part[d] = s.sums[d][:rows.N]
		clear(s.part[d])
	}
	b.walk.add(&r, s.part)
	raw := a.Raw
	if raw == nil {
		raw = s.raw[:rows.N*b.outputs]
	}
	b.outer(b.scaled(s.part), raw)
	if a.Prediction != nil {
		b.predict(raw, a.Prediction)
	}
	if a.Class != nil {
		b.classify(raw, a.Class)
	}
}

// scratch is the memory of a block.
type scratch struct {
	columns    [][]float64 // what trees compare; nil for those that none does
	sums, part [][]float64 // by dims
	raw        []float64

	hashes [][]uint64 // by combination, where hashed says so
	hashed []bool
	rows   [][]int32 // by lookup, where found says so
	found  []bool
}

func (b *Booster) newScratch() *scratch {
	s := &scratch{
		columns: make([][]float64, len(b.columns)), sums: make([][]float64, b.dims), part: make([][]float64, b.dims), raw: make([]float64, tree.Block*b.outputs),
		hashes: make([][]uint64, len(b.combos)), hashed: make([]bool, len(b.combos)), rows: make([][]int32, len(b.lookups)), found: make([]bool, len(b.lookups)),
	}
	for i, used := range b.used {
		if !used {
			continue
		}
		s.columns[i] = make([]float64, tree.Block)
		if c := &b.columns[i]; c.kind == columnCTR && s.rows[c.lookup] == nil {
			s.rows[c.lookup] = make([]int32, tree.Block)
			s.hashes[b.lookups[c.lookup].combo] = make([]uint64, tree.Block)
		}
	}
	for d := range s.sums {
		s.sums[d] = make([]float64, tree.Block)
	}
	return s
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

// outer writes sums row by row, and gives each class its place; a class that the
// training did not meet is -Inf.
func (b *Booster) outer(sums [][]float64, raw []float64) {
	if b.external != nil {
		for i := range raw {
			raw[i] = math.Inf(-1)
		}
	}
	for d, sum := range sums {
		at := d
		if b.external != nil {
			at = b.external[d]
		}
		for i, v := range sum {
			raw[i*b.outputs+at] = v
		}
	}
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

// predict computes the final answers of rows.
func (b *Booster) predict(raw, out []float64) {
	switch b.answer {
	case answerBinary:
		for i, v := range raw {
			p := sigmoid(v)
			out[2*i], out[2*i+1] = 1-p, p
		}
	case answerSigmoid:
		for i, v := range raw {
			out[i] = sigmoid(v)
		}
	case answerSoftmax:
		for i := 0; i < len(raw); i += b.outputs {
			softmax(raw[i:i+b.outputs], out[i:i+b.outputs])
		}
	case answerExponent:
		for i, v := range raw {
			out[i] = expdLane(v)
		}
	case answerUncertainty:
		for i := 0; i < len(raw); i += 2 {
			out[i], out[i+1] = raw[i], expdLane(raw[i+1]*2)
		}
	default:
		copy(out, raw)
	}
}

func sigmoid(v float64) float64 { return 1 / (1 + libm.Exp(-v)) }

func softmax(raw, out []float64) {
	top := raw[first(raw)]
	for i, v := range raw {
		out[i] = v - top
	}
	fastExp(out)
	sum := 0.0
	for _, v := range out {
		sum += v
	}
	for i := range out {
		out[i] /= sum
	}
}

// first is the place of the first of the greatest.
func first(of []float64) (at int) {
	for i, v := range of {
		if v > of[at] {
			at = i
		}
	}
	return at
}

// classify chooses the second of two classes above the threshold, or else the first of
// the most likely classes.
func (b *Booster) classify(raw []float64, class []int32) {
	for i := range class {
		switch {
		case b.answer != answerBinary:
			class[i] = int32(first(raw[i*b.outputs : (i+1)*b.outputs]))
		case b.threshold != nil:
			class[i] = int32(one(sigmoid(raw[i]) > *b.threshold))
		default:
			class[i] = int32(one(raw[i] > b.border))
		}
	}
}
