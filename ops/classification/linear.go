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
	m.predictFrom(k, k.dots([][]float64{m.coefficients}), 1)
}

// predictFrom is predictRaw for dot products of dense rows that are known, those of
// one row so many after those of another.
func (m *linear) predictFrom(k *block, dots []float64, stride int) {
	k.each(func(i int, v column.Vector, raw []float64) {
		if v.Size != len(m.coefficients) {
			k.refuseSize(i, v.Size, len(m.coefficients))
			return
		}
		// The order of additions depends on the form.
		if v.Dense {
			m.margin(dots[i*stride], raw)
		} else {
			m.margin(blas.DotSparse(v.Indices, v.Values, m.coefficients), raw)
		}
	})
}

// dots returns the dot products of dense rows with vectors of one size. Those of row
// i begin at i*blas.DotStride; those of other rows, and of other sizes, are anything.
func (k *block) dots(ws [][]float64) []float64 {
	found := false
	k.xs = k.xs[:0]
	for i, r := range k.raw[:k.n] {
		x := ws[0]
		if r != nil {
			if v := k.vectors.Row(k.from + i); v.Dense && v.Size == len(x) {
				x, found = v.Values, true
			}
		}
		k.xs = append(k.xs, x)
	}
	n := k.n * blas.DotStride(len(ws))
	if len(k.products) < n {
		k.products = make([]float64, n)
	}
	if found {
		blas.DotRows(ws, k.xs, k.products)
	}
	k.xs = k.xs[:0]
	return k.products
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
func (k dotHead) predictFrom(b *block, dots []float64, stride int) { k.linear.predictFrom(b, dots, stride) }

// twoClasses checks the number of classes of a model that has two.
func twoClasses(a *bundle.Attrs) {
	if n := a.Long("num_classes"); n != 2 {
		a.Failf("num_classes", "%d, want 2", n)
	}
}
