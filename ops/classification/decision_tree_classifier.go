package classification

import (
	"slices"

	"leapscore/ops"
	"leapscore/ops/internal/javamath"
	"leapscore/ops/tree"
)

// DecisionTreeClassifier predicts a class from the counts in the leaf of a tree.
//
// In MLeap a node without raw predictions, and one inside a one_vs_rest, turns
// the counts of a leaf into probabilities in place. The next row that reaches
// the leaf divides them by their sum again, which can change the last bit, and
// a raw prediction read later shows probabilities. So the answer for a row
// depends on the rows before it. Here every row gets the answer of a model that
// has seen no other row.
var DecisionTreeClassifier = &ops.Op{
	Name: "decision_tree_classifier",
	Doc:  "Predicts the most frequent class of the leaf that a row reaches in a decision tree.",
	Attrs: []string{
		"num_features: long", "num_classes: long",
		"thresholds: list<double>, optional, one for each class",
		"file tree.json or tree.pb: the tree, with the counts of the classes in its leaves",
	},
	Ports:  classifierPorts("num_features", "num_classes"),
	Source: "DecisionTreeClassifierModel.scala, Node.scala, Split.scala",
	Load:   loadDecisionTreeClassifier,
}

type decisionTreeClassifier struct {
	thresholds
	*tree.Ensemble
	features, classes int
	most              int // values in a leaf
}

func loadDecisionTreeClassifier(n *ops.Node) (ops.Kernel, error) {
	m := &decisionTreeClassifier{
		features: int(javamath.L2I(n.Attrs.Long("num_features"))),
		classes:  int(javamath.L2I(n.Attrs.Long("num_classes"))),
	}
	m.thresholds = loadThresholds(n.Attrs, m.classes)
	if err := n.Attrs.Err(); err != nil {
		return nil, err
	}
	nodes, err := n.Files.Tree()
	if err != nil {
		return nil, err
	}
	if m.Ensemble, err = tree.New(nodes); err != nil {
		return nil, err
	}
	for _, counts := range m.Leaves() {
		m.most = max(m.most, len(counts))
	}
	return newProbabilistic(n, m), nil
}

func (m *decisionTreeClassifier) size() (features, classes int) { return m.features, m.classes }
func (m *decisionTreeClassifier) width() int                    { return m.most }

// predictRaw gives the counts of the leaf, however many there are.
func (m *decisionTreeClassifier) predictRaw(k *block) {
	m.Walk(k.rows(), func(_, first int, leaves []int32) {
		for i, leaf := range leaves {
			i += first
			if k.raw[i] != nil {
				counts := m.Leaves()[leaf]
				k.raw[i] = k.raw[i][:copy(k.raw[i], counts)]
			}
		}
	})
}

func (m *decisionTreeClassifier) convert(raw []float64, width int) { normalizeRows(raw, width) }

func normalizeRows(x []float64, width int) {
	for row := range slices.Chunk(x, width) {
		normalize(row)
	}
}

// normalize divides by the sum, unless that is zero.
func normalize(x []float64) {
	if s := sum(x); s != 0 {
		for i := range x {
			x[i] /= s
		}
	}
}

// sum adds up from left to right.
func sum(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += v
	}
	return s
}

// rows returns the block as rows for an ensemble of trees.
func (k *block) rows() *tree.Rows {
	return &tree.Rows{Vectors: k.vectors, Columns: k.columns, From: k.from, N: k.n, Refuse: func(row int, format string, args ...any) {
		k.refuse(row-k.from, ops.Size, format, args...)
	}}
}
