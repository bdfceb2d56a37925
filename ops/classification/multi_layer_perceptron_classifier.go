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
	widest            int // outputs of a layer
}

// affine is a layer: weights and biases.
type affine struct {
	in, out int
	w       []float64 // out x in, column-major
	b       []float64
	finite  bool // whether all of w is
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
			w, b := left[:in*out], left[in*out:(in+1)*out]
			m.layers = append(m.layers, affine{int(in), int(out), w, b, blas.AllFinite(w)})
			left = left[(in+1)*out:]
			m.widest = max(m.widest, int(out))
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
	first, last := &m.layers[0], len(m.layers)-1
	room := make([]float64, 2*k.n*m.widest)
	here, next := room[:k.n*m.widest], room[k.n*m.widest:]
	var raws, ys [][]float64
	k.each(func(i int, v column.Vector, raw []float64) {
		if v.Size != m.features {
			k.refuseSize(i, v.Size, m.features)
			return
		}
		y := raw
		if last > 0 {
			y = here[i*m.widest:][:first.out]
		}
		raws, ys = append(raws, raw), append(ys, y)
		copy(y, first.b)
		switch {
		case v.Dense:
			k.wait(v.Values, y)
		case first.finite:
			blas.GemmSparse(first.out, first.in, first.w, v.Indices, v.Values, y)
		default:
			x := make([]float64, v.Size)
			v.CopyTo(x)
			k.wait(x, y)
		}
	})
	xs, to := k.waiting()
	blas.GemmRows(first.out, first.in, first.w, xs, to)
	for l := 1; l <= last; l++ {
		layer, xs := &m.layers[l], ys
		ys = raws
		if l < last {
			ys = rowsOf(next, m.widest, len(xs), layer.out)
		}
		for i, x := range xs {
			logistic(x)
			copy(ys[i], layer.b)
		}
		blas.GemmRows(layer.out, layer.in, layer.w, xs, ys)
		here, next = next, here
	}
}

// rowsOf returns n rows of some size, which are stride values apart.
func rowsOf(room []float64, stride, n, size int) [][]float64 {
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = room[i*stride:][:size]
	}
	return rows
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
