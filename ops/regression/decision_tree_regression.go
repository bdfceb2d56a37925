package regression

import (
	"leapscore/ops"
	"leapscore/ops/tree"
)

// DecisionTreeRegression predicts the value of the leaf of a tree.
var DecisionTreeRegression = &ops.Op{
	Name:   "decision_tree_regression",
	Doc:    "Predicts the value of the leaf that a row reaches in a decision tree.",
	Attrs:  []string{"num_features: long", "file tree.json or tree.pb: the tree"},
	Ports:  []string{"in features: tensor<double>[num_features]", "out prediction: double"},
	Source: "DecisionTreeRegressionModel.scala, Node.scala, Split.scala",
	Load:   loadDecisionTreeRegression,
}

type decisionTreeRegression struct {
	trees
}

func loadDecisionTreeRegression(n *ops.Node) (ops.Kernel, error) {
	features := n.Attrs.Long("num_features")
	if err := n.Attrs.Err(); err != nil {
		return nil, err
	}
	nodes, err := n.Files.Tree()
	if err != nil {
		return nil, err
	}
	e, err := tree.New(nodes)
	if err != nil {
		return nil, err
	}
	k := &decisionTreeRegression{newTrees(e, features)}
	k.predict = func(_ *ops.Batch, r *tree.Rows, out []float64) { k.Sum(r, out) }
	return k, nil
}

// RegressionTree implements tree.RegressionTree.
func (k *decisionTreeRegression) RegressionTree() *tree.Ensemble { return k.Ensemble }
