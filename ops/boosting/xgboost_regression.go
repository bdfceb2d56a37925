package boosting

import (
	"leapscore/bundle"
	"leapscore/models/xgboost/booster"
	"leapscore/ops"
)

// XGBoostRegression predicts a number with a model of XGBoost.
var XGBoostRegression = &ops.Op{
	Name: "xgboost.regression",
	Doc:  "Predicts the first output of a model of XGBoost, with the bits of XGBoost 2.0.3. Zero is a value in a dense vector, and missing in a sparse one that does not store it.",
	Attrs: []string{
		"num_features: int", "tree_limit: int, optional, the trees of one output that count; 0 is all",
		"xgboost.model: a file beside them, binary, JSON or UBJ",
	},
	Ports: []string{
		"in features: tensor<double>[num_features], of at most as many values as the model has features",
		"out prediction: double", "out leaf_prediction: list<double>, optional, a node for each tree",
		"out contrib_prediction: list<double>, optional, a value for each feature and the bias",
	},
	Source: "XGBoostRegressionModel.scala",
	Load: func(n *ops.Node) (ops.Kernel, error) {
		k, err := load(n, predictionOutput, leafOutput, contribOutput)
		if err != nil {
			return nil, err
		}
		return &regression{k}, nil
	},
}

// regression is the kernel of a model that gives a number.
type regression struct{ *kernel }

// Select implements ops.Selector.
func (k *regression) Select(outputs []bool) ops.Kernel { return &regression{k.selected(outputs)} }

var predictionOutput = output{
	port: ops.Port{Name: "prediction", Type: bundle.Scalar(bundle.Double).NonNull()},
	want: booster.Want{Prediction: true},
	make: func(_ *kernel, b *ops.Batch) sink {
		return newNumbers(b, func(a *booster.Answers, to []float64) {
			for i, x := range a.Prediction[0] {
				to[i] = float64(x)
			}
		})
	},
}
