package feature

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
)

// StandardScaler shifts and scales each slot of a vector.
var StandardScaler = &ops.Op{
	Name:   "standard_scaler",
	Doc:    "Subtracts the mean of each slot of a vector, divides by its standard deviation, or does both.",
	Attrs:  []string{"mean: tensor<double>, optional", "std: tensor<double>, optional; mean or std must be present"},
	Ports:  []string{"in input: tensor<double>[n]", "out output: tensor<double>[n]; dense with a mean, else in the input's form"},
	Source: "StandardScalerModel.scala",
	Load:   loadStandardScaler,
}

type standardScaler struct {
	declared int
	slots    slotwise

	// For fusing: nil where there is none, and whether every scale of 0 comes
	// from a deviation of 0.
	mean, scale []float64
	ordinary    bool
}

func loadStandardScaler(n *ops.Node) (ops.Kernel, error) {
	mean, hasMean := n.Attrs.TensorOr("mean")
	std, hasStd := n.Attrs.TensorOr("std")
	if err := n.Attrs.Err(); err != nil {
		return nil, err
	}
	// The JVM multiplies by the reciprocal; it does not divide.
	scale := make([]float64, len(std.Doubles))
	ordinary := true
	for i, s := range std.Doubles {
		ordinary = ordinary && !math.IsInf(s, 0)
		if s != 0 {
			scale[i] = 1.0 / s
		}
	}
	switch {
	case hasMean && hasStd:
		return &standardScaler{len(scale), standardize(mean.Doubles, scale, std.Doubles), mean.Doubles, scale, ordinary}, nil
	case hasMean:
		return &standardScaler{len(mean.Doubles), center(mean.Doubles), mean.Doubles, nil, true}, nil
	case hasStd:
		return &standardScaler{len(scale), newMultiplied(scale, nil, nil).slots, nil, scale, ordinary}, nil
	}
	return nil, fmt.Errorf("neither mean nor std is there, want at least one")
}

// standardize is for a model with both. A slot that does not deviate is 0,
// whatever it holds, where a model without a mean gives NaN for infinities.
func standardize(mean, scale, std []float64) slotwise {
	// The mean of a slot that does not deviate is not read, so that a mean
	// that is too short fails only where a slot needs it.
	size := len(std)
	for i := len(mean); i < len(std); i++ {
		if std[i] != 0 {
			size = i
			break
		}
	}
	return slotwise{
		size: size,
		dense: func(dst, src []float64) {
			scale, std := scale[:len(src)], std[:len(src)]
			for i, x := range src {
				if std[i] != 0 {
					dst[i] = (x - mean[i]) * scale[i]
				} else {
					dst[i] = 0
				}
			}
		},
	}
}

// center is for a model with a mean alone.
func center(mean []float64) slotwise {
	return slotwise{
		size: len(mean),
		dense: func(dst, src []float64) {
			mean := mean[:len(src)]
			for i, x := range src {
				dst[i] = x - mean[i]
			}
		},
	}
}

func (k *standardScaler) Inputs() []ops.Port  { return vectorPort("input", k.declared) }
func (k *standardScaler) Outputs() []ops.Port { return vectorPort("output", k.declared) }

func (k *standardScaler) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	return k.slots.eval(b, in[0]), nil
}

// Affine implements ops.Scaler. An infinite deviation has the scale 0 too, but
// does not give 0 for every number.
func (k *standardScaler) Affine() (mean, scale []float64, ok bool) {
	return k.mean, k.scale, k.ordinary
}
