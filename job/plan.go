package job

import (
	"context"
	"errors"

	"leapscore/engine"
	"leapscore/internal/rows"
	"leapscore/sql"
)

// Plan is what a job does with each row.
type Plan struct {
	Query   *sql.Reading `json:"query,omitempty"`          // how the rows of a query are read
	Read    []string     `json:"columns_read,omitempty"`   // of the source
	Steps   []Step       `json:"steps,omitempty"`          // of the models, in order
	Pruned  []string     `json:"pruned_nodes,omitempty"`   // nodes that no wanted column needs
	Columns []Column     `json:"output_columns,omitempty"` // of the table
}

// Step is one node of a model.
type Step struct {
	Node  string   `json:"node"`
	Op    string   `json:"op"`
	Reads []string `json:"reads"`
	Adds  []string `json:"adds"`
}

// Column is a column of the table.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Plan returns what the job does. It is empty if there is nothing to do.
func (j *Job) Plan() Plan {
	if j.planned == nil || j.planned.plan == nil {
		return Plan{}
	}
	return newPlan(j.planned.plan, j.planned.reading)
}

func newPlan(p *engine.Plan, reading *sql.Reading) Plan {
	shown := Plan{Query: reading, Read: p.Read, Pruned: p.Pipeline.Pruned()}
	for _, s := range p.Pipeline.Steps() {
		shown.Steps = append(shown.Steps, Step(s))
	}
	for _, f := range p.Schema.Fields() {
		shown.Columns = append(shown.Columns, Column{f.Name, f.Type.String()})
	}
	return shown
}

// PlanError says why the rows of a source cannot be scored.
type PlanError struct{ Err error }

func (e *PlanError) Error() string { return e.Err.Error() }
func (e *PlanError) Unwrap() error { return e.Err }

// Explain plans a job without looking at its tables. The output may be left out.
func (h Host) Explain(ctx context.Context, s Spec) (p Plan, err error) {
	set, wrong := s.read()
	h.setTimeout(&set.Spec, s)
	switch {
	case s.Output.Path == "":
		err = s.CheckSource()
	default:
		err = wrong.err()
	}
	if err != nil {
		return p, err
	}
	m, err := load(ctx, s.Models, set.stores())
	if err != nil {
		return p, err
	}
	warn := func(msg string) { h.withDefaults().warn(msg) }
	src, err := set.Rows().Open(ctx, rows.Options{Stores: set.stores(), Types: wantedTypes(m.Inputs, s.Columns.Map), Threads: set.Limits.Workers, Warn: warn})
	if err != nil {
		return p, err
	}
	narrow, err := narrowed(set.Spec, src.Source)
	if err != nil {
		return p, errors.Join(err, src.Close())
	}
	defer src.CloseStores()
	defer narrow.Close()
	e := set.job
	e.Model, e.Source = m.Model, narrow
	if set.Columns.Lineage == "columns" {
		e.Lineage = &engine.Lineage{}
	}
	plan, err := e.Plan()
	if err != nil {
		return Plan{Query: src.Reading()}, &PlanError{err}
	}
	return newPlan(plan, src.Reading()), nil
}
