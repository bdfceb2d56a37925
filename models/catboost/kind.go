package catboost

import (
	"fmt"

	"leapscore/models"
	"leapscore/models/catboost/booster"
	"leapscore/models/internal/trees"
)

const kindName = "catboost"

// Kind is that of CatBoost's models.
var Kind = &models.Kind{
	Name: kindName, Title: "CatBoost model",
	Files:     "cbm and JSON (`save_model`)",
	Versions:  "CatBoost 0.14 to 1.2",
	Exact:     "the bits of CatBoost 1.2's `predict` of the model that was saved, on x86-64 with AVX2",
	Limits:    "text and embedding features; JSON that lacks statistics which CatBoost does not write to it",
	Recognize: func(f *models.File) bool { return booster.IsModel(f.Head()) },
	Open:      trees.Opener(load),
}

// load reads the model in f.
func load(f *models.File, opt models.Options) (*models.Model, error) {
	data, err := f.Data()
	if err != nil {
		return nil, err
	}
	whole, err := booster.Parse(data, booster.Limits{})
	if err != nil {
		return nil, err
	}
	first, end, err := opt.Iterations.Of(whole.Rounds())
	if err != nil {
		return nil, err
	}
	b, err := chosen(whole, first, end, opt.Threshold)
	if err != nil {
		return nil, err
	}
	names, err := trees.Names(len(b.Names()), opt.Features, b.Names(), "%d")
	if err != nil {
		return nil, err
	}
	sum, err := f.SHA256()
	if err != nil {
		return nil, err
	}
	t, err := graph(b, names, opt.Threshold != nil)
	if err != nil {
		return nil, err
	}
	return t.OpenFile(f, sum, fmt.Sprint(opt.Iterations), opt, about(b, t, whole.Rounds()))
}

// chosen is the model of a range of trees, with a threshold.
func chosen(whole *booster.Booster, first, end int, threshold *float64) (*booster.Booster, error) {
	b, err := whole.Slice(first, end)
	if err != nil || threshold == nil {
		return b, err
	}
	if !b.Binary() {
		return nil, fmt.Errorf("a threshold is for two classes, and the model of the loss %q has not two", b.Objective)
	}
	return b.WithThreshold(*threshold), nil
}
