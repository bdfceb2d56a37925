package delta

import (
	"context"
	"fmt"
	"path"

	"leapscore/runs"
	"leapscore/sinks"
)

// redoneFiles returns the files of the run that is done again, by path in the log.
func (d *versions) redoneFiles() (map[string]bool, error) {
	if d.opts.Redo == nil {
		return nil, nil
	}
	own := map[string]bool{}
	for _, f := range d.opts.Redo.Output.Files {
		own[escapePath(f.Name)] = true
	}
	return own, sinks.CheckRedo(d.where(), d.opts.Redo, func(name string) bool { _, ok := d.snap.Files[escapePath(name)]; return ok })
}

// redoCount is how often the run was done before.
func (d *versions) redoCount() int64 {
	if txn, done := d.snap.Txns[d.appID()]; done {
		return txn.Version + 1
	}
	return 0
}

// recordName is the name of a run's record.
func (d *versions) recordName(runID string) string { return path.Join(d.folder, runs.Name(runID)) }

func (d *versions) writeRecord(ctx context.Context, m *sinks.Manifest) error {
	_, err := sinks.WriteRecord(ctx, d.st, d.folder, d.opts, m)
	return err
}

// writeRedoRecord writes the record of a run that was done again.
func (d *versions) writeRedoRecord(ctx context.Context, m *sinks.Manifest) {
	if d.opts.Redo == nil || m.Record == nil {
		return
	}
	if err := d.writeRecord(ctx, m); err != nil {
		m.Warnings = append(m.Warnings, fmt.Sprintf("the table is published, but its record is that of the run before it was done again: %v", err))
	}
}
