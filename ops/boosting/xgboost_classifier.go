package boosting

import (
	"math"

	"leapscore/bundle"
	"leapscore/models/xgboost/booster"
	"leapscore/ops"
)

// XGBoostClassifier predicts a class with a model of XGBoost.
var XGBoostClassifier = &ops.Op{
	Name: "xgboost.classifier",
	Doc:  "Predicts a class with a model of XGBoost, with the bits of XGBoost 2.0.3. Zero is a value in a dense vector, and missing in a sparse one that does not store it.",
	Attrs: []string{
		"num_features: int", "num_classes: int; 2 takes the first output of the model as the probability of class 1, whatever it is",
		"tree_limit: int, optional, the trees of one class that count; 0 is all",
		"xgboost.model: a file beside them, binary, JSON or UBJ",
	},
	Ports: []string{
		"in features: tensor<double>[num_features], of at most as many values as the model has features",
		"out raw_prediction: tensor<double>[num_classes], optional", "out probability: tensor<double>[num_classes], optional",
		"out prediction: double", "out leaf_prediction: list<double>, optional, a node for each tree",
		"out contrib_prediction: list<double>, optional, a value for each feature and the bias, class by class",
	},
	Source: "XGBoostClassificationModel.scala",
	Load: func(n *ops.Node) (ops.Kernel, error) {
		classes := int(n.Attrs.Int("num_classes"))
		outputs := several(classes)
		if classes == 2 {
			outputs = two()
		}
		k, err := load(n, append(outputs, leafOutput, contribOutput)...)
		if err != nil {
			return nil, err
		}
		return &classifier{k, classes}, nil
	},
}

// classifier is the kernel of a model that the bundle takes for one of classes.
type classifier struct {
	*kernel
	classes int
}

// Select implements ops.Selector.
func (k *classifier) Select(outputs []bool) ops.Kernel {
	return &classifier{k.selected(outputs), k.classes}
}

func vectorPort(name string, classes int) ops.Port {
	return ops.Port{Name: name, Type: bundle.Tensor(bundle.Double, classes)}
}

var classPort = ops.Port{Name: "prediction", Type: bundle.Scalar(bundle.Double).NonNull()}

// two are the outputs of a model of two classes, XGBoostBinaryClassificationModel.
func two() []output {
	return []output{
		{vectorPort("raw_prediction", 2), booster.Want{Raw: true}, func(_ *kernel, b *ops.Batch) sink {
			return newVectors(b, 2, func(a *booster.Answers, to []float64) {
				for i, m := range a.Raw[0] {
					to[2*i], to[2*i+1] = float64(-m), float64(m)
				}
			})
		}},
		{vectorPort("probability", 2), booster.Want{Prediction: true}, func(_ *kernel, b *ops.Batch) sink {
			return newVectors(b, 2, func(a *booster.Answers, to []float64) {
				for i, p := range a.Prediction[0] {
					to[2*i], to[2*i+1] = float64(1-p), float64(p)
				}
			})
		}},
		{classPort, booster.Want{Prediction: true}, func(_ *kernel, b *ops.Batch) sink {
			return newNumbers(b, func(a *booster.Answers, to []float64) {
				for i, p := range a.Prediction[0] {
					to[i] = round(p)
				}
			})
		}},
	}
}

// round is Math.round of a float.
func round(x float32) float64 {
	if x != x {
		return 0
	}
	return min(max(math.Floor(float64(x)+0.5), math.MinInt32), math.MaxInt32)
}

// several are the outputs of a model of more classes, or fewer,
// XGBoostMultinomialClassificationModel.
func several(classes int) []output {
	return []output{
		{vectorPort("raw_prediction", classes), booster.Want{Raw: true}, func(k *kernel, b *ops.Batch) sink {
			return newVectors(b, k.Booster.Outputs, func(a *booster.Answers, to []float64) { byRow(a.Raw, to) })
		}},
		{vectorPort("probability", classes), booster.Want{Prediction: true}, func(k *kernel, b *ops.Batch) sink {
			return newVectors(b, k.Predictions(), func(a *booster.Answers, to []float64) { byRow(a.Prediction, to) })
		}},
		{classPort, booster.Want{Prediction: true}, func(_ *kernel, b *ops.Batch) sink {
			return newNumbers(b, func(a *booster.Answers, to []float64) {
				for i := range to {
					to[i] = firstGreatest(a.Prediction, i)
				}
			})
		}},
	}
}

// firstGreatest is DenseVector.argmax of row i.
func firstGreatest(columns [][]float32, i int) float64 {
	at := 0
	for k := range columns {
		if columns[k][i] > columns[at][i] {
			at = k
		}
	}
	return float64(at)
}
