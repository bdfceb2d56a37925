package booster

import (
	"errors"

	"leapscore/ops/tree/shap"
)

// Explainer explains raw scores, as LightGBM's predict does with pred_contrib.
func (b *Booster) Explainer() (shap.Explainer, error) {
	if b.linear != nil {
		return nil, errors.New("linear trees have no Shapley values, and LightGBM refuses them as well; train with linear_tree=false")
	}
	if b.counts == nil {
		return nil, errors.New("the file has no counts of rows in its leaves (leaf_count), and without them no feature's share is known; save the model again with a current LightGBM")
	}
	m := &shap.Model{Columns: len(b.names), Outputs: b.outputs, Trees: make([]shap.Tree, b.Trees())}
	for t := range m.Trees {
		v := b.ensemble.View(t)
		out := shap.Tree{Nodes: v.Nodes, Cover: make([]float64, len(v.Nodes)), Output: int(b.groups[t])}
		for i, leaf := range v.Leaf {
			if v.Nodes[i].Left >= 0 {
				continue
			}
			out.Cover[i] = float64(b.counts[leaf])
			out.Values = append(out.Values, b.values[leaf])
		}
		out.SumCover()
		m.Trees[t] = out
	}
	return shap.New(m)
}
