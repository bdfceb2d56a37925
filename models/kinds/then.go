package kinds

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/internal/similar"
	"leapscore/models"
	"leapscore/models/mleap"
)

// OpenThen opens a model and a booster that reads what the model makes: columns of the
// names of its features, or else one vector that holds them in their order. Without the
// place of a booster it is the one that lies in the bundle, if there is one.
func OpenThen(ctx context.Context, where, then string, opt models.Options) (*models.Model, error) {
	front, err := Open(ctx, where, opt)
	if err != nil {
		return front, err
	}
	var inside *models.File
	if then == "" {
		if inside, err = boosterBeside(front); err != nil || inside == nil {
			return front, err
		}
	}
	vector := namedVector(front.Model, opt.Features)
	if vector != "" {
		opt.Features = nil
	}
	var back *models.Model
	if inside != nil {
		then = inside.Where
		back, err = openFile(ctx, inside, opt)
	} else {
		back, err = Open(ctx, then, opt)
	}
	if err != nil {
		return nil, errors.Join(err, front.Close())
	}
	m, err := chained(front, back, vector)
	if err != nil {
		err = errors.Join(fmt.Errorf("%s, then %s: %w", where, then, err), front.Close(), back.Close())
		return nil, err
	}
	return m, nil
}

// boosterBeside returns the booster among the files that came with a model, or nil.
func boosterBeside(m *models.Model) (found *models.File, err error) {
	for _, f := range m.Beside {
		for _, k := range All {
			switch {
			case k == mleap.Kind || !k.Recognize(f):
			case found != nil && found != f:
				return nil, fmt.Errorf("two boosters lie in the bundle, %s and %s: leave one there, or name it with --then", found.Where, f.Where)
			default:
				found = f
			}
		}
	}
	return found, nil
}

// namedVector returns the output of m that is named instead of features, or "".
func namedVector(m *pipeline.Model, features []string) string {
	if len(features) != 1 {
		return ""
	}
	if o, ok := m.Output(features[0]); ok && isVector(o.Type) {
		return o.Name
	}
	return ""
}

func isVector(t bundle.Type) bool {
	return t.IsVector() || t.Kind == bundle.ListKind && t.Base.Numeric()
}

// chained joins a model and the booster behind it.
func chained(front, back *models.Model, vector string) (*models.Model, error) {
	if back.Behind == nil {
		return nil, fmt.Errorf("the second is no booster but %s; a pipeline of several stages is one bundle", kindOf(back.About.Kind).Title)
	}
	next := back.Model
	if vector == "" && !reads(back.Model, front.Model) {
		var err error
		if vector, err = onlyVector(front.Model); err != nil {
			return nil, err
		}
	}
	if vector != "" {
		o, _ := front.Output(vector)
		if n := len(back.Inputs); o.Width > 0 && o.Width != n {
			return nil, fmt.Errorf("the vector %q has %d values, and the booster has %d features", vector, o.Width, n)
		}
		var err error
		if next, err = back.Behind(vector); err != nil {
			return nil, err
		}
	}
	id := both(front.Identity, back.Identity)
	joined, err := front.Then(id, next)
	if err != nil {
		return nil, err
	}
	about := front.About
	about.SHA256, about.Name = id.SHA256, id.Name
	about.Facts = slices.Concat(about.Facts, []models.Fact{{Name: "then", Value: back.About.Name}}, back.About.Facts)
	return &models.Model{
		Model: joined, About: about, Behind: back.Behind,
		Free: func() error { return errors.Join(front.Close(), back.Close()) },
	}, nil
}

// reads reports whether an input of the booster is a column that the model makes.
func reads(booster, front *pipeline.Model) bool {
	return slices.ContainsFunc(booster.Inputs, func(f bundle.Field) bool { _, made := front.Output(f.Name); return made })
}

// onlyVector returns the vector that a model ends with.
func onlyVector(m *pipeline.Model) (string, error) {
	var vectors, inner []string
	for _, o := range m.Outputs {
		switch {
		case !isVector(o.Type):
		case o.Final:
			vectors = append(vectors, o.Name)
		default:
			inner = append(inner, o.Name)
		}
	}
	switch len(vectors) {
	case 1:
		return vectors[0], nil
	case 0:
		hint := ""
		if n := len(inner); n > 0 {
			hint = fmt.Sprintf("; if they are in a vector that it makes on the way, name it, as in --features %s", inner[n-1])
		}
		return "", fmt.Errorf("the first makes none of the booster's features and no vector of them; it makes %s%s", similar.List(m.FinalOutputs()), hint)
	}
	return "", fmt.Errorf("the first makes the vectors %s: name the one with the features, as in --features %s", similar.List(vectors), vectors[0])
}

// both is the identity of a model and the booster behind it.
func both(a, b pipeline.Identity) pipeline.Identity {
	sum := sha256.Sum256([]byte(a.SHA256 + "\n" + b.SHA256))
	id := pipeline.Identity{Name: a.Name + " then " + b.Name, UID: a.UID, SHA256: hex.EncodeToString(sum[:])}
	id.Version = id.SHA256[:12]
	if id.Writer = a.Writer; b.Writer != "" {
		id.Writer += ", " + b.Writer
	}
	return id
}
