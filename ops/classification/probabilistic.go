package classification

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// blockRows is the number of rows that go through a model at a time.
const blockRows = 256

// block is a block of rows on their way through a model.
type block struct {
	b       *ops.Batch
	vectors *column.Vectors
	columns [][]float64 // of trees, instead of vectors
	from, n int

	// raw is the raw prediction of each row, which the model's convert turns
	// into probabilities in place; nil for a row that was refused. The slices
	// do not overlap and are the block's own.
	raw [blockRows][]float64

	// scratch holds the slices of raw as they start, width values a row.
	scratch []float64
	width   int

	waits   waiting
	places  [blockRows]int32 // of rows in the results of dots
	numbers []float64        // of room
}

// waiting are dense rows that wait for the product that many have at a time: where
// they begin in the vectors, and where the product goes.
type waiting struct{ xs, ys []int }

// wait adds row i.
func (k *block) wait(i, y int) {
	k.waits.xs, k.waits.ys = append(k.waits.xs, k.vectors.At(k.from+i)), append(k.waits.ys, y)
}

// waiting returns the rows that wait, which then wait no more, and their products, in ys.
func (k *block) waiting(ys []float64) (from, to blas.Rows) {
	from, to = blas.Rows{Values: k.vectors.Stored(), At: k.waits.xs}, blas.Rows{Values: ys, At: k.waits.ys}
	k.waits.xs, k.waits.ys = k.waits.xs[:0], k.waits.ys[:0]
	return from, to
}

// room returns n numbers, which hold anything, for use until the next call.
func (k *block) room(n int) []float64 {
	if len(k.numbers) < n {
		k.numbers = make([]float64, n)
	}
	return k.numbers[:n]
}

// refuse reports row i of the block, and clears its raw prediction.
func (k *block) refuse(i int, c ops.Code, format string, args ...any) {
	k.b.Reject(k.from+i, 0, c, format, args...)
	k.raw[i] = nil
}

// refuseSize reports that the vector of row i does not fit the model.
func (k *block) refuseSize(i, size, want int) {
	k.refuse(i, ops.Size, "vector of size %d, the model has %d features", size, want)
}

// each calls f for the rows of the block that are still in the running.
func (k *block) each(f func(i int, v column.Vector, raw []float64)) {
	for i := range k.n {
		if k.raw[i] != nil {
			f(i, k.vectors.Row(k.from+i), k.raw[i])
		}
	}
}

// model is a classifier with probabilities
// (ProbabilisticClassificationModel in ClassificationModel.scala).
type model interface {
	// size is the number of features and of classes that the model declares.
	size() (features, classes int)
	// width is how many values the raw prediction of a row may have.
	width() int

	// predictRaw computes the raw predictions of a block, whose raw has slices
	// of width zeros, empty for width 0. It may shorten the slices.
	predictRaw(k *block)
	// convert turns raw predictions into probabilities in place, of rows of width
	// values each, which is not 0. It gets those of many rows at once, because vector
	// code is faster over all of them. A row that was shortened ends in zeros, and one
	// that was refused holds anything.
	convert(raw []float64, width int)

	// fromProbability returns the class for probabilities.
	fromProbability(p []float64) float64
	// thresholded reports whether classes have thresholds.
	thresholded() bool
}

// rawDecider is a model with a way of its own from a raw prediction to a class.
type rawDecider interface {
	fromRaw(raw []float64) float64
}

// directDecider is a model with a way of its own from a raw prediction to a
// class in a node that gives neither raw predictions nor probabilities.
type directDecider interface {
	direct(raw []float64) float64
}

// probabilistic is the kernel of a model. MLeap computes a class in one of four
// ways, which can differ at the border of two classes: it depends on which of
// raw_prediction and probability the node gives.
type probabilistic struct {
	model
	raw, probability bool // whether the ports are connected

	// class returns the class for a raw prediction. If the node gives
	// probabilities it converts the raw prediction to them, else it may.
	// It is nil if the class comes from the probabilities.
	class func(raw []float64) float64
}

// formless is the kernel of a model that does not depend on the form of a
// vector.
type formless struct{ *probabilistic }

// Formless is part of ops.Formless.
func (formless) Formless() {}

// EvalColumns is part of ops.ColumnsHead.
func (k formless) EvalColumns(b *ops.Batch, cols [][]float64) ([]arrow.Array, error) {
	return k.eval(b, nil, func(bl *block) {
		bl.columns = cols
		k.predictRaw(bl)
	}), nil
}

func newProbabilistic(n *ops.Node, m model) ops.Kernel {
	k := &probabilistic{model: m, raw: n.Wired("raw_prediction"), probability: n.Wired("probability")}
	k.class = k.choose()
	switch m := m.(type) {
	case interface{ Formless() }: // of the trees that it is made of
		return formless{k}
	case linearModel:
		return dotHead{k, m.line()}
	}
	return k
}

