package clustering

import (
	"errors"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
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
	return k, n.Attrs.Err()
}

func (k *gaussianMixture) Inputs() []ops.Port {
	return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double, len(k.weights))}}
}
func (k *gaussianMixture) Outputs() []ops.Port {
	return append(predictionPort(), ops.Port{Name: "probability", Type: bundle.Tensor(bundle.Double, len(k.components))})
}

func (k *gaussianMixture) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	vs := column.ViewVectors(in[0])
	if values, width, ok := vs.Matrix(); ok {
		return k.matrix(b, values, width)
	}
	s := k.newScores(b)
	dense := make([]float64, len(s.buf))
	for row := range vs.Len() {
		if vs.IsNull(row) {
			b.Reject(row, 0, ops.Null, "null vector")
			continue
		}
		switch v := vs.Row(row); {
		case !k.fits(b, row, v.Size):
		case v.Dense:
			s.score(row, v.Values)
		case k.used() > 0:
			v.CopyTo(dense[:v.Size])
			s.score(row, dense[:v.Size])
		default:
			s.score(row, nil)
		}
	}
	return s.arrays(), nil
}

// matrix scores dense rows of one width.
func (k *gaussianMixture) matrix(b *ops.Batch, values []float64, width int) ([]arrow.Array, error) {
	s := k.newScores(b)
	for row := range b.Len {
		if k.fits(b, row, width) {
			s.score(row, values[row*width:(row+1)*width])
		}
	}
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

// scores are the outputs of one batch under construction.
type scores struct {
	k           *gaussianMixture
	prediction  *column.Out[int32]
	builder     *column.VectorBuilder
	probability []float64 // of all rows, or of one
	buf         []float64 // of the size of the largest component
}

func (k *gaussianMixture) newScores(b *ops.Batch) *scores {
	s := &scores{k: k, prediction: column.NewInts(b.Mem, b.Len)}
	for i := range k.used() {
		if n := k.components[i].size; n > len(s.buf) {
			s.buf = make([]float64, n)
		}
	}
	n := k.used()
	if k.probability {
		s.builder = column.NewVectorBuilder(b.Mem, b.Len, n)
		s.probability = s.builder.DenseRows(b.Len, n)
		clear(s.probability)
	} else {
		s.probability = make([]float64, n)
	}
	return s
}

// score fills in a row that fits.
func (s *scores) score(row int, x []float64) {
	k, n := s.k, s.k.used()
	p := s.probability
	if k.probability {
		p = p[row*n : (row+1)*n]
	}
	var sum float64
	for i := range p {
		p[i] = epsilon + float64(k.weights[i]*k.components[i].density(x, s.buf))
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
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
