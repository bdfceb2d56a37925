package classification

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// linear is the margin of a model of two classes: the dot product of features
// and coefficients plus the intercept.
type linear struct {
	coefficients []float64
	intercept    float64
}

func loadLinear(a *bundle.Attrs) linear {
	return linear{coefficients: a.Tensor("coefficients").Doubles, intercept: a.Double("intercept")}
}

func (m *linear) size() (features, classes int) { return len(m.coefficients), 2 }
func (m *linear) width() int                    { return 2 }

// togetherSize is the size of vectors from which on it is faster to multiply many rows
// at a time.
const togetherSize = 12

// predictRaw gives the margin of the second class and its negative.
func (m *linear) predictRaw(k *block) {
	if len(m.coefficients) < togetherSize {
		m.predictEach(k, func(_ int, v column.Vector) float64 { return blas.Dot(v.Values, m.coefficients) })
		return
	}
	m.predictFrom(k, k.dots([][]float64{m.coefficients}), 0, 1)
}

// predictFrom is predictRaw for the results of block.dots, of which its own are number c
// of each row.
func (m *linear) predictFrom(k *block, dots []float64, c, stride int) {
	m.predictEach(k, func(i int, _ column.Vector) float64 { return dots[int(k.places[i])*stride+c] })
}

// predictEach is predictRaw given the dot products of dense rows. The order of
// additions depends on the form of a row.
func (m *linear) predictEach(k *block, dense func(i int, v column.Vector) float64) {
	k.each(func(i int, v column.Vector, raw []float64) {
		switch {
		case v.Size != len(m.coefficients):
			k.refuseSize(i, v.Size, len(m.coefficients))
		case v.Dense:
			m.margin(dense(i, v), raw)
		default:
			m.margin(blas.DotSparse(v.Indices, v.Values, m.coefficients), raw)
		}
	})
}

// dots returns the dot products of dense rows with vectors of one size. The products of row i
// begin at places[i]*blas.DotStride.
func (k *block) dots(ws [][]float64) []float64 {
	k.each(func(i int, v column.Vector, _ []float64) {
		if v.Dense && v.Size == len(ws[0]) {
			k.places[i] = int32(len(k.waits.xs))
			k.wait(i, 0)
		}
	})
	xs, _ := k.waiting(nil)
	products := k.room(len(xs.At) * blas.DotStride(len(ws)))
	blas.DotRows(ws, xs, products)
	return products
}

func (m *linear) margin(dot float64, raw []float64) {
	margin := dot + m.intercept
	raw[0], raw[1] = -margin, margin
}

// fromDots is predictRaw for dot products that are known.
func (m *linear) fromDots(dots []float64) func(k *block) {
	return func(k *block) {
		for i, raw := range k.raw[:k.n] {
			if raw != nil {
				m.margin(dots[k.from+i], raw)
			}
		}
	}
}

func (m *linear) line() *linear { return m }

// linearModel is a model that is made of a linear one.
type linearModel interface{ line() *linear }

// dotHead is the kernel of a linear model, which needs of a vector only its dot
// product with the coefficients.
type dotHead struct {
	*probabilistic
	linear *linear
}

// Coefficients is part of ops.DotHead.
func (k dotHead) Coefficients() []float64 { return k.linear.coefficients }

// EvalDots is part of ops.DotHead.
func (k dotHead) EvalDots(b *ops.Batch, dots []float64) ([]arrow.Array, error) {
	return k.eval(b, nil, k.linear.fromDots(dots)), nil
}

// predictFrom is that of the linear model.
func (k dotHead) predictFrom(b *block, dots []float64, c, stride int) {
	k.linear.predictFrom(b, dots, c, stride)
}

// twoClasses checks the number of classes of a model that has two.
func twoClasses(a *bundle.Attrs) {
	if n := a.Long("num_classes"); n != 2 {
		a.Failf("num_classes", "%d, want 2", n)
	}
}
