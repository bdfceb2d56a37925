package explain

import (
	"fmt"
	"slices"
	"strings"

	"leapscore/engine/pipeline"
	"leapscore/ops/tree/shap"
)

// Add returns a model with the columns of an explanation. It refuses models that have nothing to explain, and
// those with a predictor that cannot be explained, by name.
func Add(m *pipeline.Model, mode Mode) (*pipeline.Model, error) {
	if mode.kind == kindNone {
		return m, nil
	}
	nodes := m.Nodes()
	l := newLayout(nodes)
	var more []pipeline.Node
	var reasons []string
	predictors := 0
	for i := range nodes {
		if _, ok := nodes[i].Kernel.(shap.Source); ok {
			predictors++
		}
	}
	for i := range nodes {
		n := &nodes[i]
		source, ok := n.Kernel.(shap.Source)
		if !ok {
			continue
		}
		x, err := source.Explainer()
		if err != nil {
			reasons = append(reasons, fmt.Sprintf("%s (%s): %v", n.Path, n.Op, err))
			continue
		}
		prefix := "explain"
		if predictors > 1 {
			prefix += "_" + firstOutput(n)
		}
		more = append(more, newNode(n, l, x, mode, prefix))
	}
	switch {
	case reasons != nil:
		return nil, fmt.Errorf("explain: node %s", strings.Join(reasons, "; node "))
	case more == nil:
		return nil, fmt.Errorf("explain: the model has no trees that can be explained; its nodes are %s", strings.Join(opsOf(nodes), ", "))
	}
	return m.With(more)
}

// opsOf are the different ops of nodes.
func opsOf(nodes []pipeline.Node) (names []string) {
	for i := range nodes {
		if !slices.Contains(names, nodes[i].Op) {
			names = append(names, nodes[i].Op)
		}
	}
	return names
}

// firstOutput is the column that tells a predictor from others.
func firstOutput(n *pipeline.Node) string {
	for _, c := range slices.Backward(n.Outputs) {
		if c != "" {
			return c
		}
	}
	return n.Path
}
