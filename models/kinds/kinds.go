// Package kinds is the table of the kinds of models, and opens models of any kind.
package kinds

import (
	"context"
	"errors"
	"fmt"

	"leapscore/models"
	"leapscore/models/catboost"
	"leapscore/models/internal/foreign"
	"leapscore/models/lightgbm"
	"leapscore/models/mleap"
	"leapscore/models/xgboost"
)

// All are the kinds of models that can be scored. The first that recognizes a file
// opens it.
var All = []*models.Kind{mleap.Kind, lightgbm.Kind, catboost.Kind, xgboost.Kind}

// Open opens the model at a path or URL, of whatever kind it is. The caller closes it.
// A model that can be described but not scored comes with the error.
func Open(ctx context.Context, where string, opt models.Options) (*models.Model, error) {
	f, err := models.Fetch(ctx, where, opt)
	if err != nil {
		return nil, err
	}
	defer f.Close() // what a model still reads is open
	return openFile(ctx, f, opt)
}

func openFile(ctx context.Context, f *models.File, opt models.Options) (*models.Model, error) {
	for _, k := range All {
		if !k.Recognize(f) {
			continue
		}
		m, err := k.Open(ctx, f, opt)
		if m != nil && m.About.Kind == "" {
			m.About.Kind = k.Name
		}
		return m, err
	}
	if is := foreign.Recognize(f.Head(), f.Where); is != "" {
		return nil, fmt.Errorf("%s: %s", f.Where, is)
	}
	return nil, fmt.Errorf("%s: %w", f.Where, errUnknown)
}

var errUnknown = errors.New("no model of a kind that can be scored; want a bundle (a folder, a zip, or a tar.gz of one) or another of those that `leapscore models` lists")

// kindOf returns the kind of that name.
func kindOf(name string) *models.Kind {
	for _, k := range All {
		if k.Name == name {
			return k
		}
	}
	return &models.Kind{Name: name, Title: name}
}
