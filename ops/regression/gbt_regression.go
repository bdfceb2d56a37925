package regression

import (
	"leapscore/ops"
	"leapscore/ops/tree"
)

// GBTRegression predicts the weighted sum of the predictions of its trees.
var GBTRegression = &ops.Op{
	Name: "gbt_regression",
	Doc:  "Predicts the weighted sum of the predictions of boosted decision trees.",
	Attrs: []string{
		"num_features: long",
		"trees: list<string>, the folders of the trees, each a decision_tree_regression",
		"tree_weights: list<double>, one for each tree",
	},
	Ports:  []string{"in features: tensor<double>[num_features]", "out prediction: double"},
	Source: "GBTRegressionModel.scala",
	Load:   loadGBTRegression,
}

type gbtRegression struct {
	trees
}

func loadGBTRegression(n *ops.Node) (ops.Kernel, error) {
	weights := n.Attrs.Doubles("tree_weights")
	t, err := loadTrees(n)
	if err != nil {
		return nil, err
	}
	k := &gbtRegression{t}
	k.predict = func(b *ops.Batch, r *tree.Rows, out []float64) {
		if len(weights) == k.Trees() {
			k.Dot(r, weights, out)
			return
		}
		for i := range out { // MLeap loads such a model, and then refuses to add
			b.Reject(r.From+i, -1, ops.Size, "%d tree_weights for %d trees", len(weights), k.Trees())
		}
	}
	return k, nil
}
