package xgboost

import (
	"fmt"
	"math"

	"leapscore/bundle"
	"leapscore/models/internal/trees"
	"leapscore/models/xgboost/booster"
	"leapscore/ops/tree"
)

// Outputs of a model, in order.
const (
	outputPrediction = iota
	outputRaw
	outputLeaf
	outputLabel // if the file has labels, or with a threshold
)

// graph describes a booster to package trees.
func graph(b *booster.Booster, names []string, threshold *float64) (*trees.Booster, error) {
	t := &trees.Booster{Op: kindName, Features: make([]trees.Feature, len(names))}
	s := &scorer{Booster: b, threshold: 0.5}
	for i, name := range names {
		t.Features[i] = s.feature(i, name)
	}
	t.Outputs = []trees.Output{
		outputPrediction: {Name: "prediction", Base: bundle.Float, Width: b.Predictions()},
		outputRaw:        {Name: "raw", Base: bundle.Float, Width: b.Outputs, Aside: true},
	}
	if b.Kind != "gblinear" {
		t.Outputs = append(t.Outputs, trees.Output{Name: "leaf", Base: bundle.Int, Width: b.Trees(), Aside: true})
	}
	s.labels = labelsOf(b)
	if threshold != nil {
		if b.Objective != "binary:logistic" || b.Outputs != 1 {
			return nil, fmt.Errorf("--threshold is for models of two classes with the objective binary:logistic, and this one has %s and %d outputs", b.Objective, b.Outputs)
		}
		s.threshold = float32(*threshold)
		if s.labels == nil {
			s.labels = &labels{base: bundle.Int, count: 2}
		}
	}
	if s.labels != nil {
		s.label = len(t.Outputs)
		t.Outputs = append(t.Outputs, trees.Output{Name: "label", Base: s.labels.base, Width: 1, Aside: threshold == nil})
	}
	t.Score, t.Explain = s.score, b.Explainer
	return t, nil
}

// scorer writes the answers of a booster.
type scorer struct {
	*booster.Booster
	coded     []int // features that are categories by name or number
	names     []string
	labels    *labels
	label     int // the output of labels
	threshold float32
}

// feature is an input. Features that were categorical columns of a data frame take
// categories, as predict does of one, and all others numbers.
func (s *scorer) feature(i int, name string) trees.Feature {
	f := trees.Feature{Name: name}
	codes, isText := s.Codes(i)
	if codes == nil {
		return f
	}
	s.coded, s.names = append(s.coded, i), append(s.names, name)
	of := func(category string) float64 {
		if code, known := codes[category]; known {
			return code
		}
		return math.Inf(1) // score refuses the row
	}
	if isText {
		f.Category, f.Strict = of, true
	} else {
		f.Number = func(x float64) float64 { return of(booster.Category(x)) }
	}
	return f
}

func (s *scorer) score(r *tree.Rows, out []*trees.Values) {
	for k, i := range s.coded {
		for row, x := range r.Columns[i][r.From : r.From+r.N] {
			if math.IsInf(x, 1) {
				r.Refuse(r.From+row, "feature %q has a category that the model was not trained with", s.names[k])
			}
		}
	}
	wanted := func(i int) bool { return i < len(out) && out[i] != nil }
	leaf := outputLeaf < len(out) && s.Kind != "gblinear"
	label := s.labels != nil && wanted(s.label)
	a := s.Predict(r, booster.Want{
		Raw: wanted(outputRaw), Prediction: wanted(outputPrediction) || label, Leaf: leaf && wanted(outputLeaf),
	})
	if wanted(outputPrediction) {
		byRow(out[outputPrediction].Floats, a.Prediction)
	}
	if wanted(outputRaw) {
		byRow(out[outputRaw].Floats, a.Raw)
	}
	if leaf && wanted(outputLeaf) {
		byRow(out[outputLeaf].Ints, a.Leaf)
	}
	if label {
		s.labels.write(out[s.label], a.Prediction, s.threshold)
	}
}

// byRow writes columns row by row.
func byRow[T any](to []T, columns [][]T) {
	for k, column := range columns {
		for i, x := range column {
			to[i*len(columns)+k] = x
		}
	}
}
