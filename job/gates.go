package job

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"leapscore/engine"
	"leapscore/internal/fault"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sources"
)

// leastRows is how many rows must come out.
type leastRows struct {
	rows    int64
	share   float64 // percent of those of the last run, if it is a share
	isShare bool
}

func (g Gates) least() (l leastRows, err error) {
	if g.MinRows == "" {
		return l, nil
	}
	wrong := fmt.Errorf("min-rows %q: want a number of rows, or a share of the last run's such as 90%%", g.MinRows)
	if p, ok := strings.CutSuffix(g.MinRows, "%"); ok {
		x, err := strconv.ParseFloat(p, 64)
		if err != nil || !(x >= 0 && x <= 1e6) {
			return l, wrong
		}
		return leastRows{share: x, isShare: true}, nil
	}
	n, err := strconv.ParseInt(g.MinRows, 10, 64)
	if err != nil || n < 0 {
		return l, wrong
	}
	return leastRows{rows: n}, nil
}

// checkRows checks how many rows came out of the run r. last is the run that a share is
// of.
func checkRows(s settings, r *engine.Run, last *runs.Record) error {
	if why := allRejected(r); why != "" {
		return &fault.GateError{Msg: why}
	}
	return enough(s, r.Progress.Out.Load(), r.Table, last)
}

// enough checks whether so many rows are enough for a table.
func enough(s settings, rows int64, table sinks.Table, last *runs.Record) error {
	switch {
	case rows == 0 && !s.Gates.AllowEmpty && sinks.Replaces(table):
		return &fault.GateError{Msg: fmt.Sprintf("--mode %s: the result has no rows, and would replace %s; --allow-empty lets it", s.Output.Mode, replaced(s.Output)) + naming(s.Output)}
	case last != nil && float64(rows)*100 < s.least.share*float64(last.Counts.Out):
		return &fault.GateError{Msg: fmt.Sprintf("%d rows came out, fewer than --min-rows %s of the %d of run %s", rows, s.Gates.MinRows, last.Counts.Out, last.RunID)}
	case rows < s.least.rows:
		return &fault.GateError{Msg: fmt.Sprintf("%d rows came out, fewer than --min-rows %d", rows, s.least.rows)}
	}
	return nil
}

// replaced is what a run without rows replaces.
func replaced(o Output) string {
	if o.Mode != sinks.ModeOverwritePartitions.String() {
		return o.Path
	}
	if len(o.Partitions) == 0 {
		return "no partition of " + o.Path
	}
	return "partition " + strings.Join(o.Partitions, "/") + " of " + o.Path
}

// naming is a hint to how a partition is emptied.
func naming(o Output) string {
	if o.Mode == sinks.ModeOverwritePartitions.String() && len(o.Partitions) == 0 {
		return ", and --partition KEY=VALUE names the partition that it empties"
	}
	return ""
}

// allRejected says so if all rows or files of the run were.
func allRejected(r *engine.Run) string {
	rejected, in := r.Progress.Rejected.Load(), r.Progress.In.Load()
	gone := r.Plan.Job.Files.Files()
	switch {
	case rejected > 0 && rejected == in:
		why := fmt.Sprintf("all %d rows were rejected", in)
		if first := r.FirstRejected(); first != nil {
			why += fmt.Sprintf(", the first: %v", first)
		}
		if causes := r.Findings().Causes; len(causes) > 1 {
			why += "; by cause: " + runs.DescribeCauses(causes, engine.MaxCauses)
		}
		return why
	case in > 0 || len(gone) == 0:
		return ""
	}
	left, known := sources.FilesOf(r.Plan.Job.Source)
	named := map[string]bool{}
	for _, g := range gone {
		named[g.Name] = true
	}
	for _, o := range left {
		if !named[o.Name] {
			return ""
		}
	}
	if !known {
		return ""
	}
	return fmt.Sprintf("all %d files were rejected, the first: %s: %v", len(gone), gone[0].Name, gone[0].Err)
}

// shareOf finds the run that a share of rows is one of. It is nil if no share is asked
// for, or if there is no table yet.
func shareOf(ctx context.Context, s settings, warn warner) (*runs.Record, error) {
	if !s.least.isShare {
		return nil, nil
	}
	p, err := s.past().Runs(ctx)
	if err != nil {
		return nil, &fault.GateError{Msg: fmt.Sprintf("--min-rows %s: the record of the last run cannot be read: %v", s.Gates.MinRows, err)}
	}
	for _, r := range p.All {
		if !r.Retried { // which are a few rows of another run
			return r, nil
		}
	}
	if p.Exists {
		return nil, &fault.GateError{Msg: fmt.Sprintf("--min-rows %s: %s has no record of a run, so that the share is of nothing; give a number of rows for this run",
			s.Gates.MinRows, s.Output.Path)}
	}
	warn("--min-rows: there is no table yet, nothing is compared", "output", s.Output.Path)
	return nil, nil
}
