package sinks

import (
	"context"
	"errors"
	"fmt"
	"slices"

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

// CheckRedo fails with a *GoneError if files of redo, which are to be replaced, are
// not there.
func CheckRedo(where string, redo *runs.Record, there func(name string) bool) error {
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
func (p *place) redoable(c *Content) error {
	if err := CheckRedo(p.st.URL(p.out), p.redo, func(name string) bool { return slices.Contains(c.Data, name) }); err != nil {
		return err
	}
	own := ofRun(p.redo)
	return p.sameLayout(slices.DeleteFunc(slices.Clone(c.Data), func(rel string) bool { return own[rel] }))
}

// ModeOfRedo is Mode, unless a run is done again: the rows of others stay then.
func (o Options) ModeOfRedo() Mode {
	if o.Redo != nil && (o.Mode == Error || o.Mode == Ignore) {
		return Append
	}
	return o.Mode
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
