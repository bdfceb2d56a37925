package catboost

import (
	"fmt"
	"strconv"

	"leapscore/bundle"
	"leapscore/models/catboost/booster"
	"leapscore/models/internal/trees"
	"leapscore/ops/tree"
)

// Outputs of a model, in order; only classifiers have the last.
const (
	outputPrediction = iota
	outputRaw
	outputLeaf
	outputLabel
)

// graph describes a booster to package trees. The label is written on demand only, or
// always if a threshold was given for it.
func graph(b *booster.Booster, names []string, label bool) (*trees.Booster, error) {
	t := &trees.Booster{Op: kindName}
	for i, name := range names {
		t.Features = append(t.Features, feature(name, b.Category(i)))
	}
	t.Outputs = []trees.Output{
		outputPrediction: {Name: "prediction", Base: bundle.Double, Width: b.Predictions()},
		outputRaw:        {Name: "raw", Base: bundle.Double, Width: b.Outputs(), Aside: true},
		outputLeaf:       {Name: "leaf", Base: bundle.Int, Width: b.Rounds(), Aside: true},
	}
	s := &scorer{Booster: b}
	if b.Classifies() && len(b.Labels.Texts) == max(2, b.Outputs()) {
		if err := s.readLabels(); err != nil {
			return nil, err
		}
		t.Outputs = append(t.Outputs, trees.Output{Name: "label", Base: s.labels, Width: 1, Aside: !label})
	}
	t.Score, t.Explain = s.score, b.Explainer
	return t, nil
}

// feature is an input. A category is a text, or a whole number or a boolean, which
// CatBoost takes as text; CatBoost refuses others, and missing ones.
func feature(name string, category bool) trees.Feature {
	if !category {
		return trees.Feature{Name: name}
	}
	return trees.Feature{Name: name, Required: true, Category: func(word string) float64 { return float64(booster.CategoryHash(word)) }}
}

// scorer writes the answers of a booster. The labels are in one of the lists.
type scorer struct {
	*booster.Booster
	labels  bundle.Base
	longs   []int64
	doubles []float64
}

func (s *scorer) readLabels() error {
	s.labels = bundle.String
	for _, text := range s.Labels.Texts {
		switch s.Labels.Type {
		case "Integer":
			v, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return fmt.Errorf("the class %q: want a whole number", text)
			}
			s.labels, s.longs = bundle.Long, append(s.longs, v)
		case "Float":
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return fmt.Errorf("the class %q: want a number", text)
			}
			s.labels, s.doubles = bundle.Double, append(s.doubles, v)
		}
	}
	return nil
}

func (s *scorer) score(r *tree.Rows, out []*trees.Values) {
	a := booster.Answers{Prediction: out[outputPrediction].AllDoubles(), Raw: out[outputRaw].AllDoubles(), Leaf: out[outputLeaf].AllInts()}
	label := len(out) > outputLabel && out[outputLabel] != nil
	if label {
		a.Class = make([]int32, r.N)
	}
	s.Score(r, a)
	if label {
		s.write(a.Class, out[outputLabel])
	}
}

// write writes the labels of classes.
func (s *scorer) write(class []int32, to *trees.Values) {
	for i, c := range class {
		switch s.labels {
		case bundle.Long:
			to.Longs[i] = s.longs[c]
		case bundle.Double:
			to.Doubles[i] = s.doubles[c]
		default:
			to.Words[i] = s.Labels.Texts[c]
		}
	}
}
