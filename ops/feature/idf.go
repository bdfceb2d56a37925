package feature

import (
	"leapscore/bundle"
	"leapscore/ops"
)

// IDF multiplies term frequencies by inverse document frequencies.
var IDF = &ops.Op{
	Name:   "idf",
	Doc:    "Multiplies each term frequency by the inverse document frequency of the term.",
	Attrs:  []string{"idf: tensor<double>, the inverse document frequencies"},
	Ports:  []string{"in input: tensor<double>", "out output: tensor<double>, in the input's form"},
	Source: "IDFModel.scala, IDFOp.scala",
	Load: func(n *ops.Node) (ops.Kernel, error) {
		// The dimensions are declared as empty, so that a scalar is taken too.
		t := bundle.TensorOf(bundle.Double, []int{})
		return newMultiplied(n.Attrs.Tensor("idf").Doubles, port("input", t), port("output", t)), n.Attrs.Err()
	},
}
