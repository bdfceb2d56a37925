package regression

import (
	"errors"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javamath"
)

// AFTSurvivalRegression predicts a time of survival and its quantiles.
var AFTSurvivalRegression = &ops.Op{
	Name: "aft_survival_regression",
	Doc:  "Predicts the time of survival of an accelerated failure time model, and its Weibull quantiles.",
	Attrs: []string{
		"coefficients: tensor<double>",
		"intercept: double",
		"quantile_probabilities: list<double>, one quantile each",
		"scale: double, of the Weibull distribution",
	},
	Ports: []string{
		"in features: tensor<double>[n]",
		"out prediction: double",
		"out quantiles: tensor<double>, one value per probability",
	},
	Source: "AFTSurvivalRegressionModel.scala",
	Load:   loadAFTSurvivalRegression,
}

type aftSurvivalRegression struct {
	linear
	factors   []float64 // of the prediction, one per quantile
	quantiles bool      // whether they are wanted
}

func loadAFTSurvivalRegression(n *ops.Node) (ops.Kernel, error) {
	k := &aftSurvivalRegression{linear: loadLinear(n.Attrs), quantiles: n.Wired("quantiles")}
	if k.quantiles && !n.Wired("prediction") {
		return nil, errors.New("quantiles is connected without prediction: MLeap gives the prediction in its place, which is no tensor")
	}
	shape := 1 / n.Attrs.Double("scale")
	for _, q := range n.Attrs.Doubles("quantile_probabilities") {
		k.factors = append(k.factors, javamath.Exp(javamath.Log(-javamath.Log(1-q))/shape))
	}
	return k, n.Attrs.Err()
}

func (k *aftSurvivalRegression) Outputs() []ops.Port {
	return []ops.Port{
		{Name: "prediction", Type: bundle.Scalar(bundle.Double).NonNull()},
		{Name: "quantiles", Type: bundle.Tensor(bundle.Double, len(k.factors))},
	}
}

func (k *aftSurvivalRegression) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	return k.EvalDots(b, k.dots(b, in[0]))
}

// EvalDots is part of ops.DotHead.
func (k *aftSurvivalRegression) EvalDots(b *ops.Batch, dots []float64) ([]arrow.Array, error) {
	prediction := column.NewDoubles(b.Mem, len(dots))
	for row, d := range dots {
		prediction.Values[row] = d + k.intercept
	}
	javamath.ExpAll(prediction.Values, prediction.Values)
	out := []arrow.Array{prediction.Array(), nil}
	if !k.quantiles {
		return out, nil
	}
	n := len(k.factors)
	quantiles := column.NewVectorBuilder(b.Mem, len(dots), n)
	dst := quantiles.DenseRows(len(dots), n)
	for row, lambda := range column.Doubles(out[0]) {
		for i, f := range k.factors {
			dst[row*n+i] = lambda * f
		}
	}
	out[1] = quantiles.Array()
	return out, nil
}
