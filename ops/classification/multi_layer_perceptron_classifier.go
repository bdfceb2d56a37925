package classification

import (
	"math"
	"slices"

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
	outputs := m.outputs(k)
	rows := m.begin(k, outputs[0])
	for l := 1; l < len(m.layers); l++ {
		layer, from, to := &m.layers[l], &outputs[l-1], &outputs[l]
		for j, i := range rows {
			javamath.LogisticAll(from.of(i)[:layer.in])
			copy(to.of(i), layer.b)
			from.at[j], to.at[j] = i*from.stride, i*to.stride
		}
		blas.GemmRows(layer.out, layer.in, layer.w, from.rows(len(rows)), to.rows(len(rows)))
	}
}

// layerOutput is where the outputs of a layer go, those of row i of a block to
// i*stride.
type layerOutput struct {
	values []float64
	stride int
	at     []int
}

func (o *layerOutput) of(i int) []float64   { return o.values[i*o.stride:][:o.stride] }
func (o *layerOutput) rows(n int) blas.Rows { return blas.Rows{Values: o.values, At: o.at[:n]} }

// outputs returns the places for the outputs of all layers. Two take turns, and the
// last layer gives the raw predictions.
func (m *multiLayerPerceptron) outputs(k *block) []layerOutput {
	n := k.n * m.widest
	room, at := k.room(2*n), make([]int, 2*k.n)
	turns := [2]layerOutput{{room[:n], m.widest, at[:k.n]}, {room[n:], m.widest, at[k.n:]}}
	var all []layerOutput
	for l := range m.layers {
		all = append(all, turns[l%2])
	}
	last := &all[len(all)-1]
	last.values, last.stride = k.scratch, k.width
	return all
}

// begin takes the rows through the first layer, and returns those that are not refused.
func (m *multiLayerPerceptron) begin(k *block, to layerOutput) (rows []int) {
	l := &m.layers[0]
	var spread, spreadTo blas.Rows // sparse rows that are dense almost
	spreadTo.Values = to.values
	k.each(func(i int, v column.Vector, _ []float64) {
		if v.Size != m.features {
			k.refuseSize(i, v.Size, m.features)
			return
		}
		rows = append(rows, i)
		y := to.of(i)[:l.out]
		copy(y, l.b)
		switch {
		case v.Dense:
			k.wait(i, i*to.stride)
		case l.finite && len(v.Values) < v.Size/4:
			blas.GemmSparse(l.out, l.in, l.w, v.Indices, v.Values, y)
		default:
			at := len(spread.Values)
			spread.Values = slices.Grow(spread.Values, v.Size)[:at+v.Size]
			v.CopyTo(spread.Values[at:])
			spread.At, spreadTo.At = append(spread.At, at), append(spreadTo.At, i*to.stride)
		}
	})
	xs, ys := k.waiting(to.values)
	blas.GemmRows(l.out, l.in, l.w, xs, ys)
	blas.GemmRows(l.out, l.in, l.w, spread, spreadTo)
	return rows
}

// convert is a softmax. A NaN is never the greatest value.
func (m *multiLayerPerceptron) convert(raw []float64, width int) {
	for row := range slices.Chunk(raw, width) {
		top := -math.MaxFloat64
		for _, v := range row {
			if v > top {
				top = v
			}
		}
		for i := range row {
			row[i] -= top
		}
	}
	javamath.ExpAll(raw, raw)
	for row := range slices.Chunk(raw, width) {
		all := sum(row)
		for i := range row {
			row[i] /= all
		}
	}
}
