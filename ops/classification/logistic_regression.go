package classification

import (
	"fmt"
	"math"
	"slices"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
	"leapscore/ops/internal/javamath"
)

// LogisticRegression predicts a class from linear combinations of the features.
var LogisticRegression = &ops.Op{
	Name: "logistic_regression",
	Doc:  "Predicts a class from linear combinations of the features and the logistic function.",
	Attrs: []string{
		"num_classes: long; up to two classes are a binary model, more a multinomial one",
		"coefficients: tensor<double>, of a binary model",
		"intercept: double, of a binary model",
		"threshold: double, of a binary model, 0.5 if absent",
		"coefficient_matrix: tensor<double>[classes,features], column after column, of a multinomial model",
		"intercept_vector: tensor<double>[classes], of a multinomial model",
		"thresholds: list<double>, optional, of a multinomial model",
	},
	Ports:  classifierPorts("n", "classes"),
	Source: "LogisticRegressionModel.scala, LogisticRegressionOp.scala",
	Load:   loadLogisticRegression,
}

func loadLogisticRegression(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	var m model
	var err error
	if classes := a.Long("num_classes"); classes > 2 {
		m, err = loadMultinomial(a)
	} else {
		m = loadBinary(a)
	}
	if e := a.Err(); e != nil {
		return nil, e
	}
	if err != nil {
		return nil, err
	}
	return newProbabilistic(n, m), nil
}

// binaryLogistic tells two classes apart.
type binaryLogistic struct {
	linear
	threshold float64
	// rawThreshold is the threshold of raw predictions.
	rawThreshold float64
}

func loadBinary(a *bundle.Attrs) *binaryLogistic {
	m := &binaryLogistic{linear: loadLinear(a), threshold: a.DoubleOr("threshold", 0.5)}
	switch t := m.threshold; t {
	case 0:
		m.rawThreshold = math.Inf(-1)
	case 1:
		m.rawThreshold = math.Inf(1)
	default:
		m.rawThreshold = javamath.Log(t / (1 - t))
	}
	return m
}

// convert computes both probabilities on their own: they need not add up to 1.
func (m *binaryLogistic) convert(raw []float64, _ int) { javamath.LogisticAll(raw) }

func (m *binaryLogistic) thresholded() bool { return true }

func (m *binaryLogistic) fromProbability(p []float64) float64 {
	if p[1] > m.threshold {
		return 1
	}
	return 0
}

func (m *binaryLogistic) fromRaw(raw []float64) float64 {
	if raw[1] > m.rawThreshold {
		return 1
	}
	return 0
}

// multinomialLogistic tells more than two classes apart.
type multinomialLogistic struct {
	thresholds
	matrix    []float64 // column-major
	intercept []float64
	rows      int // of the matrix
	features  int
}

// loadMultinomial takes the matrix as column-major. That is how MLeap writes it;
// the exporter of scikit-learn writes rows, which MLeap reads as columns, too.
func loadMultinomial(a *bundle.Attrs) (*multinomialLogistic, error) {
	matrix := a.Tensor("coefficient_matrix")
	m := &multinomialLogistic{
		thresholds: loadThresholds(a, -1),
		matrix:     matrix.Doubles,
		intercept:  a.Tensor("intercept_vector").Doubles,
	}
	switch d := matrix.Dims; {
	case a.Err() != nil:
	case len(d) < 2 || d[0]*d[1] != len(matrix.Doubles):
		return nil, fmt.Errorf("coefficient_matrix: dimensions %v, want those of a matrix", d)
	case len(m.intercept) == 0:
		return nil, fmt.Errorf("intercept_vector: empty")
	default:
		m.rows, m.features = d[0], d[1]
	}
	return m, nil
}

func (m *multinomialLogistic) size() (features, classes int) { return m.features, len(m.intercept) }
func (m *multinomialLogistic) width() int                    { return len(m.intercept) }

func (m *multinomialLogistic) predictRaw(k *block) {
	classes := len(m.intercept)
	k.each(func(i int, v column.Vector, raw []float64) {
		copy(raw, m.intercept)
		switch {
		case v.Size != m.features:
			k.refuseSize(i, v.Size, m.features)
		case classes != m.rows: // MLeap loads such a model, too
			k.refuse(i, ops.Size, "intercept_vector of size %d for %d rows of coefficient_matrix", classes, m.rows)
		case v.Dense:
			k.wait(i, i*k.width)
		default:
			blas.GemvNSparse(classes, m.features, 1, m.matrix, v.Indices, v.Values, 1, raw)
		}
	})
	xs, raws := k.waiting(k.scratch)
	blas.GemvNRows(m.rows, m.features, m.matrix, xs, raws)
}

// convert is a softmax that shifts by the greatest value only if it is positive,
// and multiplies by the reciprocal of the sum.
func (m *multinomialLogistic) convert(raw []float64, width int) {
	for row := range slices.Chunk(raw, width) {
		at := argmax(row)
		switch top := row[at]; {
		case math.IsInf(top, 1): // a probability of 1, and zeros
			for i := range row {
				row[i] = math.Inf(-1)
			}
			row[at] = 0
		case top > 0:
			for i := range row {
				row[i] -= top
			}
		}
	}
	javamath.ExpAll(raw, raw)
	for row := range slices.Chunk(raw, width) {
		blas.Scal(1/sum(row), row)
	}
}
