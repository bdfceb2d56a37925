package feature

import (
	"leapscore/bundle"
	"leapscore/ops"
)

// SklearnBinarizer is the binarizer as scikit-learn's exporter writes it.
var SklearnBinarizer = &ops.Op{
	Name:   "sklearn_binarizer",
	Doc:    "Returns 1 for a number above the threshold, else 0, like binarizer.",
	Attrs:  []string{"threshold: double", "input_shapes: list<data_shape>, of which the first counts: a scalar or a tensor"},
	Ports:  []string{"in input: double or tensor<double>", "out output: as the input; a vector is sparse where that is smaller"},
	Source: "BinarizerModel.scala, sklearn/BinarizerOp.scala",
	Load: func(n *ops.Node) (ops.Kernel, error) {
		shapes := n.Attrs.Shapes("input_shapes")
		if len(shapes) == 0 {
			n.Attrs.Failf("input_shapes", "empty, want a shape")
			shapes = []bundle.DataShape{{}}
		}
		return newBinarizer(n.Attrs, n.Attrs.Double("threshold"), shapes[0])
	},
}
