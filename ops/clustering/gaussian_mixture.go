package clustering

import (
	"errors"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
	"leapscore/ops/internal/javamath"
)

// GaussianMixture predicts the component that a row most likely comes from.
var GaussianMixture = &ops.Op{
	Name: "gaussian_mixture",
	Doc:  "Predicts which component of a mixture of normal distributions a row most likely comes from, with the probability of each.",
	Attrs: []string{
		"means: list<tensor<double>>",
		"covs: list<tensor<double>>, symmetric matrices",
		"weights: list<double>",
	},
	Ports: []string{
		"in features: tensor<double>[n], declared with the number of weights",
		"out prediction: int",
		"out probability: tensor<double>, one value per component",
	},
	Source: "GaussianMixtureModel.scala, Spark's MultivariateGaussian.scala, breeze's eigSym.scala",
	Load:   loadGaussianMixture,
}

type gaussianMixture struct {
	components  []gaussian
	weights     []float64
	probability bool // whether it is wanted
	// matrix and means are those of stack, if the components can take any row.
	matrix, means []float64
}

func loadGaussianMixture(n *ops.Node) (ops.Kernel, error) {
	k := &gaussianMixture{weights: n.Attrs.Doubles("weights"), probability: n.Wired("probability")}
	if k.probability && !n.Wired("prediction") {
		return nil, errors.New("probability is connected without prediction: MLeap gives the prediction in its place, which is no tensor")
	}
	means, covs := n.Attrs.Tensors("means"), n.Attrs.Tensors("covs")
	for i := range min(len(means), len(covs)) {
		mean, cov := means[i], covs[i]
		switch {
		case mean.Base != bundle.Double:
			n.Attrs.Failf("means", "tensor %d is of base %s, want double", i, mean.Base)
		case cov.Base != bundle.Double:
			n.Attrs.Failf("covs", "tensor %d is of base %s, want double", i, cov.Base)
		case len(cov.Dims) < 2 || cov.Dims[0] != cov.Dims[1] || cov.Len() != cov.Dims[0]*cov.Dims[1]:
			n.Attrs.Failf("covs", "tensor %d has dimensions %v, want a square matrix", i, cov.Dims)
		case mean.Len() != cov.Dims[0]:
			n.Attrs.Failf("covs", "matrix %d has %d rows, and the mean has %d values", i, cov.Dims[0], mean.Len())
		}
		if err := n.Attrs.Err(); err != nil {
			return nil, err
		}
		k.components = append(k.components, newGaussian(mean.Doubles, cov.Doubles))
	}
	if used := k.components[:k.used()]; len(used) > 0 && alike(used) {
		k.matrix, k.means = stack(used)
	}
	return k, n.Attrs.Err()
}

// alike reports whether the components have one size and no errors.
func alike(gs []gaussian) bool {
	for _, g := range gs {
		if g.err != nil || g.size != gs[0].size {
			return false
		}
	}
	return true
}

func (k *gaussianMixture) Inputs() []ops.Port {
	return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double, len(k.weights))}}
}
func (k *gaussianMixture) Outputs() []ops.Port {
	return append(predictionPort(), ops.Port{Name: "probability", Type: bundle.Tensor(bundle.Double, len(k.components))})
}

func (k *gaussianMixture) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	vs := column.ViewVectors(in[0])
	s := k.newScores(b)
	for row := range vs.Len() {
		if vs.IsNull(row) {
			b.Reject(row, 0, ops.Null, "null vector")
			continue
		}
		if v := vs.Row(row); k.fits(b, row, v.Size) {
			s.add(row, v)
		}
	}
	s.flush()
	return s.arrays(), nil
}

// Formless implements ops.Formless: every row is made dense first, and a
// difference to a mean has no sign of zero that matters.
func (*gaussianMixture) Formless() {}

// used is the number of components that a row is tried against.
func (k *gaussianMixture) used() int { return min(len(k.components), len(k.weights)) }

