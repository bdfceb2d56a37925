package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
)

// MaxAbsScaler divides each slot of a vector by its greatest absolute value.
var MaxAbsScaler = &ops.Op{
	Name:   "max_abs_scaler",
	Doc:    "Divides each slot of a vector by the model's greatest absolute value for it and clamps the result to [-1, 1].",
	Attrs:  []string{"maxAbs: tensor<double>; 0 counts as 1"},
	Ports:  []string{"in input: tensor<double>[n]", "out output: tensor<double>[n], in the input's form"},
	Source: "MaxAbsScalerModel.scala",
	Load:   loadMaxAbsScaler,
}

type maxAbsScaler struct {
	slots slotwise
}

func loadMaxAbsScaler(n *ops.Node) (ops.Kernel, error) {
	maxAbs := n.Attrs.Tensor("maxAbs").Doubles
	by := make([]float64, len(maxAbs))
	for i, x := range maxAbs {
		by[i] = x
		if x == 0 {
			by[i] = 1
		}
	}
	return &maxAbsScaler{slotwise{
		size:      len(by),
		passesNaN: true,
		dense: func(dst, src []float64) {
			by := by[:len(src)]
			for i, x := range src {
				dst[i] = clamp(x / by[i])
			}
		},
		sparse: func(dst []float64, v column.Vector) {
			for j, x := range v.Values {
				dst[j] = clamp(x / by[v.Indices[j]])
			}
		},
	}}, n.Attrs.Err()
}

// clamp cuts x to [-1, 1]. NaN stays NaN.
func clamp(x float64) float64 {
	if x > 1 {
		return 1
	}
	if x < -1 {
		return -1
	}
	return x
}

func (k *maxAbsScaler) Inputs() []ops.Port  { return vectorPort("input", k.slots.size) }
func (k *maxAbsScaler) Outputs() []ops.Port { return vectorPort("output", k.slots.size) }

func (k *maxAbsScaler) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	return k.slots.eval(b, in[0]), nil
}
