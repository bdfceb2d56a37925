package classification

import (
	"math"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
	"leapscore/ops/internal/javamath"
)

// MultiLayerPerceptronClassifier predicts a class with a feed-forward network.
var MultiLayerPerceptronClassifier = &ops.Op{
	Name: "multi_layer_perceptron_classifier",
	Doc:  "Predicts a class with a feed-forward network of logistic layers and a softmax at its end.",
	Attrs: []string{
		"layers: list<long>, the sizes of the layers, inputs and classes included",
		"weights: tensor<double>, for each layer a matrix[out,in], column after column, and out biases",
		"thresholds: list<double>, optional",
	},
	Ports:  classifierPorts("layers[0]", "last of layers"),
	Source: "MultiLayerPerceptronClassifierModel.scala, Layer.scala, LossFunction.scala",
	Load:   loadMultiLayerPerceptron,
}

type multiLayerPerceptron struct {
	thresholds
	layers            []affine
	features, classes int
	widest            int
}

// affine is a layer: weights and biases.
type affine struct {
	in, out int
	w       []float64 // out x in, column-major
	b       []float64
}

func loadMultiLayerPerceptron(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	m := &multiLayerPerceptron{thresholds: loadThresholds(a, -1)}
	sizes := a.Longs("layers")
	weights := a.Tensor("weights").Doubles
	if a.Err() == nil && len(sizes) < 2 {
		a.Failf("layers", "%d layers, want at least 2", len(sizes))
	}
	left := weights
	for i := 0; i+1 < len(sizes) && a.Err() == nil; i++ {
		in, out := sizes[i], sizes[i+1]
		switch {
		case in < 1 || out < 1 || in > math.MaxInt32 || out > math.MaxInt32:
			a.Failf("layers", "sizes %d and %d, want at least 1", in, out)
		case (in+1)*out > int64(len(left)):
			a.Failf("weights", "%d values, want those of layers %v", len(weights), sizes)
		default:
			m.layers = append(m.layers, affine{int(in), int(out), left[:in*out], left[in*out : (in+1)*out]})
			left = left[(in+1)*out:]
			m.widest = max(m.widest, int(in), int(out))
		}
	}
	if a.Err() == nil && len(left) > 0 {
		a.Failf("weights", "%d values, want those of layers %v", len(weights), sizes)
	}
	if err := a.Err(); err != nil {
		return nil, err
	}
	m.features, m.classes = m.layers[0].in, m.layers[len(m.layers)-1].out
	return newProbabilistic(n, m), nil
}

func (m *multiLayerPerceptron) size() (features, classes int) { return m.features, m.classes }
func (m *multiLayerPerceptron) width() int                    { return m.classes }

// predictRaw takes all rows of the block through one layer after the other, each
// rounded as if it were alone.
func (m *multiLayerPerceptron) predictRaw(k *block) {
	const group = 16 // rows that share a pass over the weights
	scratch := make([]float64, 2*group*m.widest)
	x, y := scratch[:group*m.widest], scratch[group*m.widest:]
	var rows [group]int
	n := 0
	flush := func() {
		x, y := x, y
		for l := range m.layers {
			layer := &m.layers[l]
			layer.apply(x[:n*layer.in], y[:n*layer.out], n)
			if l < len(m.layers)-1 {
				logistic(y[:n*layer.out])
			}
			x, y = y, x
		}
		for j, i := range rows[:n] {
			copy(k.raw[i], x[j*m.classes:])
		}
		n = 0
	}
	k.each(func(i int, v column.Vector, _ []float64) {
		if v.Size != m.features {
			k.refuseSize(i, v.Size, m.features)
			return
		}
		v.CopyTo(x[n*m.features : (n+1)*m.features])
		rows[n] = i
		if n++; n == group {
			flush()
		}
	})
	if n > 0 {
		flush()
	}
}

// apply computes y = w*x + b for n columns.
func (l *affine) apply(x, y []float64, n int) {
	for j := range n {
		copy(y[j*l.out:], l.b)
	}
	blas.GemmColumns(l.out, n, l.in, 1, l.w, x, 1, y)
}

func logistic(x []float64) {
	for i, v := range x {
		x[i] = 1 / (1 + javamath.Exp(-v))
	}
}

// convert is a softmax. A NaN is never the greatest value.
func (m *multiLayerPerceptron) convert(raw []float64) {
	top := -math.MaxFloat64
	for _, v := range raw {
		if v > top {
			top = v
		}
	}
	var sum float64
	for i, v := range raw {
		raw[i] = javamath.Exp(v - top)
		sum += raw[i]
	}
	for i := range raw {
		raw[i] /= sum
	}
}