// fits reports whether the components can take a vector of the given size, and
// rejects the row otherwise, because of the first that cannot. The JVM sets a
// component up at its first row, so errors of a covariance are found here too.
func (k *gaussianMixture) fits(b *ops.Batch, row, size int) bool {
	for i := range k.used() {
		c := &k.components[i]
		if c.err != nil {
			b.Reject(row, -1, ops.Invalid, "component %d: %v", i, c.err)
			return false
		}
		if c.size != size {
			b.Reject(row, 0, ops.Size, "vector of size %d, component %d has %d", size, i, c.size)
			return false
		}
	}
	if len(k.weights) > len(k.components) {
		b.Reject(row, -1, ops.Size, "the model has %d weights, but %d components", len(k.weights), len(k.components))
		return false
	}
	return true
}

// rowsAtOnce is how many rows have their powers computed together.
const rowsAtOnce = 64

// scores are the outputs of one batch under construction, and rows that wait.
type scores struct {
	k           *gaussianMixture
	prediction  *column.Out[int32]
	builder     *column.VectorBuilder
	probability []float64 // of all rows, if it is wanted

	rows      []int
	densities []float64 // of rows that wait, or their logarithms
	order     []int     // of the values of a row in the product
	x, y      []float64 // a row in that order, and its product
	dense     []float64 // room for a row that is sparse
}

func (k *gaussianMixture) newScores(b *ops.Batch) *scores {
	n := k.used()
	s := &scores{k: k, prediction: column.NewInts(b.Mem, b.Len), densities: make([]float64, rowsAtOnce*n)}
	if k.probability {
		s.builder = column.NewVectorBuilder(b.Mem, b.Len, n)
		s.probability = s.builder.DenseRows(b.Len, n)
		clear(s.probability)
	}
	if k.matrix != nil {
		size := k.components[0].size
		s.order = blas.FoursOrder(size)
		s.x, s.y, s.dense = make([]float64, size), make([]float64, len(k.means)), make([]float64, size)
	}
	return s
}

// add takes a row that fits.
func (s *scores) add(row int, v column.Vector) {
	n := s.k.used()
	if n == 0 {
		s.prediction.Values[row] = argmax(nil)
		return
	}
	values := v.Values
	if !v.Dense {
		v.CopyTo(s.dense)
		values = s.dense
	}
	for i, at := range s.order {
		s.x[i] = values[at]
	}
	copy(s.y, s.k.means)
	blas.AddChains(s.y, s.k.matrix, s.x)
	p := s.densities[len(s.rows)*n:][:n]
	for c := range p {
		p[c] = s.k.components[c].exponent(s.y[c*v.Size : (c+1)*v.Size])
	}
	if s.rows = append(s.rows, row); len(s.rows) == rowsAtOnce {
		s.flush()
	}
}

// flush fills in the rows that wait.
func (s *scores) flush() {
	n := s.k.used()
	p := s.densities[:len(s.rows)*n]
	javamath.ExpAll(p, p)
	for i, row := range s.rows {
		s.finish(row, p[i*n:(i+1)*n])
	}
	s.rows = s.rows[:0]
}

// finish fills in a row, given the densities at it.
func (s *scores) finish(row int, p []float64) {
	var sum float64
	for i, density := range p {
		p[i] = epsilon + float64(s.k.weights[i]*density)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	if s.k.probability {
		copy(s.probability[row*len(p):], p)
	}
	s.prediction.Values[row] = argmax(p)
}

func (s *scores) arrays() []arrow.Array {
	out := []arrow.Array{s.prediction.Array(), nil}
	if s.builder != nil {
		out[1] = s.builder.Array()
	}
	return out
}

// argmax returns the position of the first greatest value, as DenseVector's: a
// NaN in front stays the greatest, and of nothing it is -1.
func argmax(p []float64) int32 {
	if len(p) == 0 {
		return -1
	}
	at := 0
	for i, x := range p {
		if x > p[at] {
			at = i
		}
	}
	return int32(at)
}
