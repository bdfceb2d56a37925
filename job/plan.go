package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"leapscore/engine"
	"leapscore/engine/pipeline"
	"leapscore/engine/store"
	"leapscore/internal/arrays"
	"leapscore/internal/similar"
	"leapscore/job/internal/place"
	"leapscore/job/internal/texts"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sources"
	"leapscore/sql"
)

// Plan is what a job does with each row.
type Plan struct {
	Query   *sql.Reading `json:"query,omitempty"`          // how the rows of a query are read
	Files   *int         `json:"files,omitempty"`          // of the source, if it is known of files
	Rows    *int64       `json:"rows,omitempty"`           // of the source, if they are known without reading them
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
				wrong.addf(key.name, "%s: the table has no column %s; it has %s", key.name, lacking(c, there, s.Input.Files, plan), similar.List(there))
			}
		}
	}
	return wrong.err()
}

// lacking says how the table gets a column that it does not have, from the files of
// --input.
func lacking(column string, there, files []string, plan *engine.Plan) string {
	if !plan.Job.Source.Schema().HasField(column) {
		for _, f := range files {
			if strings.Contains("/"+f, "/"+column+"=") {
				return fmt.Sprintf("%q, and the folder in --input %s is no column: give the folder above it, or --sql with a WHERE on %s", column, f, column)
			}
		}
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

// Explain plans a job and writes nothing. The output may be left out; if it is not, it
// is checked as a run would check it, as far as that is possible without a lock.
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
	p, err = h.explain(ctx, set)
	if err != nil || s.Output.Path == "" || slices.Contains(s.Input.Files, "-") { // stdin can be read once
		return p, err
	}
	return p, h.rehearse(ctx, s)
}

// rehearse checks what a run checks before it reads rows. It is not reported anywhere.
func (h Host) rehearse(ctx context.Context, s Spec) error {
	s.Watch = Watch{}
	for _, key := range []string{"metrics-file", "pushgateway", "metrics-label", "openlineage", "nominal-time"} {
		s.Unset(key)
	}
	h.Log, h.rehearses = nil, true // explain has given the warnings
	j, err := h.Open(ctx, s)
	if err != nil {
		return err
	}
	defer j.Close()
	if j.nothing != nil {
		return nil
	}
	opt := j.sinkOptions()
	if err := checkTables(ctx, j.set.Spec, j.planned.plan, opt, rejectsOptions(opt, s.Rejects.Path, j.planned.plan)); err != nil {
		return err
	}
	return checkVacant(ctx, j.set.Spec, opt)
}

// checkVacant checks that a table that must be new does not exist.
func checkVacant(ctx context.Context, s Spec, opt sinks.Options) error {
	out := s.Output.Path
	if opt.ModeOfRedo() != sinks.ModeError || place.IsStream(out) || opt.Resume {
		return nil
	}
	st, name, err := store.OpenWith(ctx, out, s.stores())
	if err != nil {
		return err
	}
	defer st.Close() // it is only read from: nothing can be lost
	var exists bool
	if place.IsFile(out) {
		exists, err = st.Exists(ctx, name)
	} else if c, readErr := sinks.ReadContent(ctx, st, strings.TrimSuffix(name, "/")); readErr == nil {
		exists = c.Exists || c.Lake != ""
	} else if !errors.Is(readErr, store.ErrNotExist) && !errors.Is(readErr, store.ErrNoBucket) {
		err = readErr
	}
	if exists {
		err = fmt.Errorf("%s: %w", out, sinks.ErrOutputExists)
	}
	return err
}

// count notes how many rows and files there are, where that is known without reading them.
func (p *Plan) count(ctx context.Context, src sources.Source) error {
	if files, known := sources.FilesOf(src); known {
		n := len(files)
		p.Files = &n
	}
	if p.Query != nil && !p.Query.Direct {
		return nil // it would have to run
	}
	scan, err := sources.ScanColumns(ctx, src, p.Read)
	if err != nil {
		return err
	}
	if n := scan.Rows(); n >= 0 {
		p.Rows = &n
	}
	return scan.Close()
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
	for _, m := range slices.Concat(s.Models, s.Booster.Then) {
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
	src, err := set.Rows().Open(ctx, set.opening(m, limited.Memory, warn))
	if err != nil {
		return p, err
	}
	if set.shard != nil {
		if err := checkCut(src); err != nil {
			return p, errors.Join(err, src.Close())
		}
	}
	narrow, err := narrowed(set.Spec, m.Inputs, src.Source, warn)
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
	return p, p.count(ctx, narrow)
}
