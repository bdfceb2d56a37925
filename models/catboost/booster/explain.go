package booster

import (
	"errors"
	"math"
	"slices"

	"leapscore/ops/tree"
	"leapscore/ops/tree/shap"
)

// explainer explains raw values, as CatBoost's get_feature_importance does with the type ShapValues.
type explainer struct {
	*shap.Trees // of columns
	b           *Booster
	used        []int32 // features that columns are made of, be it only a condition of a statistic, which has no value
	at          []int   // of the features of Trees in used
}

// Explainer explains raw values. The value of a statistic of several categories goes to them in equal parts, as in
// CatBoost.
func (b *Booster) Explainer() (shap.Explainer, error) {
	if b.weights == nil {
		return nil, errors.New("the file has no weights of its leaves, and without them no feature's share is known; save the model again with a current CatBoost, as cbm or JSON")
	}
	m := &shap.Model{Columns: len(b.columns), Outputs: b.outputs, Dims: b.outputs, Features: len(b.features), Base: make([]float64, b.outputs)}
	for d := range m.Base {
		m.Base[d] = math.Inf(-1) // of classes that the training did not meet
	}
	for d := range b.dims {
		m.Base[b.outer1(d)] = 0
		if b.bias != nil {
			m.Base[b.outer1(d)] = b.bias[d]
		}
	}
	for i := range b.columns {
		m.Owners = append(m.Owners, b.owners(&b.columns[i]))
	}
	for t := range b.trees {
		m.Trees = append(m.Trees, b.explained(t))
	}
	trees, err := shap.New(m)
	if err != nil {
		return nil, err
	}
	e := &explainer{Trees: trees, b: b}
	for f := range b.features {
		if b.Used(f) {
			e.used = append(e.used, int32(f))
		}
	}
	for _, f := range trees.Used() {
		at, _ := slices.BinarySearch(e.used, f)
		e.at = append(e.at, at)
	}
	return e, nil
}

// Used implements shap.Explainer.
func (e *explainer) Used() []int32 { return e.used }

// outer1 is the output of a dimension of the leaves.
func (b *Booster) outer1(d int) int {
	if b.external != nil {
		return b.external[d]
	}
	return d
}

// owners are the features that a column is made of.
func (b *Booster) owners(c *column) []int32 {
	if c.kind != columnCTR {
		return []int32{int32(c.feature)}
	}
	var all []int32
	x := &b.combos[b.lookups[c.lookup].combo]
	for _, f := range x.cats {
		all = append(all, int32(f))
	}
	if all == nil { // of conditions alone
		for _, e := range x.equal {
			all = append(all, int32(e.feature))
		}
		for _, a := range x.floats {
			all = append(all, int32(b.columns[a.column].feature))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// explained is tree t as package shap takes it.
func (b *Booster) explained(t int) shap.Tree {
	var out shap.Tree
	var leaves []int
	if b.Oblivious {
		out.Nodes, leaves = b.levels(t)
	} else {
		out.Nodes, leaves = b.nodes(t)
	}
	out.Cover = make([]float64, len(out.Nodes))
	next := 0
	for i := range out.Nodes {
		if out.Nodes[i].Left >= 0 {
			continue
		}
		at := leaves[next]
		next++
		out.Cover[i] = b.weights[at/b.dims]
		values := make([]float64, b.outputs)
		for d := range b.dims {
			values[b.outer1(d)] = b.leaves[at+d] * b.scale
		}
		out.Values = append(out.Values, values...)
	}
	out.SumCover()
	return out
}

// levels are the nodes of an oblivious tree; leaves are where the values of its leaves begin, in their order. The last
// split is that of the root, as in CatBoost, whose values depend on the order where a feature's cover is empty.
func (b *Booster) levels(t int) (nodes []tree.Node, leaves []int) {
	x := b.trees[t]
	own := b.path[x.path:][:x.depth]
	var put func(level, leaf int) int32
	put = func(level, leaf int) int32 {
		at := int32(len(nodes))
		if level < 0 {
			nodes = append(nodes, tree.Node{Left: -1})
			leaves = append(leaves, x.leaf+leaf*b.dims)
			return at
		}
		// NaN is above no border.
		n := tree.Node{Feature: own[level].column, Threshold: own[level].border, Missing: tree.MissingLeft}
		nodes = append(nodes, n)
		n.Left = put(level-1, leaf)
		n.Right = put(level-1, leaf|1<<level)
		nodes[at] = n
		return at
	}
	put(len(own)-1, 0)
	return nodes, leaves
}

// Explain implements shap.Explainer.
func (e *explainer) Explain(cols [][]float64, from, n int, out [][]float64) {
	s := e.b.work.Get().(*scratch)
	defer e.b.work.Put(s)
	for _, o := range out {
		clear(o[:n])
	}
	inner := len(e.at)
	part := make([][]float64, e.Outputs()*inner)
	for first := 0; first < n; first += tree.Block {
		rows := min(tree.Block, n-first)
		e.b.fill(&tree.Rows{Columns: cols, From: from + first, N: rows}, s)
		for i := range part {
			part[i] = out[i/inner*len(e.used)+e.at[i%inner]][first:][:rows]
		}
		e.Trees.Explain(s.columns, 0, rows, part)
	}
}
