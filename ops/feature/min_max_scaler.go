package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
)

// MinMaxScaler maps the range of each slot of a vector to a common one.
var MinMaxScaler = &ops.Op{
	Name: "min_max_scaler",
	Doc:  "Maps each slot of a vector from the model's range for it to a common range.",
	Attrs: []string{
		"min: tensor<double>, the lower end of each slot's range",
		"max: tensor<double>, the upper end; a slot whose range is 0 maps to the middle",
		"minValue: double, the lower end of the common range, 0 if absent",
		"maxValue: double, the upper end of the common range, 1 if absent",
	},
	Ports:  []string{"in input: tensor<double>[n]", "out output: tensor<double>[n], dense"},
	Source: "MinMaxScalerModel.scala, MinMaxScalerOp.scala",
	Load:   loadMinMaxScaler,
}

type minMaxScaler struct {
	slots slotwise
}

func loadMinMaxScaler(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	lows, highs := a.Tensor("min").Doubles, a.Tensor("max").Doubles
	low, high := a.DoubleOr("minValue", 0), a.DoubleOr("maxValue", 1)
	if len(lows) != len(highs) {
		a.Failf("max", "%d values, want %d as in min", len(highs), len(lows))
	}
	if err := a.Err(); err != nil {
		return nil, err
	}
	ranges := make([]float64, len(lows))
	for i := range ranges {
		ranges[i] = highs[i] - lows[i]
	}
	scale := high - low
	middle := float64(0.5*scale) + low
	return &minMaxScaler{slotwise{
		size:      len(ranges),
		passesNaN: true,
		dense: func(dst, src []float64) {
			lows, ranges := lows[:len(src)], ranges[:len(src)]
			for i, x := range src {
				switch {
				case x != x:
					dst[i] = x
				case ranges[i] != 0:
					dst[i] = float64((x-lows[i])/ranges[i]*scale) + low
				default:
					dst[i] = middle
				}
			}
		},
	}}, nil
}

func (k *minMaxScaler) Inputs() []ops.Port  { return vectorPort("input", k.slots.size) }
func (k *minMaxScaler) Outputs() []ops.Port { return vectorPort("output", k.slots.size) }

func (k *minMaxScaler) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	return k.slots.eval(b, in[0]), nil
}
