package classification

import (
	"leapscore/bundle"
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
		margin := m.margin(v)
		raw[0], raw[1] = -margin, margin
	})
}

// margin returns the margin of a vector of the model's size. Its order of
// additions depends on whether the vector is dense.
func (m *linear) margin(v column.Vector) float64 {
	if v.Dense {
		return blas.Dot(v.Values, m.coefficients) + m.intercept
	}
	return blas.DotSparse(v.Indices, v.Values, m.coefficients) + m.intercept
}

// twoClasses checks the number of classes of a model that has two.
func twoClasses(a *bundle.Attrs) {
	if n := a.Long("num_classes"); n != 2 {
		a.Failf("num_classes", "%d, want 2", n)
	}
}
