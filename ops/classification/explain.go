package classification

import (
	"errors"
	"fmt"
	"math"

	"leapscore/ops/tree"
	"leapscore/ops/tree/shap"
)

// counted is a model of trees that have the counts of the classes in their leaves.
type counted interface {
	counts() (e *tree.Ensemble, features, classes int)
}

func (m *decisionTreeClassifier) counts() (*tree.Ensemble, int, int) {
	return m.Ensemble, m.features, m.classes
}

func (m *randomForestClassifier) counts() (*tree.Ensemble, int, int) {
	return m.Ensemble, m.features, m.classes
}

// Explainer implements shap.Source. The values sum to the probability of class 1, or to those of all
// classes if there are not two.
func (k formless) Explainer() (shap.Explainer, error) {
	c, ok := k.model.(counted)
	if !ok {
		return nil, errors.New("it is made of regression trees, for which bundles have no counts of rows, and without them no feature's share is known; explain the model in the format of the library that trained it")
	}
	e, features, classes := c.counts()
	m := &shap.Model{Columns: features, Outputs: classes, Dims: classes}
	if classes == 2 {
		m.Outputs, m.Dims = 1, 1
	}
	if classes < 1 || features < 0 {
		return nil, fmt.Errorf("it has %d classes and %d features", classes, features)
	}
	shares := true // of classes in leaves, where there should be counts
	for t := range e.Trees() {
		out, counts := countedTree(e, t, classes)
		m.Trees = append(m.Trees, out)
		shares = shares && !counts
	}
	if shares && e.LeafCount() > e.Trees() {
		return nil, errors.New("its leaves have shares of classes and not counts of rows (scikit-learn 1.3 and later export such trees); explain the model in another format")
	}
	return shap.New(m)
}

// countedTree returns a tree whose leaves add to the probabilities. counts is unset if its leaves have shares.
func countedTree(e *tree.Ensemble, t, classes int) (out shap.Tree, counts bool) {
	v := e.View(t)
	out = shap.Tree{Nodes: v.Nodes, GoesLeft: v.GoesLeft, Cover: make([]float64, len(v.Nodes))}
	for i := range v.Nodes {
		if v.Nodes[i].Left >= 0 {
			continue
		}
		values := e.Leaves()[v.Leaf[i]]
		total := sum(values)
		out.Cover[i] = total
		counts = counts || math.Abs(total-1) > 1e-6
		for c := range classes {
			if classes == 2 && c == 0 {
				continue
			}
			share := 0.0
			if len(values) >= classes && total != 0 {
				share = values[c] / total / float64(e.Trees())
			}
			out.Values = append(out.Values, share)
		}
	}
	out.SumCover()
	return out, counts
}
