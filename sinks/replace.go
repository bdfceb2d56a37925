package sinks

import (
	"context"
	"errors"
	"path"
	"slices"

	"leapscore/engine/store"
	"leapscore/internal/hive"
	"leapscore/runs"
	"leapscore/sinks/internal/partition"
)

// replaces returns which files of the old table leave it when files come: with
// ModeOverwritePartitions those of the partitions that were named, or else of those
// that the files are in.
func (p *place) replaces(files []File) func(rel string) bool {
	if own := filesOf(p.redo); p.redo != nil {
		others := *p
		others.redo = nil
		if p.mode == ModeOverwrite { // which has replaced all that was there before the run
			others.mode = ModeAppend
		}
		also := others.replaces(files)
		return func(rel string) bool { return own[rel] || also(rel) }
	}
	switch p.mode {
	case ModeOverwrite:
		return func(string) bool { return true }
	case ModeOverwritePartitions:
		if len(p.only) > 0 {
			return p.inNamedPartition
		}
		folders := partitionsOf(files)
		return func(rel string) bool { return isWithin(folders, rel) }
	}
	return func(string) bool { return false }
}

// inNamedPartition reports whether a file is in the partitions that were named.
func (p *place) inNamedPartition(rel string) bool {
	return partition.InAll(hive.Respell(path.Dir(rel)), p.only)
}

// Replaces reports whether t replaces rows of a table that was there when t was
// created.
func Replaces(t Table) bool {
	b := tableOf(t)
	if b == nil {
		return false
	}
	r, ok := b.pub.(interface{ replacing() bool })
	return ok && r.replacing()
}

func (m Mode) replacing() bool { return m == ModeOverwrite || m == ModeOverwritePartitions }

func (a *attempt) replacing() bool { return a.existed && (a.mode.replacing() || a.redo != nil) }

func (o *objects) replacing() bool { return o.base.Exists && (o.mode.replacing() || o.redo != nil) }

func (s *single) replacing() bool { return s.existed && s.mode.replacing() }

func (e *external) replacing() bool {
	r, ok := e.pub.(interface{ Replacing() bool })
	return ok && r.Replacing()
}

// A run that is in the table already can be repeated in place (Options.Redo): its old
// files are replaced by the new ones, and those of other runs stay, whatever the mode.
// In ModeOverwritePartitions, the partitions that it writes now are replaced too.

// filesOf returns the names of the files of the run that is repeated.
func filesOf(redo *runs.Record) map[string]bool {
	own := map[string]bool{}
	if redo != nil {
		for _, f := range redo.Output.Files {
			own[f.Name] = true
		}
	}
	return own
}

// CheckRedo fails with a *GoneError if files of redo, which are to be replaced, are
// missing.
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

// checkRedoFiles checks that a repeated run can replace its files in the table.
func (p *place) checkRedoFiles(c *Content) error {
	if err := CheckRedo(p.st.URL(p.out), p.redo, func(name string) bool { return slices.Contains(c.Data, name) }); err != nil {
		return err
	}
	own := filesOf(p.redo)
	return p.checkSameLayout(slices.DeleteFunc(slices.Clone(c.Data), func(rel string) bool { return own[rel] }))
}

// ModeOfRedo is Mode, or ModeAppend for a repeated run whose mode forbids writing to
// a table that exists.
func (o Options) ModeOfRedo() Mode {
	if o.Redo != nil && (o.Mode == ModeError || o.Mode == ModeIgnore) {
		return ModeAppend
	}
	return o.Mode
}

// linkIntoHistory links the record into the history of the table, whose last run is last.
func (p *place) linkIntoHistory(r *runs.Record, last string) {
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

// lastRun returns the id of the run that was committed last, or "".
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