// choose returns the way to a class, or nil if that is by probabilities.
func (k *probabilistic) choose() func(raw []float64) float64 {
	m := k.model
	switch {
	case k.probability:
	case k.raw:
		if d, ok := m.(rawDecider); ok {
			return d.fromRaw
		}
		if !m.thresholded() {
			return func(raw []float64) float64 { return float64(argmax(raw)) }
		}
	default:
		if d, ok := m.(directDecider); ok {
			return d.direct
		}
	}
	return nil
}

// classes fills in the classes of a block, and may convert its raw predictions.
func (k *probabilistic) classes(bl *block, classes []float64) {
	class := k.class
	if class == nil {
		if bl.width > 0 {
			k.convert(bl.scratch[:bl.n*bl.width], bl.width)
		}
		class = k.fromProbability
	}
	for i, r := range bl.raw[:bl.n] {
		if r != nil {
			classes[i] = class(r)
		}
	}
}

func (k *probabilistic) Inputs() []ops.Port {
	features, _ := k.size()
	return featuresPort(features)
}

func (k *probabilistic) Outputs() []ops.Port {
	_, classes := k.size()
	return []ops.Port{
		{Name: "raw_prediction", Type: bundle.Tensor(bundle.Double, classes)},
		{Name: "probability", Type: bundle.Tensor(bundle.Double, classes)},
		{Name: "prediction", Type: bundle.Scalar(bundle.Double).NonNull()},
	}
}

func featuresPort(size int) []ops.Port {
	return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double, size)}}
}

func (k *probabilistic) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	vs := column.ViewVectors(in[0])
	return k.eval(b, &vs, k.predictRaw), nil
}

// eval computes the outputs from the raw predictions that predict fills in.
func (k *probabilistic) eval(b *ops.Batch, vs *column.Vectors, predict func(bl *block)) []arrow.Array {
	var raw, probability *column.VectorBuilder
	if k.raw {
		raw = column.NewVectorBuilder(b.Mem, b.Len, k.width())
	}
	if k.probability {
		probability = column.NewVectorBuilder(b.Mem, b.Len, k.width())
	}
	prediction := column.NewDoubles(b.Mem, b.Len)
	eachBlock(b, vs, k.width(), func(bl *block) {
		predict(bl)
		if raw != nil {
			bl.appendTo(raw)
		}
		k.classes(bl, prediction.Values[bl.from:])
		if probability != nil {
			bl.appendTo(probability) // class has converted them
		}
	})
	out := make([]arrow.Array, 3)
	if raw != nil {
		out[0] = raw.Array()
	}
	if probability != nil {
		out[1] = probability.Array()
	}
	out[2] = prediction.Array()
	return out
}

// eachBlock calls f for the rows of a batch, block by block, with raw
// predictions of width zeros, and reports rows that are null. vs may be nil if f
// needs no vectors.
func eachBlock(b *ops.Batch, vs *column.Vectors, width int, f func(k *block)) {
	k := &block{b: b, vectors: vs, width: width}
	k.scratch = make([]float64, width*min(b.Len, blockRows))
	for k.from = 0; k.from < b.Len; k.from += blockRows {
		k.n = min(blockRows, b.Len-k.from)
		clear(k.scratch)
		for i := range k.n {
			k.raw[i] = k.scratch[i*width : (i+1)*width : (i+1)*width]
			if vs != nil && vs.IsNull(k.from+i) {
				k.refuse(i, ops.Null, "null vector")
			}
		}
		f(k)
	}
}

// appendTo appends the raw predictions to out. Refused rows hold any values.
func (k *block) appendTo(out *column.VectorBuilder) {
	short := false
	for _, r := range k.raw[:k.n] {
		short = short || r != nil && len(r) != k.width
	}
	if !short {
		copy(out.DenseRows(k.n, k.width), k.scratch)
		return
	}
	for _, r := range k.raw[:k.n] {
		out.AppendDense(r)
	}
}

// argmax returns the index of the greatest value as DenseVector.argmax does: the
// first of several, -1 if there is none. A NaN at the first place stays, others
// are never taken.
func argmax(x []float64) int {
	if len(x) == 0 {
		return -1
	}
	best := 0
	for i, v := range x[1:] {
		if v > x[best] {
			best = i + 1
		}
	}
	return best
}

// classifierPorts documents the ports of a probabilistic classifier.
func classifierPorts(features, classes string) []string {
	return []string{
		"in features: tensor<double>[" + features + "]",
		"out raw_prediction: tensor<double>[" + classes + "]",
		"out probability: tensor<double>[" + classes + "]",
		"out prediction: double",
	}
}
