package sinks

import (
	"context"
	"slices"

	"leapscore/engine/store"
	"leapscore/runs"
)

// fillRecord completes the record of the run whose manifest m is.
func (m *Manifest) fillRecord(r *runs.Record) {
	if r == nil {
		return
	}
	r.Format, r.RunID, r.Status = runs.FormatV1, m.RunID, runs.OK
	r.Started, r.Finished, r.Seconds, r.Version = m.Started, m.Finished, m.Seconds, m.Version
	r.Counts = runs.Counts{In: m.RowsIn, Out: m.RowsOut, Skipped: m.Skipped, Rejected: m.Rejected}
	r.Output.Files = m.Files
	m.Record = r
}

// WriteRecord writes the record of the run into the folder of a table that a
// Publisher makes, and returns its name.
func WriteRecord(ctx context.Context, st *store.Store, folder string, opts Options, m *Manifest) (string, error) {
	p := &place{st: st, out: folder, mode: opts.Mode, redo: opts.Redo}
	return store.Join(folder, runs.Name(m.RunID)), p.writeRecord(ctx, folder, m, &Content{})
}

// writeRecord writes the record of the run into folder, which is to become the
// table. old is what is in the table now.
func (p *place) writeRecord(ctx context.Context, folder string, m *Manifest, old *Content) error {
	if m.Record == nil {
		return nil
	}
	name := runs.Name(m.RunID)
	// A run that is repeated replaces its own record.
	old.Hidden = slices.DeleteFunc(old.Hidden, func(rel string) bool { return rel == name })
	if p.redo == nil {
		m.Record.Output.Mode = p.mode.String()
	}
	last, err := p.lastRun(ctx)
	if err != nil {
		return err
	}
	p.link(m.Record, last)
	return p.putRecord(ctx, folder, m)
}

func (p *place) putRecord(ctx context.Context, folder string, m *Manifest) error {
	data, err := m.Record.Encode()
	if err != nil {
		return err
	}
	return p.st.WriteFile(ctx, store.Join(folder, runs.Name(m.RunID)), data)
}
