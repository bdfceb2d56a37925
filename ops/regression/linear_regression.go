package regression

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// LinearRegression predicts a linear combination of the features.
var LinearRegression = &ops.Op{
	Name:   "linear_regression",
	Doc:    "Predicts the dot product of features and coefficients plus the intercept.",
	Attrs:  []string{"coefficients: tensor<double>", "intercept: double"},
	Ports:  []string{"in features: tensor<double>[n]", "out prediction: double"},
	Source: "LinearRegressionModel.scala",
	Load:   loadLinearRegression,
}

type linearRegression struct {
	coefficients []float64
	intercept    float64
}

func loadLinearRegression(n *ops.Node) (ops.Kernel, error) {
	k := &linearRegression{
		coefficients: n.Attrs.Tensor("coefficients").Doubles,
		intercept:    n.Attrs.Double("intercept"),
	}
	return k, n.Attrs.Err()
}

func (k *linearRegression) Inputs() []ops.Port {
	return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double, len(k.coefficients))}}
}
func (k *linearRegression) Outputs() []ops.Port {
	return []ops.Port{{Name: "prediction", Type: bundle.Scalar(bundle.Double).NonNull()}}
}

func (k *linearRegression) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	return []arrow.Array{column.VectorToDouble(b.Mem, in[0], func(row int, v column.Vector) float64 {
		return k.predict(b, row, v)
	}, func(row int) { b.Reject(row, 0, ops.Null, "null vector") })}, nil
}

// predict adds the intercept to the dot product, whose order of additions
// depends on whether the row is dense.
func (k *linearRegression) predict(b *ops.Batch, row int, v column.Vector) float64 {
	if v.Size != len(k.coefficients) {
		b.Reject(row, 0, ops.Size, "vector of size %d, the model has %d coefficients", v.Size, len(k.coefficients))
		return 0
	}
	if v.Dense {
		return blas.Dot(v.Values, k.coefficients) + k.intercept
	}
	return blas.DotSparse(v.Indices, v.Values, k.coefficients) + k.intercept
}

// Coefficients and EvalDots implement ops.DotHead.
func (k *linearRegression) Coefficients() []float64 { return k.coefficients }

func (k *linearRegression) EvalDots(b *ops.Batch, dots []float64) ([]arrow.Array, error) {
	out := column.NewDoubles(b.Mem, len(dots))
	for i, d := range dots {
		out.Values[i] = d + k.intercept
	}
	return []arrow.Array{out.Array()}, nil
}
