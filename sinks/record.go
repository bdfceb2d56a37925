package sinks

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/runs"
)

// fillRecord completes the record r of the run from its manifest m.
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
// table. old is the content of the table now.
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
	p.linkIntoHistory(m.Record, last)
	return p.putRecord(ctx, folder, m)
}

func (p *place) putRecord(ctx context.Context, folder string, m *Manifest) error {
	data, err := m.Record.Encode()
	if err != nil {
		return err
	}
	return p.st.WriteFile(ctx, store.Join(folder, runs.Name(m.RunID)), data)
}

// writeSuccess writes the manifest of a table on a disk into the staging folder. It
// lists the whole table, so that files that others put into the folder are not part
// of it.
func (a *attempt) writeSuccess(ctx context.Context, m Manifest, old *Content) error {
	staying, _ := old.split(a.replaces(m.Files))
	kept, err := a.keptFiles(ctx, staying)
	if err != nil {
		return err
	}
	// kept is written even if it is empty: a manifest without it is of an earlier
	// version, and does not list the files of runs before its own.
	whole := struct {
		Manifest
		Kept []File `json:"kept"`
	}{m, append([]File{}, kept...)}
	data, err := json.MarshalIndent(whole, "", "  ")
	if err != nil {
		return err
	}
	return a.st.WriteFile(ctx, store.Join(a.stage(), SuccessName), append(data, '\n'))
}

// keptFiles describes the files of the old table that stay. It leaves out files that
// exist but are not listed by the old table's manifest.
func (a *attempt) keptFiles(ctx context.Context, staying []string) ([]File, error) {
	staying = slices.DeleteFunc(staying, func(rel string) bool { return strings.HasSuffix(rel, ".crc") || hiddenFolder(rel) })
	if len(staying) == 0 {
		return nil, nil
	}
	live, whole, err := a.liveBefore(ctx)
	if err != nil {
		return nil, err
	}
	var kept []File
	for _, rel := range staying {
		f, known := live[rel]
		if !known && whole {
			continue
		}
		if !known {
			o, err := a.st.Stat(ctx, store.Join(a.out, rel))
			if err != nil {
				return nil, err
			}
			f = File{Name: rel, Bytes: o.Size}
		}
		kept = append(kept, f)
	}
	return kept, nil
}

// liveBefore returns the files that the old table's manifest lists, and whether they
// are all of it: earlier versions did not note those of runs before the last one,
// whose records have to do.
func (a *attempt) liveBefore(ctx context.Context) (map[string]File, bool, error) {
	old, err := ReadManifest(ctx, a.st, a.out)
	if errors.Is(err, store.ErrNotExist) || err == nil && old.RunID == "" {
		return nil, false, nil // another program wrote it, or there is none
	}
	if err != nil {
		return nil, false, err
	}
	live := map[string]File{}
	for _, f := range old.Live() {
		live[f.Name] = f
	}
	if old.Kept != nil {
		return live, true, nil
	}
	seen := map[string]bool{}
	for id := old.RunID; id != "" && !seen[id]; {
		seen[id] = true
		data, err := a.st.ReadFile(ctx, store.Join(a.out, runs.Name(id)))
		if errors.Is(err, store.ErrNotExist) {
			return live, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		r, err := runs.Decode(data)
		if err != nil {
			return live, false, nil // it is of somebody else
		}
		for _, f := range r.Output.Files {
			if _, ok := live[f.Name]; !ok {
				live[f.Name] = f
			}
		}
		if mode := r.Output.Mode; mode != ModeAppend.String() && mode != ModeOverwritePartitions.String() {
			return live, true, nil
		}
		id = r.Previous
	}
	return live, false, nil
}
