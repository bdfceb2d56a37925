package feature

import "leapscore/ops"

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
