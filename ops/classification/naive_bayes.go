package classification

import (
	"fmt"
	"slices"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
	"leapscore/ops/internal/javamath"
)

// NaiveBayes predicts a class from the conditional probabilities of features
// that are taken to be independent.
var NaiveBayes = &ops.Op{
	Name: "naive_bayes",
	Doc:  "Predicts a class by multinomial or Bernoulli naive Bayes.",
	Attrs: []string{
		"num_features: long", "num_classes: long",
		"pi: tensor<double>[num_classes], logarithms of the priors",
		"theta: tensor<double>[num_classes,num_features], column after column, logarithms of the conditional probabilities",
		"model_type: string, bernoulli or multinomial",
		"thresholds: list<double>, optional, one for each class",
	},
	Ports:  classifierPorts("num_features", "num_classes"),
	Source: "NaiveBayesModel.scala, NaiveBayesClassifierOp.scala",
	Load:   loadNaiveBayes,
}

type naiveBayes struct {
	thresholds
	features, classes int // declared

	pi         []float64
	theta      []float64 // column-major; of a Bernoulli model less log(1 - exp(theta))
	rows, cols int       // of theta

	bernoulli bool
	// absent is what a Bernoulli model adds for all features together.
	absent []float64
}

func loadNaiveBayes(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	m := &naiveBayes{
		features: int(javamath.L2I(a.Long("num_features"))),
		classes:  int(javamath.L2I(a.Long("num_classes"))),
		pi:       a.Tensor("pi").Doubles,
	}
	m.thresholds = loadThresholds(a, m.classes)
	theta := a.Tensor("theta")
	kind := a.String("model_type")
	if err := a.Err(); err != nil {
		return nil, err
	}
	if d := theta.Dims; len(d) < 2 || d[0]*d[1] != len(theta.Doubles) || d[0] == 0 {
		return nil, fmt.Errorf("theta: dimensions %v, want those of a matrix", d)
	}
	m.rows, m.cols, m.theta = theta.Dims[0], theta.Dims[1], theta.Doubles
	switch kind {
	case "multinomial":
	case "bernoulli":
		m.loadBernoulli(theta)
	default:
		return nil, fmt.Errorf("model_type: %q, want bernoulli or multinomial", kind)
	}
	return newProbabilistic(n, m), nil
}

// loadBernoulli computes once the terms that MLeap computes for every row.
func (m *naiveBayes) loadBernoulli(theta bundle.TensorValue) {
	m.bernoulli = true
	m.theta = make([]float64, len(theta.Doubles))
	neg := make([]float64, len(theta.Doubles))
	for i, t := range theta.Doubles {
		neg[i] = javamath.Log(1 - javamath.Exp(t))
		m.theta[i] = t - neg[i]
	}
	ones := make([]float64, m.cols)
	for i := range ones {
		ones[i] = 1
	}
	m.absent = make([]float64, m.rows)
	blas.GemvN(m.rows, m.cols, 1, neg, ones, 0, m.absent)
}

func (m *naiveBayes) size() (features, classes int) { return m.features, m.classes }
func (m *naiveBayes) width() int                    { return m.rows }

func (m *naiveBayes) predictRaw(k *block) {
	k.each(func(i int, v column.Vector, raw []float64) {
		if m.bernoulli && !m.binary(k, i, v) {
			return
		}
		switch {
		case v.Size != m.cols:
			k.refuseSize(i, v.Size, m.cols)
		case len(m.pi) != m.rows: // MLeap loads such a model, too
			k.refuse(i, ops.Invalid, "pi of size %d for %d rows of theta", len(m.pi), m.rows)
		case v.Dense:
			k.wait(i, i*k.width)
		default:
			blas.GemvNSparse(m.rows, m.cols, 1, m.theta, v.Indices, v.Values, 0, raw)
			m.addPriors(raw)
		}
	})
	xs, raws := k.waiting(k.scratch)
	blas.GemvNRows(m.rows, m.cols, m.theta, xs, raws)
	for i := range raws.At {
		m.addPriors(raws.Row(i, m.rows))
	}
}

func (m *naiveBayes) addPriors(raw []float64) {
	for c := range raw {
		raw[c] += m.pi[c]
		if m.bernoulli {
			raw[c] += m.absent[c]
		}
	}
}

// binary reports whether the stored values of row i are all 0 or 1, and refuses
// the row if not.
func (m *naiveBayes) binary(k *block, i int, v column.Vector) bool {
	for j, x := range v.Values {
		if x == 0 || x == 1 {
			continue
		}
		if !v.Dense {
			j = int(v.Indices[j])
		}
		k.refuse(i, ops.Invalid, "element %d is %v, want 0 or 1", j, x)
		return false
	}
	return true
}

func (m *naiveBayes) convert(raw []float64, width int) {
	for row := range slices.Chunk(raw, width) {
		top := row[0]
		for _, v := range row[1:] {
			top = javamath.Max(top, v) // NaN wins
		}
		for i := range row {
			row[i] -= top
		}
	}
	javamath.ExpAll(raw, raw)
	normalizeRows(raw, width)
}
