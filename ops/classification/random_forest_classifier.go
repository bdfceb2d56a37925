package classification

import (
	"fmt"

	"leapscore/ops"
	"leapscore/ops/internal/javamath"
	"leapscore/ops/tree"
)

// RandomForestClassifier predicts a class by the votes of many trees.
var RandomForestClassifier = &ops.Op{
	Name: "random_forest_classifier",
	Doc:  "Predicts a class by adding up the class frequencies in the leaves of many decision trees.",
	Attrs: []string{
		"num_features: long", "num_classes: long",
		"trees: list<string>, the folders of the trees, each a decision_tree_classifier",
		"tree_weights: list<double>, required but not used",
		"thresholds: list<double>, optional, one for each class",
	},
	Ports:  classifierPorts("num_features", "num_classes"),
	Source: "RandomForestClassifierModel.scala",
	Load:   loadRandomForestClassifier,
}

type randomForestClassifier struct {
	thresholds
	*tree.Ensemble
	features, classes int

	// votes are what a leaf adds to the raw prediction: row leaf, column class.
	votes []float64
}

func loadRandomForestClassifier(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	m := &randomForestClassifier{
		features: int(javamath.L2I(a.Long("num_features"))),
		classes:  int(javamath.L2I(a.Long("num_classes"))),
	}
	a.Doubles("tree_weights")
	m.thresholds = loadThresholds(a, m.classes)
	names := a.Strings("trees")
	if m.classes < 0 {
		a.Failf("num_classes", "%d, want at least 0", m.classes)
	}
	if err := a.Err(); err != nil {
		return nil, err
	}
	e, err := joinTrees(n, names)
	if err != nil {
		return nil, err
	}
	m.Ensemble = e.Refusing(func(counts []float64) bool { return len(counts) < m.classes && sum(counts) != 0 })
	m.votes = make([]float64, len(e.Leaves())*m.classes)
	for leaf, counts := range e.Leaves() {
		total := sum(counts)
		if total == 0 || len(counts) < m.classes {
			continue
		}
		for i, v := range counts[:m.classes] {
			m.votes[leaf*m.classes+i] = v / total
		}
	}
	return newProbabilistic(n, m), nil
}

// joinTrees loads trees, each a decision_tree_classifier in a folder of its own.
func joinTrees(n *ops.Node, names []string) (*tree.Ensemble, error) {
	kernels, err := n.Subs(names)
	if err != nil {
		return nil, fmt.Errorf("trees: %w", err)
	}
	parts := make([]*tree.Ensemble, len(names))
	for i, name := range names {
		if k, ok := kernels[i].(formless); ok {
			if one, ok := k.model.(*decisionTreeClassifier); ok {
				parts[i] = one.Ensemble
			}
		}
		if parts[i] == nil {
			return nil, fmt.Errorf("trees: %q is not a decision_tree_classifier", name)
		}
	}
	e, err := tree.Join(parts)
	if err != nil {
		return nil, fmt.Errorf("trees: %w", err)
	}
	return e, nil
}

func (m *randomForestClassifier) size() (features, classes int) { return m.features, m.classes }
func (m *randomForestClassifier) width() int                    { return m.classes }

// predictRaw adds up the votes tree after tree. A leaf of a total of zero has no
// vote: adding its zeros changes no sum, since none is ever -0.0. Refused rows
// get votes too, which are not used.
func (m *randomForestClassifier) predictRaw(k *block) {
	classes := m.classes
	m.Walk(k.rows(), func(_, first int, leaves []int32) {
		raw := k.scratch[first*k.width:]
		if classes == 2 {
			for i, leaf := range leaves {
				at := i * k.width
				r, v := raw[at:at+2:at+2], m.votes[2*leaf:][:2]
				r[0] += v[0]
				r[1] += v[1]
			}
			return
		}
		for i, leaf := range leaves {
			r := raw[i*k.width:][:classes]
			for c, v := range m.votes[int(leaf)*classes:][:classes] {
				r[c] += v
			}
		}
	})
}

func (m *randomForestClassifier) convert(raw []float64, width int) { normalizeRows(raw, width) }
