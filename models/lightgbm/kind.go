package lightgbm

import (
	"fmt"

	"leapscore/models"
	"leapscore/models/internal/trees"
	"leapscore/models/lightgbm/booster"
)

const kindName = "lightgbm"

// Kind is that of LightGBM's models.
var Kind = &models.Kind{
	Name: kindName, Title: "LightGBM model",
	Files:     "text (`save_model`), JSON (`dump_model`)",
	Versions:  "LightGBM 2 to 4 (text), 2.2.3 to 4 (JSON)",
	Exact:     "the bits of `predict` of LightGBM 3.3 and 4",
	Limits:    "JSON whose thresholds of 1e300 may stand for other numbers; `pandas_categorical` that cannot be assigned to features",
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
	b, err := chosen(whole, opt.Iterations)
	if err != nil {
		return nil, err
	}
	names, err := trees.Names(len(b.Names()), opt.Features, b.Names(), "Column_%d")
	if err != nil {
		return nil, err
	}
	t, err := graph(b, names, opt.Threshold)
	if err != nil {
		return nil, err
	}
	sum, err := f.SHA256()
	if err != nil {
		return nil, err
	}
	t.Warnings = b.About().Warnings
	return t.OpenFile(f, sum, fmt.Sprint(opt.Iterations), opt, about(b, t, whole.Rounds()))
}

// chosen returns the model of the iterations that are asked for.
func chosen(whole *booster.Booster, it models.Iterations) (*booster.Booster, error) {
	first, end, err := it.Of(whole.Rounds())
	if err != nil {
		return nil, err
	}
	return whole.Slice(first, end)
}
