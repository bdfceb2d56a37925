package regression

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/commonsmath"
	"leapscore/ops/internal/javamath"
)

// GeneralizedLinearRegression predicts the mean of a distribution.
var GeneralizedLinearRegression = &ops.Op{
	Name: "generalized_linear_regression",
	Doc:  "Predicts the mean of a distribution, whose link function is linear in the features.",
	Attrs: []string{
		"coefficients: tensor<double>",
		"intercept: double",
		"family: string, gaussian, binomial, poisson or gamma",
		"link: string, identity, logit, log, inverse, probit, cloglog or sqrt; if absent, the family's own: identity, logit, log, inverse",
	},
	Ports: []string{
		"in features: tensor<double>[n]",
		"out prediction: double",
		"out link_prediction: double, the linear predictor; the prediction if that is not connected",
	},
	Source: "GeneralizedLinearRegressionModel.scala",
	Load:   loadGeneralizedLinearRegression,
}

type generalizedLinearRegression struct {
	linear
	unlink  func(eta []float64)
	project func(mu float64) float64 // into the range of the family
	link    bool                     // whether the linear predictor is wanted
	// shifted is set if prediction is not connected. MLeap gives its value all
	// the same, as the first of the row's new values.
	shifted bool
}

func loadGeneralizedLinearRegression(n *ops.Node) (ops.Kernel, error) {
	k := &generalizedLinearRegression{linear: loadLinear(n.Attrs), link: n.Wired("link_prediction"), shifted: !n.Wired("prediction")}
	family := n.Attrs.String("family")
	f, ok := families[family]
	if !ok {
		n.Attrs.Failf("family", "%q, want gaussian, binomial, poisson or gamma", family)
	}
	link := n.Attrs.StringOr("link", f.link)
	unlink, ok := unlinks[link]
	if !ok {
		n.Attrs.Failf("link", "%q, want identity, logit, log, inverse, probit, cloglog or sqrt", link)
	}
	k.unlink, k.project = unlink, f.project
	return k, n.Attrs.Err()
}

// epsilon is how near predictions may come to the ends of a family's range.
const epsilon = 1e-16

// families are the distributions with their default links. Any link may go
// with any family.
var families = map[string]struct {
	link    string
	project func(mu float64) float64
}{
	"gaussian": {"identity", func(mu float64) float64 {
		return min(max(mu, -math.MaxFloat64), math.MaxFloat64)
	}},
	"binomial": {"logit", func(mu float64) float64 {
		switch {
		case mu < epsilon:
			return epsilon
		case mu > 1-epsilon:
			return 1 - epsilon
		}
		return mu
	}},
	"poisson": {"log", projectPositive},
	"gamma":   {"inverse", projectPositive},
}

func projectPositive(mu float64) float64 {
	switch {
	case mu < epsilon:
		return epsilon
	case mu > math.MaxFloat64:
		return math.MaxFloat64
	}
	return mu
}

// unlinks are the inverses of the link functions: they replace eta by mu.
var unlinks = map[string]func(eta []float64){
	"identity": func([]float64) {},
	"logit":    javamath.LogisticAll,
	"log":      func(eta []float64) { javamath.ExpAll(eta, eta) },
	"inverse":  eachOf(func(eta float64) float64 { return 1 / eta }),
	// the distribution function of breeze's standard Gaussian
	"probit": eachOf(func(eta float64) float64 { return 0.5 * (1 + commonsmath.Erf(eta/math.Sqrt2)) }),
	"cloglog": func(eta []float64) {
		javamath.ExpAll(eta, eta)
		for i, x := range eta {
			eta[i] = -x
		}
		javamath.ExpAll(eta, eta)
		for i, x := range eta {
			eta[i] = 1 - x
		}
	},
	"sqrt": eachOf(func(eta float64) float64 { return eta * eta }),
}

// eachOf lifts a function of a number to slices.
func eachOf(f func(float64) float64) func([]float64) {
	return func(x []float64) {
		for i, v := range x {
			x[i] = f(v)
		}
	}
}

func (k *generalizedLinearRegression) Outputs() []ops.Port {
	double := bundle.Scalar(bundle.Double).NonNull()
	return []ops.Port{{Name: "prediction", Type: double}, {Name: "link_prediction", Type: double}}
}

func (k *generalizedLinearRegression) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	return k.EvalDots(b, k.dots(b, in[0]))
}

// EvalDots is part of ops.DotHead.
func (k *generalizedLinearRegression) EvalDots(b *ops.Batch, dots []float64) ([]arrow.Array, error) {
	prediction := column.NewDoubles(b.Mem, len(dots))
	for row, d := range dots {
		prediction.Values[row] = d + k.intercept
	}
	k.unlink(prediction.Values)
	for row, mu := range prediction.Values {
		prediction.Values[row] = k.project(mu)
	}
	out := []arrow.Array{prediction.Array(), nil}
	if k.link {
		link := column.NewDoubles(b.Mem, len(dots))
		for row, d := range dots {
			link.Values[row] = d + k.intercept
		}
		if k.shifted {
			copy(link.Values, prediction.Values)
		}
		out[1] = link.Array()
	}
	return out, nil
}
