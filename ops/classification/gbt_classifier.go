package classification

import (
	"fmt"
	"slices"

	"leapscore/ops"
	"leapscore/ops/internal/javamath"
	"leapscore/ops/tree"
)

// GBTClassifier predicts one of two classes by the weighted sum of trees.
var GBTClassifier = &ops.Op{
	Name: "gbt_classifier",
	Doc:  "Predicts one of two classes by the weighted sum of the predictions of boosted decision trees.",
	Attrs: []string{
		"num_features: long", "num_classes: long, 2",
		"trees: list<string>, the folders of the trees, each a decision_tree_regression",
		"tree_weights: list<double>, one for each tree",
		"thresholds: list<double>, optional, one for each class",
		"lossType: string, optional, logistic",
	},
	Ports:  classifierPorts("num_features", "2"),
	Source: "GBTClassifierModel.scala, LogLoss.scala",
	Load:   loadGBTClassifier,
}

type gbtClassifier struct {
	thresholds
	*tree.Regression
	weights  []float64
	features int
}

func loadGBTClassifier(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	m := &gbtClassifier{
		features:   int(javamath.L2I(a.Long("num_features"))),
		weights:    a.Doubles("tree_weights"),
		thresholds: loadThresholds(a, 2),
	}
	names := a.Strings("trees")
	twoClasses(a)
	if loss := a.StringOr("lossType", "logistic"); loss != "logistic" {
		a.Failf("lossType", "%q, want logistic", loss)
	}
	if err := a.Err(); err != nil {
		return nil, err
	}
	e, err := tree.LoadMembers(names, n.Subs)
	if err != nil {
		return nil, fmt.Errorf("trees: %w", err)
	}
	m.Regression = tree.NewRegression(e)
	return newProbabilistic(n, m), nil
}

func (m *gbtClassifier) size() (features, classes int) { return m.features, 2 }
func (m *gbtClassifier) width() int                    { return 2 }

func (m *gbtClassifier) predictRaw(k *block) {
	if len(m.weights) != m.Trees() { // MLeap loads such a model, and then refuses to add
		for i := range k.n {
			k.refuse(i, ops.Size, "%d tree_weights for %d trees", len(m.weights), m.Trees())
		}
		return
	}
	var margins [blockRows]float64
	m.Dot(k.rows(), m.weights, margins[:])
	for i, raw := range k.raw[:k.n] {
		if raw != nil {
			raw[0], raw[1] = -margins[i], margins[i]
		}
	}
}

func (m *gbtClassifier) convert(raw []float64, width int) {
	for row := range slices.Chunk(raw, width) {
		row[0] = 1 / (1 + javamath.Exp(-2*row[0]))
		row[1] = 1 - row[0]
	}
}

// direct implements directDecider: without thresholds MLeap decides by the
// margin, and does not round it to probabilities first.
func (m *gbtClassifier) direct(raw []float64) float64 {
	switch {
	case m.set:
		m.convert(raw, len(raw))
		return m.fromProbability(raw)
	case raw[1] > 0:
		return 1
	}
	return 0
}
