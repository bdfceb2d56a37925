package classification

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// LinearSVC predicts one of two classes by the side of a plane.
var LinearSVC = &ops.Op{
	Name: "linear_svc",
	Doc:  "Predicts one of two classes: a plane separates them.",
	Attrs: []string{
		"num_classes: long, 2", "coefficients: tensor<double>", "intercept: double",
		"threshold: double, of the margin",
	},
	Ports:  []string{"in features: tensor<double>[n]", "out raw_prediction: tensor<double>[2]", "out prediction: double"},
	Source: "LinearSVCModel.scala",
	Load:   loadLinearSVC,
}

type linearSVC struct {
	linear
	threshold float64
	raw       bool // whether raw_prediction is connected
}

func loadLinearSVC(n *ops.Node) (ops.Kernel, error) {
	twoClasses(n.Attrs)
	k := &linearSVC{linear: loadLinear(n.Attrs), threshold: n.Attrs.Double("threshold"), raw: n.Wired("raw_prediction")}
	return k, n.Attrs.Err()
}

func (k *linearSVC) Inputs() []ops.Port { return featuresPort(len(k.coefficients)) }
func (k *linearSVC) Outputs() []ops.Port {
	return []ops.Port{
		{Name: "raw_prediction", Type: bundle.Tensor(bundle.Double, 2)},
		{Name: "prediction", Type: bundle.Scalar(bundle.Double).NonNull()},
	}
}

func (k *linearSVC) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	vs := column.ViewVectors(in[0])
	return k.eval(b, &vs, k.predictRaw), nil
}

// Coefficients is part of ops.DotHead.
func (k *linearSVC) Coefficients() []float64 { return k.coefficients }

// EvalDots is part of ops.DotHead.
func (k *linearSVC) EvalDots(b *ops.Batch, dots []float64) ([]arrow.Array, error) {
	return k.eval(b, nil, k.fromDots(dots)), nil
}

func (k *linearSVC) eval(b *ops.Batch, vs *column.Vectors, predict func(bl *block)) []arrow.Array {
	var raw *column.VectorBuilder
	if k.raw {
		raw = column.NewVectorBuilder(b.Mem, b.Len, 2)
	}
	prediction := column.NewDoubles(b.Mem, b.Len)
	eachBlock(b, vs, 2, func(bl *block) {
		predict(bl)
		if raw != nil {
			bl.appendTo(raw)
		}
		for i, r := range bl.raw[:bl.n] {
			if r != nil {
				prediction.Values[bl.from+i] = k.class(r)
			}
		}
	})
	out := []arrow.Array{nil, prediction.Array()}
	if raw != nil {
		out[0] = raw.Array()
	}
	return out
}

func (k *linearSVC) class(raw []float64) float64 {
	if raw[1] > k.threshold {
		return 1
	}
	return 0
}
