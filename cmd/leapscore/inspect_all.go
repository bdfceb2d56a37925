package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"leapscore/internal/clean"
	"leapscore/job"
	"leapscore/models"
	"leapscore/models/kinds"
)

// together is what inspect prints of several models with --json: each, and what
// they read and add as one.
type together struct {
	Models  []namedInspection `json:"models"`
	Inputs  []fieldInfo       `json:"inputs,omitempty"`
	Outputs []fieldInfo       `json:"outputs,omitempty"`
	Select  string            `json:"select,omitempty"`
}

type namedInspection struct {
	As string `json:"as"`
	*inspection
}

// inspectAll shows models that have names.
func inspectAll(ctx context.Context, out *output, spec job.Spec, opening models.Options, asJSON bool) error {
	var all together
	var errs []error
	for _, m := range spec.Models {
		opened, err := kinds.OpenThen(ctx, m.Path, spec.Then(m.Name), opening)
		if opened == nil {
			errs = append(errs, modelError{err})
			continue
		}
		defer opened.Close() // it is only read from: nothing can be lost
		i := inspect(opened, err)
		if err != nil {
			errs = append(errs, modelError{err})
		}
		all.Models = append(all.Models, namedInspection{m.Name, i})
	}
	if len(errs) == 0 {
		joined, err := job.LoadModels(ctx, spec, opening)
		if err != nil {
			return err
		}
		var i inspection
		i.columns(joined)
		all.Inputs, all.Outputs, all.Select = i.Inputs, i.Outputs, i.Select
	}
	if asJSON {
		errs = append(errs, out.json(all))
	} else {
		errs = append(errs, all.print(out.stdout))
	}
	return errors.Join(errs...)
}

func (t *together) print(w io.Writer) error {
	for _, m := range t.Models {
		if _, err := fmt.Fprintf(w, "model      %s\n", clean.Line(m.As)); err != nil {
			return err
		}
		if err := m.print(w); err != nil {
			return err
		}
		if _, err := io.WriteString(w, "\n"); err != nil {
			return err
		}
	}
	var b strings.Builder
	b.WriteString("together\n")
	(&inspection{Inputs: t.Inputs, Outputs: t.Outputs, Select: t.Select}).printColumns(&b)
	_, err := io.WriteString(w, b.String())
	return err
}
