package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/engine/summary"
	"leapscore/runs"
	"leapscore/sinks"
)

// driftFlags say which columns of the output are summed up in the record of a run,
// and which may not have moved too far from another run's.
type driftFlags struct {
	summary   string
	reference string
	max       float64
	columns   []string
	firstRun  string
	flags     *pflag.FlagSet
}

// noMax is the value of --drift-max that gates nothing.
const noMax = 0

// warnDrift is the index from which on a column is said to have drifted.
const warnDrift = 0.1

func (f *driftFlags) register(fs *pflag.FlagSet) {
	f.flags = fs
	fs.StringVar(&f.summary, "summary", "outputs", "columns that the run's record sums up: outputs (those of the model), all or none")
	fs.StringVar(&f.reference, "drift-reference", "", "record of a run, or its table: how far the columns have moved from it (PSI) goes to the record")
	fs.Float64Var(&f.max, "drift-max", noMax, "PSI above which the run fails and publishes nothing, such as 0.2")
	fs.StringSliceVar(&f.columns, "drift-columns", nil, "columns of the output to compare (default: those of the model)")
	fs.StringVar(&f.firstRun, "drift-first-run", "fail", "if there is no --drift-reference yet: fail or pass; one that cannot be read fails in any case")
}

func (f *driftFlags) check() error {
	switch {
	case !slices.Contains([]string{"outputs", "all", "none"}, f.summary):
		return usageError{fmt.Errorf("summary %q: want outputs, all or none", f.summary)}
	case !slices.Contains([]string{"fail", "pass"}, f.firstRun):
		return usageError{fmt.Errorf("drift-first-run %q: want fail or pass", f.firstRun)}
	case f.max < 0 || math.IsNaN(f.max) || math.IsInf(f.max, 0) || f.max == noMax && f.flags.Changed("drift-max"):
		return usageError{fmt.Errorf("drift-max %v: want a positive number, such as 0.2", f.max)}
	case f.reference == "" && (f.max != noMax || len(f.columns) > 0):
		return usageError{errors.New("--drift-max and --drift-columns need --drift-reference RECORD")}
	case f.reference == "" && f.flags.Changed("drift-first-run"):
		return usageError{errors.New("--drift-first-run needs --drift-reference RECORD")}
	case f.reference != "" && f.summary == "none":
		return usageError{errors.New("--drift-reference needs summaries: leave out --summary none")}
	}
	return nil
}

// driftError says that columns have moved further than allowed.
type driftError struct {
	max       float64
	reference string
	worst     []summary.ColumnDrift
	unknown   error // why nobody can tell, if nobody can
}

func (e *driftError) Error() string {
	if e.unknown != nil {
		return fmt.Sprintf("the drift from run %s is not known, so that --drift-max %v cannot be held; nothing published: %v", e.reference, e.max, e.unknown)
	}
	return fmt.Sprintf("drift from run %s above --drift-max %v, nothing published: %s", e.reference, e.max, summary.Describe(e.worst))
}

// attach lets the run r sum up columns, and fail if they have drifted.
func (f *driftFlags) attach(ctx context.Context, r *engine.Run, out *output) error {
	plan := r.Plan
	var cols []string
	switch made := plan.Made(); f.summary {
	case "all":
		for _, c := range plan.Schema.Fields() {
			cols = append(cols, c.Name)
		}
	case "outputs":
		cols = slices.Clone(made)
	}
	ref, err := f.referenceRun(ctx, out)
	if err != nil {
		return err
	}
	compared := plan.Made()
	if len(f.columns) > 0 {
		compared = f.columns
		for _, c := range compared {
			if len(plan.Schema.FieldIndices(c)) == 0 {
				return usageError{fmt.Errorf("drift-columns: the output has no column %q", c)}
			}
			if !slices.Contains(cols, c) {
				cols = append(cols, c)
			}
		}
	}
	if ref != nil && !slices.ContainsFunc(compared, func(c string) bool { _, ok := ref.Summary.Column(c); return ok }) {
		return f.noReference(fmt.Errorf("drift-reference %s: run %s has summed up none of the columns %s", f.reference, ref.RunID, strings.Join(compared, ", ")))
	}
	if len(cols) == 0 {
		return nil
	}
	r.Summary = summary.New(plan.Schema, cols, plan.Made())
	r.Gate = func() error { return f.gate(r, ref, compared, out) }
	return nil
}

