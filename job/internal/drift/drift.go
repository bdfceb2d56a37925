// Package drift sums up columns of a run, and fails it if they have moved too far from
// those of another run.
package drift

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/summary"
	"leapscore/internal/fault"
	"leapscore/job/internal/past"
	"leapscore/job/internal/place"
	"leapscore/runs"
)

// Options say which columns are summed up, and how far they may have moved.
type Options struct {
	Summary   string // outputs, all or none
	Reference string
	Max       float64
	Columns   []string
	FirstRun  string // fail or pass
}

// NoMax is the Max that gates nothing.
const NoMax = 0

// Warner takes a warning, with attributes as slog has them.
type Warner func(msg string, attrs ...any)

// warnDrift is the index from which on a column is said to have drifted.
const warnDrift = 0.1

// Error says that columns have moved further than allowed.
type Error struct {
	max       float64
	reference string
	worst     []summary.ColumnDrift
	rows      int64 // that came out
	before    int64 // of the reference
	unknown   error // why nobody can tell, if nobody can
}

func (e *Error) Error() string {
	if e.unknown != nil {
		return fmt.Sprintf("the drift from run %s is not known, so that --drift-max %v cannot be held; nothing published: %v", e.reference, e.max, e.unknown)
	}
	return fmt.Sprintf("drift from run %s above --drift-max %v, nothing published: %s, of %d rows that were scored, and %d of the reference",
		e.reference, e.max, summary.Describe(e.worst), e.rows, e.before)
}

// Gate sums up columns of a run, and compares them with those of another.
type Gate struct {
	sums      *summary.Collector
	reference *runs.Record // nil if there is none
	compared  []string
	max       float64
	warn      Warner
}

// Plan says which columns of a schema are summed up, and with which run they are
// compared, which is looked for as from says. made are the columns that models add. It is nil if there is nothing to sum up.
func (d Options) Plan(ctx context.Context, schema *arrow.Schema, made []string, from past.Query, warn Warner) (*Gate, error) {
	var cols []string
	switch d.Summary {
	case "all":
		for _, c := range schema.Fields() {
			cols = append(cols, c.Name)
		}
	case "outputs":
		cols = slices.Clone(made)
	}
	ref, err := d.referenceRun(ctx, from, warn)
	if err != nil {
		return nil, err
	}
	compared := made
	if len(d.Columns) > 0 {
		compared = d.Columns
		for _, c := range compared {
			if !slices.Contains(cols, c) {
				cols = append(cols, c)
			}
		}
	}
	if ref != nil && !slices.ContainsFunc(compared, func(c string) bool { _, ok := ref.Summary.Column(c); return ok }) {
		return nil, d.noReference(fmt.Errorf("drift-reference %s: run %s has summed up none of the columns %s", d.Reference, ref.RunID, strings.Join(compared, ", ")))
	}
	if len(cols) == 0 {
		return nil, nil
	}
	return &Gate{summary.New(schema, cols, made), ref, compared, d.Max, warn}, nil
}

// Collector is what the rows are summed up in, or nil.
func (g *Gate) Collector() *summary.Collector {
	if g == nil {
		return nil
	}
	return g.sums
}

// Found is what a gate has found.
type Found struct {
	Summary *summary.Summary
	Drift   *summary.Drift
	LeftOut string // why both are missing
}

// Summed returns the summary alone.
func (g *Gate) Summed() (found Found) {
	if g == nil {
		return found
	}
	found.Summary = g.sums.Summary()
	if err := g.sums.Err(); err != nil {
		found.LeftOut = "summary and drift: " + err.Error()
	}
	return found
}

