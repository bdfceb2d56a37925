package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
)

// ElementwiseProduct multiplies each slot of a vector by a factor.
var ElementwiseProduct = &ops.Op{
	Name:   "elementwise_product",
	Doc:    "Multiplies each slot of a vector by the model's factor for it.",
	Attrs:  []string{"scaling_vec: tensor<double>, the factors"},
	Ports:  []string{"in input: tensor<double>[n]", "out output: tensor<double>[n], in the input's form"},
	Source: "ElementwiseProductModel.scala, ElementwiseProductOp.scala",
	Load: func(n *ops.Node) (ops.Kernel, error) {
		factors := n.Attrs.Tensor("scaling_vec").Doubles
		ports := func(name string) []ops.Port { return vectorPort(name, len(factors)) }
		return newMultiplied(factors, ports("input"), ports("output")), n.Attrs.Err()
	},
}

// multiplied is a model of one factor per slot.
type multiplied struct {
	slots   slotwise
	in, out []ops.Port
}

func newMultiplied(factors []float64, in, out []ops.Port) *multiplied {
	k := &multiplied{in: in, out: out}
	k.slots = slotwise{
		size: len(factors),
		dense: func(dst, src []float64) {
			f := factors[:len(src)]
			for i, x := range src {
				dst[i] = x * f[i]
			}
		},
		sparse: func(dst []float64, v column.Vector) {
			for j, x := range v.Values {
				dst[j] = x * factors[v.Indices[j]]
			}
		},
	}
	return k
}

func (k *multiplied) Inputs() []ops.Port  { return k.in }
func (k *multiplied) Outputs() []ops.Port { return k.out }

func (k *multiplied) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	return k.slots.eval(b, in[0]), nil
}
