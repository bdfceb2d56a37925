package booster

import (
	"errors"
	"fmt"

	"leapscore/ops/tree/shap"
)

var errNoCovers = errors.New("the file has no sums of hessians of its nodes (sum_hessian), and without them no feature's share is known; save the model again with XGBoost")

// explainable reports whether there are contributions.
func (b *Booster) explainable() error {
	switch {
	case b.trees != nil && b.sum.Dims > 1:
		return errors.New("leaves of several values (multi_strategy multi_output_tree) have no contributions, and XGBoost refuses them as well; train with one_output_per_tree")
	case b.trees != nil && b.covers == nil && b.Trees() > 0:
		return errNoCovers
	}
	return nil
}

// Explainer explains margins, as XGBoost's predict does with pred_contribs, in doubles.
func (b *Booster) Explainer() (shap.Explainer, error) {
	if err := b.explainable(); err != nil {
		return nil, err
	}
	if b.trees == nil {
		return b.linearTerms(), nil
	}
	m := &shap.Model{Columns: b.Features, Outputs: b.Outputs, Base: make([]float64, b.Outputs), Float32: true, Trees: make([]shap.Tree, b.Trees())}
	for k, base := range b.base {
		m.Base[k] = float64(base)
	}
	for t := range m.Trees {
		v := b.trees.View(t)
		out := shap.Tree{Nodes: v.Nodes, Output: b.group(t)}
		for i, c := range b.covers[t] {
			out.Cover = append(out.Cover, float64(c))
			if v.Nodes[i].Left < 0 {
				out.Values = append(out.Values, float64(b.sum.Values[v.Leaf[i]]))
			}
		}
		m.Trees[t] = out
	}
	return shap.New(m)
}

// group is the output of a tree.
func (b *Booster) group(t int) int {
	if b.sum.Groups == nil {
		return 0
	}
	return int(b.sum.Groups[t])
}

// Contributions gives the bits of XGBoost's contributions of a row: for each output those of the features, in order, and the
// bias. The row holds float32 numbers, and NaN for what is missing.
type Contributions interface {
	Row(row []float64, out []float32)
}

// maxContributions is how many values a row may have.
const maxContributions = 1 << 20

// Contributions returns what computes contributions of rows of Features values, (Features+1) times Outputs for each.
func (b *Booster) Contributions() (Contributions, error) {
	if err := b.explainable(); err != nil {
		return nil, err
	}
	if b.trees == nil {
		return b.linearTerms(), nil
	}
	if int64(b.Features+1)*int64(b.Outputs) > maxContributions {
		return nil, fmt.Errorf("contributions of %d features and %d outputs, want at most %d values", b.Features, b.Outputs, maxContributions)
	}
	x := &shap.XGBoost{Features: b.Features, Groups: b.Outputs, Trees: make([]shap.XGBoostTree, b.Trees())}
	for range b.Outputs { // versions before 3.1 have one base score for all
		x.Base = append(x.Base, b.base[min(len(x.Base), len(b.base)-1)])
	}
	for t := range x.Trees {
		v := b.trees.View(t)
		out := shap.XGBoostTree{Nodes: v.Nodes, Cover: b.covers[t], Group: b.group(t), Weight: 1}
		first := int32(-1) // the least number of a leaf of the tree
		for i, leaf := range v.Leaf {
			if v.Nodes[i].Left < 0 && (first < 0 || leaf < first) {
				first = leaf
			}
		}
		for i, leaf := range v.Leaf {
			switch {
			case v.Nodes[i].Left >= 0:
			case b.drop != nil:
				out.Values = append(out.Values, b.plain[t][leaf-first])
			default:
				out.Values = append(out.Values, b.sum.Values[leaf])
			}
		}
		if b.drop != nil {
			out.Weight = b.drop[t]
		}
		x.Trees[t] = out
	}
	if err := x.Check(); err != nil {
		return nil, fmt.Errorf("contributions: %w", err)
	}
	return x, nil
}

// linearTerms explains gblinear.
func (b *Booster) linearTerms() *shap.Linear {
	bias := make([]float32, b.Outputs)
	if len(b.linear) == 0 {
		copy(bias, b.base)
		return shap.NewLinear(make([]float32, b.Features*b.Outputs), bias)
	}
	weights := b.linear[:b.Features*b.Outputs]
	for k := range bias {
		bias[k] = b.linear[len(weights)+k] + b.base[0]
	}
	return shap.NewLinear(weights, bias)
}