// Check returns the summary, and the drift if there is a reference. A summary that
// cannot be made is a warning, unless the run depends on it.
func (g *Gate) Check() (found Found, err error) {
	if g == nil {
		return found, nil
	}
	found = g.Summed()
	var d *summary.Drift
	if g.reference != nil {
		d = g.sums.Drift(g.reference.Summary, g.compared)
	}
	if err := g.sums.Err(); err != nil {
		if g.reference != nil && g.max != NoMax {
			return found, &Error{max: g.max, reference: g.reference.RunID, unknown: err}
		}
		g.warn("the record has no summary of columns", "error", err)
		found.LeftOut = "summary and drift: " + err.Error()
		return found, nil
	}
	if d == nil {
		return found, nil
	}
	d.Reference, d.Max = g.reference.RunID, g.max
	d.Rows, d.ReferenceRows = found.Summary.Rows, g.reference.Summary.Rows
	found.Drift = d
	return found, g.judge(d)
}

// judge says whether columns have moved further than allowed, and warns of those that
// have moved far.
func (g *Gate) judge(d *summary.Drift) error {
	id := g.reference.RunID
	for _, why := range d.Skipped {
		g.warn("drift: a column is not compared", "column", why)
	}
	if g.max != NoMax && len(d.Skipped)+len(d.Columns) == 0 {
		d.Skipped = append(d.Skipped, "no column")
	}
	if g.max != NoMax && len(d.Skipped) > 0 {
		return &fault.GateError{Msg: fmt.Sprintf("--drift-max: cannot be held against run %s: %s; name the columns that can be compared with --drift-columns, or leave --drift-max out; "+
			"%d rows came out, and %d of the reference", id, strings.Join(d.Skipped, "; "), d.Rows, d.ReferenceRows)}
	}
	if worst := d.Worst(g.max); g.max != NoMax && len(worst) > 0 && worst[0].PSI > g.max {
		return &Error{max: g.max, reference: id, worst: worst, rows: d.Rows, before: d.ReferenceRows}
	}
	for _, c := range d.Worst(warnDrift) {
		g.warn("drift", "column", c.Column, "psi", fmt.Sprintf("%.3g", c.PSI), "by_chance", fmt.Sprintf("%.2g", c.Chance), "reference", id)
	}
	return nil
}

// referenceRun returns the record of the reference, or nil if there is none.
func (d Options) referenceRun(ctx context.Context, from past.Query, warn Warner) (*runs.Record, error) {
	if d.Reference == "" {
		return nil, nil
	}
	from.Where = d.Reference
	r, err := from.Record(ctx, "")
	switch {
	case err != nil && d.FirstRun == "pass":
		if first, lookErr := place.IsEmpty(ctx, d.Reference, from.Stores); first && lookErr == nil {
			warn("drift: there is no reference yet, nothing is compared", "reference", d.Reference)
			return nil, nil
		}
		return nil, d.noReference(fmt.Errorf("drift-reference: %w", err))
	case err != nil:
		return nil, d.noReference(fmt.Errorf("drift-reference: %w; --drift-first-run pass is for the first run", err))
	}
	return d.goodRun(r, warn)
}

// goodRun returns the last run of the record r that did not fail. Rows that were
// not good enough to be published are nothing to compare with.
func (d Options) goodRun(r *runs.Record, warn Warner) (*runs.Record, error) {
	good := r.Good()
	switch {
	case good == nil && d.FirstRun == "pass":
		warn("drift: all runs into the reference have failed, nothing is compared", "reference", d.Reference)
		return nil, nil
	case good == nil:
		return nil, d.noReference(fmt.Errorf("drift-reference %s: run %s failed, and its record knows of none before it that did not; "+
			"--drift-first-run pass is for the first run", d.Reference, r.RunID))
	case good.Summary == nil:
		return nil, d.noReference(fmt.Errorf("drift-reference %s: run %s has no summary; it was run with --summary none", d.Reference, good.RunID))
	}
	return good, nil
}

// noReference says that there is nothing to compare with: it closes the gate, if
// there is one.
func (d Options) noReference(err error) error {
	if d.Max == NoMax {
		return fault.Usage(err)
	}
	return &fault.GateError{Msg: err.Error()}
}
