package mleap

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"leapscore/bundle"
	"leapscore/engine/store"
	"leapscore/models"
	"leapscore/ops/builtin"
)

const kindName = "mleap"

// Kind is that of MLeap's bundles.
var Kind = &models.Kind{
	Name: kindName, Title: "MLeap bundle",
	Files:     "folder, zip, tar, tar.gz; JSON or protobuf; the bundle in an MLflow model",
	Versions:  "MLeap 0.6 to 0.25; the exporters of Spark and scikit-learn",
	Exact:     "the bits of MLeap " + Runtime + " on JDK 17",
	Limits:    "ops that `leapscore ops` does not list, such as TensorFlow's",
	Recognize: recognize,
	Open:      open,
}

// recognize takes every folder: those without a bundle are told apart when they are
// read.
func recognize(f *models.File) bool {
	head := f.Head()
	return f.IsFolder() || bytes.HasPrefix(head, []byte("PK")) || bytes.HasPrefix(head, []byte("\x1f\x8b")) || isTar(head)
}

func isTar(head []byte) bool {
	const at, magic = 257, "ustar"
	return len(head) > at+len(magic) && string(head[at:at+len(magic)]) == magic
}

// Open opens the bundle at a path or URL and makes its graph. The URLs of object
// stores are those that package store/cloud brings, if the program imports it.
// The caller closes the Model. Nodes that cannot be loaded are reported at once,
// in a *pipeline.LoadError.
func Open(ctx context.Context, where string, opt models.Options) (*models.Model, error) {
	f, err := models.Fetch(ctx, where, opt)
	if err != nil {
		return nil, err
	}
	defer f.Close() // a bundle that is open can be read from
	m, err := open(ctx, f, opt)
	if err != nil {
		if m != nil {
			m.Close() // it was only read from: nothing can be lost
		}
		return nil, err
	}
	return m, nil
}

// open opens the bundle in f. A bundle with nodes that cannot be loaded is described.
func open(ctx context.Context, f *models.File, opt models.Options) (*models.Model, error) {
	b, err := openBundle(ctx, f, opt)
	if err != nil {
		return nil, err
	}
	reg := builtin.Registry()
	if opt.Predictor == models.PredictorH2O {
		reg = builtin.PredictorRegistry()
	}
	m := &models.Model{About: about(b, reg), Free: b.Close}
	if m.Beside, err = beside(b, f.Where, opt); err != nil {
		return m, err
	}
	if m.Model, err = Load(b, reg); err != nil {
		return m, fmt.Errorf("%s: %w", f.Where, err)
	}
	return m, nil
}

// openBundle opens the bundle in f without loading its nodes. The caller closes it.
func openBundle(ctx context.Context, f *models.File, opt models.Options) (*bundle.Bundle, error) {
	if f.Path != "" {
		b, err := bundle.Open(f.Path, opt.Limits())
		if err != nil && f.Path != f.Where {
			err = fmt.Errorf("%s: %w", f.Where, err)
		}
		return b, err
	}
	st, name, err := store.OpenWith(ctx, f.Where, opt.Stores)
	if err != nil {
		return nil, err
	}
	defer st.Close() // it is only read from: nothing can be lost
	return openFolder(ctx, st, strings.TrimSuffix(name, "/"), opt.Limits())
}

// beside are the files beside the bundle's own. There may be some of documentation, and
// one of a booster; where there are many, the folder is something else, too.
func beside(b *bundle.Bundle, where string, opt models.Options) (files []*models.File, err error) {
	const most = 8
	found, err := b.Beside()
	if err != nil || len(found) > most {
		return nil, err
	}
	for _, file := range found {
		files = append(files, models.NewFile(where+"!/"+file.Name, file.Size, file.Open, opt))
	}
	return files, nil
}
