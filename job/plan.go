package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"leapscore/engine"
	"leapscore/engine/pipeline"
	"leapscore/internal/arrays"
	"leapscore/internal/memory"
	"leapscore/internal/rows"
	"leapscore/internal/similar"
	"leapscore/job/internal/texts"
	"leapscore/runs"
	"leapscore/sql"
)

// Plan is what a job does with each row.
type Plan struct {
	Query   *sql.Reading `json:"query,omitempty"`          // how the rows of a query are read
	Read    []string     `json:"columns_read,omitempty"`   // of the source
	Steps   []Step       `json:"steps,omitempty"`          // of the models, in order
	Pruned  []string     `json:"pruned_nodes,omitempty"`   // nodes that no wanted column needs
	Columns []Column     `json:"output_columns,omitempty"` // of the table
	Limits  *runs.Limits `json:"limits,omitempty"`         // of what it takes

	Warnings []pipeline.Warning `json:"warnings,omitempty"` // what may be wrong with the models
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
	p := newPlan(j.planned.plan, j.planned.reading)
	p.Warnings = j.planned.model.Warnings
	return p
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

// checkNames checks the columns of the table that keys name.
func checkNames(s Spec, plan *engine.Plan) error {
	var wrong mistakes
	there := arrays.FieldNames(plan.Schema)
	for _, key := range []struct {
		name    string
		columns []string
	}{{"partition-by", s.Output.PartitionBy}, {"drift-columns", s.Drift.Columns}} {
		for _, c := range key.columns {
			if !slices.Contains(there, c) {
				wrong.addf(key.name, "%s: the table has no column %s; it has %s", key.name, lacking(c, there, plan), similar.List(there))
			}
		}
	}
	return wrong.err()
}

// lacking says how the table gets a column that it does not have.
func lacking(column string, there []string, plan *engine.Plan) string {
	if !plan.Job.Source.Schema().HasField(column) {
		return similar.Each([]string{column}, there)
	}
	if name, ok := plan.Job.Rename[column]; ok {
		return fmt.Sprintf("%q, which --rename calls %q", column, name)
	}
	why := ""
	if slices.Contains(plan.Pipeline.Columns, column) {
		why = ", since the model reads it and it is not kept by default"
	}
	return fmt.Sprintf("%q, a column of the source that is left out%s: add --keep all, or --keep %s", column, why, texts.JoinCommas(append(plan.Kept(), column)))
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
	return h.explain(ctx, set)
}

// addNames adds the columns that are not there to other mistakes of a Spec, so that a
// person does not find them one after the other. It reads nothing over a network.
func (h Host) addNames(ctx context.Context, set settings, wrong *mistakes) {
	if len(*wrong) == 0 || set.CheckSource() != nil || !set.isLocal() {
		return
	}
	_, err := h.explain(ctx, set)
	if class := ClassOf(err); class == ClassUsage || class == ClassContract {
		wrong.add("", err)
	}
}

// isLocal reports whether models and rows are files of this machine.
func (s Spec) isLocal() bool {
	places := slices.Concat(s.Input.Files, s.Input.Retry)
	for _, m := range s.Models {
		places = append(places, m.Path)
	}
	return !slices.Contains(places, "-") && !strings.Contains(strings.Join(append(places, s.Input.SQL), "\n"), "://") && s.Input.SQLFile == ""
}

// explain plans a job that has been checked.
func (h Host) explain(ctx context.Context, set settings) (p Plan, err error) {
	limited := set.Limited()
	m, err := load(ctx, set.Spec)
	if err != nil {
		return p, err
	}
	warn := func(msg string) { h.withDefaults().warn(msg) }
	duckdb, _ := memory.Shares(limited.Memory, set.query())
	src, err := set.Rows().Open(ctx, rows.Options{
		Stores: set.stores(), Types: wantedTypes(m.Inputs, set.Columns.Map), Threads: set.Limits.Workers, Memory: duckdb, Warn: warn,
	})
	if err != nil {
		return p, err
	}
	narrow, err := narrowed(set.Spec, m.Inputs, src.Source)
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
	if err == nil {
		err = checkNames(set.Spec, plan)
	}
	if err != nil {
		return Plan{Query: src.Reading(), Warnings: m.Warnings}, &PlanError{err}
	}
	p = newPlan(plan, src.Reading())
	p.Limits = &limited
	p.Warnings = m.Warnings
	return p, nil
}