// gate notes the summary, and the drift if there is a reference. A summary that
// cannot be made is a warning, unless the run depends on it.
func (f *driftFlags) gate(r *engine.Run, ref *runs.Record, compared []string, out *output) error {
	r.Info.Record.Summary = r.Summary.Summary()
	var d *summary.Drift
	if ref != nil {
		d = r.Summary.Drift(ref.Summary, compared)
	}
	if err := r.Summary.Err(); err != nil {
		if ref != nil && f.max != noMax {
			return &driftError{max: f.max, reference: ref.RunID, unknown: err}
		}
		out.warn("the record has no summary of columns", err)
		r.Info.Record.LeftOut = "summary and drift: " + err.Error()
		return nil
	}
	if d == nil {
		return nil
	}
	d.Reference, d.Max = ref.RunID, f.max
	r.Info.Record.Drift = d
	for _, why := range d.Skipped {
		out.log.Warn("drift: a column is not compared", "column", why)
	}
	if f.max != noMax && len(d.Skipped)+len(d.Columns) == 0 {
		d.Skipped = append(d.Skipped, "no column")
	}
	if f.max != noMax && len(d.Skipped) > 0 {
		return &gateError{fmt.Sprintf("--drift-max: cannot be held against run %s: %s; name the columns that can be compared with --drift-columns, or leave --drift-max out",
			ref.RunID, strings.Join(d.Skipped, "; "))}
	}
	if worst := d.Worst(f.max); f.max != noMax && len(worst) > 0 && worst[0].PSI > f.max {
		return &driftError{max: f.max, reference: ref.RunID, worst: worst}
	}
	for _, c := range d.Worst(warnDrift) {
		out.log.Warn("drift", "column", c.Column, "psi", fmt.Sprintf("%.3g", c.PSI), "by_chance", fmt.Sprintf("%.2g", c.Chance), "reference", ref.RunID)
	}
	return nil
}

// referenceRun returns the record of the reference, or nil if there is none.
func (f *driftFlags) referenceRun(ctx context.Context, out *output) (*runs.Record, error) {
	if f.reference == "" {
		return nil, nil
	}
	r, err := readRecord(ctx, f.reference)
	switch {
	case err != nil && f.firstRun == "pass":
		if first, lookErr := nothingAt(ctx, f.reference); first && lookErr == nil {
			out.log.Warn("drift: there is no reference yet, nothing is compared", "reference", f.reference)
			return nil, nil
		}
		return nil, f.noReference(fmt.Errorf("drift-reference: %w", err))
	case err != nil:
		return nil, f.noReference(fmt.Errorf("drift-reference: %w; --drift-first-run pass is for the first run", err))
	}
	return f.goodRun(r, out)
}

// goodRun returns the last run of the record r that did not fail. Rows that were
// not good enough to be published are nothing to compare with.
func (f *driftFlags) goodRun(r *runs.Record, out *output) (*runs.Record, error) {
	good := r.Good()
	switch {
	case good == nil && f.firstRun == "pass":
		out.log.Warn("drift: all runs into the reference have failed, nothing is compared", "reference", f.reference)
		return nil, nil
	case good == nil:
		return nil, f.noReference(fmt.Errorf("drift-reference %s: run %s failed, and its record knows of none before it that did not; "+
			"--drift-first-run pass is for the first run", f.reference, r.RunID))
	case good.Summary == nil:
		return nil, f.noReference(fmt.Errorf("drift-reference %s: run %s has no summary; it was run with --summary none", f.reference, good.RunID))
	}
	return good, nil
}

// noReference says that there is nothing to compare with: it closes the gate, if
// there is one.
func (f *driftFlags) noReference(err error) error {
	if f.max == noMax {
		return usageError{err}
	}
	return &gateError{err.Error()}
}

// readRecord returns the record in the file where, or of the last run into the
// table where, whose _SUCCESS may be given too.
func readRecord(ctx context.Context, where string) (*runs.Record, error) {
	st, name, err := store.Open(ctx, where)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(name, ".json") {
		return runs.Read(ctx, st, name)
	}
	table := strings.TrimSuffix(strings.TrimSuffix(name, "/"), "/"+sinks.SuccessName)
	m, err := sinks.ReadManifest(ctx, st, table)
	if errors.Is(err, store.ErrNotExist) {
		return nil, fmt.Errorf("%s: want a run's record NAME.json, or a table with one: %w", where, err)
	}
	if err != nil {
		return nil, err
	}
	r, err := runs.ReadTable(ctx, st, table, m.RunID)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	return r, nil
}
