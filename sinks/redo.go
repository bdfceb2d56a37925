package sinks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/runs"
)

// A run that is in the table already can be done again in its place (Options.Redo):
// the files that it wrote are replaced by the new ones, and those of others stay,
// whatever the mode. In mode OverwritePartitions, the partitions that it writes now
// are replaced too.

// GoneError says that the rows of a run are not in the table any more as it wrote
// them, so that they cannot be replaced.
type GoneError struct {
	Path, RunID string
	Files       []string
}

func (e *GoneError) Error() string {
	return fmt.Sprintf("%s: run %s cannot be done again in its place: another run has replaced or removed what it wrote, such as %s; give the job another --run-id",
		e.Path, e.RunID, e.Files[0])
}

// ofRun returns the names of the files that the run which is done again wrote.
func ofRun(redo *runs.Record) map[string]bool {
	own := map[string]bool{}
	if redo != nil {
		for _, f := range redo.Output.Files {
			own[f.Name] = true
		}
	}
	return own
}

// checkRedo fails if files that are to be replaced are not there.
func checkRedo(where string, redo *runs.Record, there func(name string) bool) error {
	var gone []string
	if redo != nil {
		for _, f := range redo.Output.Files {
			if !there(f.Name) {
				gone = append(gone, f.Name)
			}
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return &GoneError{Path: where, RunID: redo.RunID, Files: gone}
}

// redoable checks what is in the table for a run that is done again.
func (p *place) redoable(c *content) error {
	if err := checkRedo(p.st.URL(p.out), p.redo, func(name string) bool { return slices.Contains(c.data, name) }); err != nil {
		return err
	}
	own := ofRun(p.redo)
	return p.sameLayout(slices.DeleteFunc(slices.Clone(c.data), func(rel string) bool { return own[rel] }))
}

// modeOfRedo is the mode in which a run is done again: the rows of others stay.
func modeOfRedo(m Mode, redo *runs.Record) Mode {
	if redo != nil && (m == Error || m == Ignore) {
		return Append
	}
	return m
}

// link links the record into the history of the table, whose last run is last.
func (p *place) link(r *runs.Record, last string) {
	if p.redo == nil {
		if last != r.RunID {
			r.Previous = last
		}
		return
	}
	again := &runs.Redone{Times: 1, Previous: p.redo.Previous}
	if p.redo.Redone != nil {
		again = &runs.Redone{Times: p.redo.Redone.Times + 1, Previous: p.redo.Redone.Previous}
	}
	if r.Redone, r.Previous = again, last; last == r.RunID || last == "" {
		r.Previous = p.redo.Previous
	}
}

// lastRun is the run that was committed last.
func (p *place) lastRun(ctx context.Context) (string, error) {
	m, err := ReadManifest(ctx, p.st, p.out)
	if errors.Is(err, store.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return m.RunID, nil
}

// redoDelta returns the files of the run in a snapshot, by path in the log.
func (d *deltaTable) redoDelta() (map[string]bool, error) {
	if d.opts.Redo == nil {
		return nil, nil
	}
	err := checkRedo(d.st.URL(d.out), d.opts.Redo, func(name string) bool { _, ok := d.snap.Files[escapePath(name)]; return ok })
	own := map[string]bool{}
	for name := range ofRun(d.opts.Redo) {
		own[escapePath(name)] = true
	}
	return own, err
}

// CheckRedo fails with a *GoneError if files of opts.Redo are not among those whose
// base names are there, and returns the base names.
func CheckRedo(where string, opts Options, there map[string]bool) (map[string]bool, error) {
	own := map[string]bool{}
	for name := range ofRun(opts.Redo) {
		own[name[strings.LastIndexByte(name, '/')+1:]] = true
	}
	return own, checkRedo(where, opts.Redo, func(name string) bool { return there[baseName(name)] })
}

// times is how often the run was done before.
func (d *deltaTable) times() int64 {
	if txn, done := d.snap.Txns[d.appID()]; done {
		return txn.Version + 1
	}
	return 0
}

// noteRedo writes the record of a run that was done again.
func (d *deltaTable) noteRedo(ctx context.Context, m *Manifest) {
	if d.redo == nil || m.Record == nil {
		return
	}
	if err := d.writeRecord(ctx, d.out, m, &content{}); err != nil {
		m.Warnings = append(m.Warnings, fmt.Sprintf("the table is published, but its record is that of the run before it was done again: %v", err))
	}
}
