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

// predictRaw gives the margin of the second class and its negative.
func (m *linear) predictRaw(k *block) {
	k.each(func(i int, v column.Vector, raw []float64) {
		if v.Size != len(m.coefficients) {
			k.refuseSize(i, v.Size, len(m.coefficients))
			return
		}
		var dot float64 // in an order of additions that depends on the form
		if v.Dense {
			dot = blas.Dot(v.Values, m.coefficients)
		} else {
			dot = blas.DotSparse(v.Indices, v.Values, m.coefficients)
		}
		m.margin(dot, raw)
	})
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

// twoClasses checks the number of classes of a model that has two.
func twoClasses(a *bundle.Attrs) {
	if n := a.Long("num_classes"); n != 2 {
		a.Failf("num_classes", "%d, want 2", n)
	}
}
