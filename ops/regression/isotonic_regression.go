package regression

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javamath"
)

// IsotonicRegression interpolates between fitted points.
var IsotonicRegression = &ops.Op{
	Name: "isotonic_regression",
	Doc:  "Predicts by interpolation between the points of a monotonic function.",
	Attrs: []string{
		"boundaries: list<double>, ascending",
		"predictions: list<double>, one per boundary",
		"isotonic: boolean, required but without effect",
		"feature_index: long, the slot of the vector; if absent the input is a number",
	},
	Ports:  []string{"in features: double, or tensor<double> with feature_index", "out prediction: double"},
	Source: "IsotonicRegressionModel.scala",
	Load:   loadIsotonicRegression,
}

type isotonicRegression struct {
	boundaries  []float64
	predictions []float64
	vector      bool
	slot        int // of the vector
}

func loadIsotonicRegression(n *ops.Node) (ops.Kernel, error) {
	k := &isotonicRegression{
		boundaries:  n.Attrs.Doubles("boundaries"),
		predictions: n.Attrs.Doubles("predictions"),
		vector:      n.Attrs.Has("feature_index"),
	}
	n.Attrs.Bool("isotonic")
	if k.vector {
		k.slot = int(javamath.L2I(n.Attrs.Long("feature_index")))
	}
	return k, n.Attrs.Err()
}

func (k *isotonicRegression) Inputs() []ops.Port {
	if k.vector {
		return []ops.Port{{Name: "features", Type: bundle.TensorOf(bundle.Double, []int{})}}
	}
	return []ops.Port{{Name: "features", Type: bundle.Scalar(bundle.Double).NonNull()}}
}
func (k *isotonicRegression) Outputs() []ops.Port {
	return []ops.Port{{Name: "prediction", Type: bundle.Scalar(bundle.Double).NonNull()}}
}

func (k *isotonicRegression) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	null := func(row int) { b.Reject(row, 0, ops.Null, "null") }
	if !k.vector {
		return []arrow.Array{column.MapDouble(b.Mem, in[0], func(row int, x float64) float64 {
			return k.predict(b, row, x)
		}, null)}, nil
	}
	return []arrow.Array{column.VectorToDouble(b.Mem, in[0], func(row int, v column.Vector) float64 {
		if k.slot < 0 || k.slot >= v.Size {
			b.Reject(row, 0, ops.Size, "vector of size %d, the model reads slot %d", v.Size, k.slot)
			return 0
		}
		return k.predict(b, row, v.At(k.slot))
	}, null)}, nil
}

// predict searches in Java's order of doubles: NaN is above all boundaries.
func (k *isotonicRegression) predict(b *ops.Batch, row int, x float64) float64 {
	at := javamath.BinarySearch(k.boundaries, x)
	above := -at - 1 // if x is no boundary: the first above it
	switch {
	case above == 0:
		at = 0
	case above == len(k.boundaries):
		at = len(k.predictions) - 1
	case at < 0:
		at = above
	}
	if at < 0 || at >= len(k.predictions) {
		b.Reject(row, 0, ops.Size, "the model has %d boundaries but %d predictions", len(k.boundaries), len(k.predictions))
		return 0
	}
	if above <= 0 || above == len(k.boundaries) {
		return k.predictions[at]
	}
	x1, y1 := k.boundaries[at-1], k.predictions[at-1]
	x2, y2 := k.boundaries[at], k.predictions[at]
	return y1 + (y2-y1)*(x-x1)/(x2-x1)
}
