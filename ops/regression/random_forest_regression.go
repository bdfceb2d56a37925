package regression

import (
	"leapscore/ops"
	"leapscore/ops/tree"
)

// RandomForestRegression predicts the mean of the predictions of its trees.
var RandomForestRegression = &ops.Op{
	Name: "random_forest_regression",
	Doc:  "Predicts the mean of the predictions of many decision trees.",
	Attrs: []string{
		"num_features: long",
		"trees: list<string>, the folders of the trees, each a decision_tree_regression",
		"tree_weights: list<double>, required but not used",
	},
	Ports:  []string{"in features: tensor<double>[num_features]", "out prediction: double"},
	Source: "RandomForestRegressionModel.scala",
	Load:   loadRandomForestRegression,
}

type randomForestRegression struct {
	trees
}

func loadRandomForestRegression(n *ops.Node) (ops.Kernel, error) {
	n.Attrs.Doubles("tree_weights")
	t, err := loadTrees(n)
	if err != nil {
		return nil, err
	}
	k := &randomForestRegression{t}
	trees := float64(k.Trees())
	k.predict = func(_ *ops.Batch, r *tree.Rows, out []float64) {
		k.Sum(r, out)
		for i := range out {
			out[i] /= trees // of no trees: NaN, as 0/0 is
		}
	}
	return k, nil
}
