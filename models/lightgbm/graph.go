package lightgbm

import (
	"fmt"
	"slices"

	"leapscore/bundle"
	"leapscore/models/internal/trees"
	"leapscore/models/lightgbm/booster"
	"leapscore/ops/tree"
)

// Outputs of a model, in order.
const (
	outputPrediction = iota
	outputRaw
	outputLeaf
	outputLabel // with a threshold only
)

// graph describes a booster to package trees. With a threshold it has the output label.
func graph(b *booster.Booster, names []string, threshold *float64) (*trees.Booster, error) {
	t := &trees.Booster{Op: kindName, Features: make([]trees.Feature, len(names))}
	for i, name := range names {
		t.Features[i] = feature(name, b.Categories(i))
	}
	t.Outputs = []trees.Output{
		outputPrediction: {Name: "prediction", Base: bundle.Double, Width: b.Outputs()},
		outputRaw:        {Name: "raw", Base: bundle.Double, Width: b.Outputs(), Aside: true},
		outputLeaf:       {Name: "leaf", Base: bundle.Int, Width: b.Trees(), Aside: true},
	}
	t.Score = func(r *tree.Rows, out []*trees.Values) { score(b, r, out) }
	t.Explain = b.Explainer
	if threshold == nil {
		return t, nil
	}
	if !b.IsBinary() {
		return nil, fmt.Errorf("--threshold is for models with the objective binary, and this one has %s", objectiveText(b.About().Objective))
	}
	t.Outputs = append(t.Outputs, trees.Output{Name: "label", Base: bundle.Int, Width: 1})
	t.Score = func(r *tree.Rows, out []*trees.Values) { scoreAndLabel(b, r, out, *threshold) }
	return t, nil
}

// feature is an input. Features that were categorical columns of a DataFrame take
// categories, as predict does of a DataFrame, and all others numbers.
func feature(name string, c *booster.Categories) trees.Feature {
	f := trees.Feature{Name: name}
	switch {
	case c == nil:
	case c.Text:
		f.Category, f.Strict = c.OfText, true
	default:
		f.Number = c.OfNumber
	}
	return f
}

func score(b *booster.Booster, r *tree.Rows, out []*trees.Values) {
	a := booster.Answers{Prediction: out[outputPrediction].AllDoubles(), Raw: out[outputRaw].AllDoubles(), Leaf: out[outputLeaf].AllInts()}
	b.Score(r, a)
}

// scoreAndLabel also gives the class of a row: 1 if its probability is above a threshold,
// else 0.
func scoreAndLabel(b *booster.Booster, r *tree.Rows, out []*trees.Values, threshold float64) {
	out = slices.Clone(out)
	labels := out[outputLabel]
	if labels != nil && out[outputPrediction] == nil {
		out[outputPrediction] = &trees.Values{Doubles: make([]float64, r.N)}
	}
	score(b, r, out)
	if labels == nil {
		return
	}
	for i, p := range out[outputPrediction].Doubles {
		labels.Ints[i] = 0
		if p > threshold {
			labels.Ints[i] = 1
		}
	}
}
