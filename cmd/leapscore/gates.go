package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sources"
)

// gateFlags say how many rows must come out for a table to be published.
type gateFlags struct {
	allowEmpty bool
	minRows    string

	least    int64   // rows
	share    float64 // percent of those of the last run, if it is a share
	isShare  bool
	lastRun  string // whose share it is
	lastRows int64
}

func (f *gateFlags) register(fs *pflag.FlagSet) {
	fs.BoolVar(&f.allowEmpty, "allow-empty", false, "let a result without rows replace a table, or the partition that --partition names")
	fs.StringVar(&f.minRows, "min-rows", "", "rows that must come out, or their share (90%) of those of the last run into the table; fewer publish nothing")
}

// gateError says that a gate is closed: all is scored, and nothing published.
type gateError struct{ msg string }

func (e *gateError) Error() string { return e.msg + "; nothing is published" }

func (f *gateFlags) parse() error {
	if f.minRows == "" {
		return nil
	}
	wrong := fmt.Errorf("min-rows %q: want a number of rows, or a share of the last run's such as 90%%", f.minRows)
	if p, ok := strings.CutSuffix(f.minRows, "%"); ok {
		x, err := strconv.ParseFloat(p, 64)
		if err != nil || !(x >= 0 && x <= 1e6) {
			return wrong
		}
		f.share, f.isShare = x, true
		return nil
	}
	n, err := strconv.ParseInt(f.minRows, 10, 64)
	if err != nil || n < 0 {
		return wrong
	}
	f.least = n
	return nil
}

func (f *scoreFlags) checkGates() error {
	if err := f.gateFlags.parse(); err != nil {
		return usageError{err}
	}
	switch {
	case !f.isShare:
		return nil
	case f.output == sinks.StreamName:
		return usageError{errors.New("--min-rows with a share needs a table as --output: of stdout no last run is known")}
	case isFile(f.output) && f.record == "":
		return usageError{fmt.Errorf("--min-rows %s and --output %s need --record FILE, which is where the last run's rows are noted", f.minRows, f.output)}
	}
	return nil
}

// attachGates has the run r fail before anything is published if what came out
// is too little.
func (f *scoreFlags) attachGates(ctx context.Context, out *output, r *engine.Run) error {
	if err := f.lookBack(ctx, out); err != nil {
		return err
	}
	drift := r.Gate
	r.Gate = func() error {
		if err := f.enough(r); err != nil || drift == nil {
			return err
		}
		return drift()
	}
	return nil
}

// enough checks how many rows came out.
func (f *scoreFlags) enough(r *engine.Run) error {
	rows := r.Progress.Out.Load()
	if why := allRejected(r); why != "" {
		return &gateError{why}
	}
	switch {
	case rows == 0 && !f.allowEmpty && sinks.Replaces(r.Table):
		return &gateError{fmt.Sprintf("--mode %s: the result has no rows, and would replace %s; --allow-empty lets it", f.mode, f.replaced()) + f.naming()}
	case f.isShare && float64(rows)*100 < f.share*float64(f.lastRows):
		return &gateError{fmt.Sprintf("%d rows came out, fewer than --min-rows %s of the %d of run %s", rows, f.minRows, f.lastRows, f.lastRun)}
	case rows < f.least:
		return &gateError{fmt.Sprintf("%d rows came out, fewer than --min-rows %d", rows, f.least)}
	}
	return nil
}

// replaced is what a run without rows replaces.
func (f *scoreFlags) replaced() string {
	if f.mode != sinks.OverwritePartitions.String() {
		return f.output
	}
	if len(f.partitions) == 0 {
		return "no partition of " + f.output
	}
	return "partition " + strings.Join(f.partitions, "/") + " of " + f.output
}

// naming is a hint to how a partition is emptied.
func (f *scoreFlags) naming() string {
	if f.mode == sinks.OverwritePartitions.String() && len(f.partitions) == 0 {
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

// nothingAt reports whether there is neither a file nor a folder with visible
// files at a place.
func nothingAt(ctx context.Context, where string) (bool, error) {
	st, name, err := store.Open(ctx, where)
	if err != nil {
		return false, err
	}
	defer st.Close()
	name = strings.TrimSuffix(strings.TrimSuffix(name, "/"), "/"+sinks.SuccessName)
	if there, err := st.Exists(ctx, name); there || err != nil {
		return false, err
	}
	empty := true
	err = st.List(ctx, name+"/", true, func(o store.Object) error {
		rel := o.Name[len(name)+1:]
		empty = empty && strings.HasPrefix(rel, "_temporary/")
		return nil
	})
	return empty, err
}
