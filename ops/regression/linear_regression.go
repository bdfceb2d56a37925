package regression

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
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

type linearRegression struct{ linear }

func loadLinearRegression(n *ops.Node) (ops.Kernel, error) {
	k := &linearRegression{loadLinear(n.Attrs)}
	return k, n.Attrs.Err()
}

func (k *linearRegression) Outputs() []ops.Port {
	return []ops.Port{{Name: "prediction", Type: bundle.Scalar(bundle.Double).NonNull()}}
}

func (k *linearRegression) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	return k.EvalDots(b, k.dots(b, in[0]))
}

// EvalDots is part of ops.DotHead.
func (k *linearRegression) EvalDots(b *ops.Batch, dots []float64) ([]arrow.Array, error) {
	out := column.NewDoubles(b.Mem, len(dots))
	for i, d := range dots {
		out.Values[i] = d + k.intercept
	}
	return []arrow.Array{out.Array()}, nil
}
