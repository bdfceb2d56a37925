// Package fleet knows what is staged of a run that is scored in shards: the plan that
// its shards agree on, and which of them are done. It moves no rows: shards write their
// files as sinks.Options.Stage says, and the commit of the run publishes them as
// sinks.Options.Adopt says.
//
// In the folder of the table, here of the run "r", are
//
//	_leapscore/shards/r/plan.json            what the run is to do. The first shard writes
//	                                         it, if there is none: one step
//	_leapscore/shards/r/alive.json           when a shard last gave a sign of life
//	_leapscore/shards/r/running/00003.a.json the same of attempt a at shard 3, until it ends
//	_leapscore/shards/r/files/00003-a/...    its files, on storage with folders
//	_leapscore/shards/r/00003.json           shard 3 is done: its files, and what is known
//	                                         of its rows. The first attempt that ends
//	                                         writes it, if there is none: one step
//
// A later attempt at a shard that is done changes nothing. An attempt that dies leaves
// files that the commit, or a later run into the table, deletes.
package fleet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sinks/internal/marker"
)

const formatV1 = "leapscore-shards/1"

// Plan is what all shards of a run agree on.
type Plan struct {
	Format  string `json:"format"`
	RunID   string `json:"run_id"`
	Shards  int    `json:"shards"`
	By      string `json:"agreed_by"` // the process that wrote it
	Attempt string `json:"attempt"`   // of that process

	// Nothing says that there is nothing to score: the table has the rows of so many
	// inputs. Then the plan has nothing else.
	Nothing *runs.Incremental `json:"nothing_new,omitempty"`

	Record   *runs.Record    `json:"record,omitempty"`   // of the whole run, as far as it is known
	Settings json.RawMessage `json:"settings,omitempty"` // that the commit needs, the caller's
	Made     []string        `json:"made,omitempty"`     // columns that the models add
	Schema   []byte          `json:"schema,omitempty"`   // of the table, as Arrow IPC
	Rejects  []byte          `json:"rejects,omitempty"`  // of the table of rejects

	// After is the run that must be the last one in the table, if it matters.
	After *string `json:"after,omitempty"`
}

// Done says that a shard is done, and what is known of it.
type Done struct {
	Shard   int    `json:"shard"`
	Shards  int    `json:"shards"`
	RunID   string `json:"run_id"`
	Attempt string `json:"attempt"`
	Owner   string `json:"owner"`
	Plan    string `json:"plan_sha256"`

	Rows    Files  `json:"rows"`
	Rejects *Files `json:"rejects,omitempty"`

	Record  *runs.Record `json:"record"` // without the names of inputs
	Summary []byte       `json:"summary,omitempty"`
}

// Files are what a shard has written to a table.
type Files struct {
	Files   []sinks.StagedFile `json:"files"`
	Columns []fileColumns      `json:"columns,omitempty"`
}

// ErrDone says that another attempt has done the shard before.
var ErrDone = errors.New("the shard is done already")

// Fleet is a run into a table that is scored in shards.
type Fleet struct {
	st    *store.Store
	table string
	runID string

	Plan *Plan  // nil before a shard has written it
	sum  string // SHA-256 of the plan
}

// Open reads the plan of a run into the table in a folder, if there is one.
func Open(ctx context.Context, st *store.Store, table, runID string) (*Fleet, error) {
	f := &Fleet{st: st, table: strings.TrimSuffix(table, "/"), runID: runID}
	return f, f.readPlan(ctx)
}

func (f *Fleet) folder() string {
	return store.Join(f.table, marker.ShardsFolder+"/"+sinks.FleetIdentity(f.runID))
}

func (f *Fleet) name(rel string) string { return store.Join(f.folder(), rel) }

const planName = "plan.json"

func (f *Fleet) readPlan(ctx context.Context) error {
	f.Plan, f.sum = nil, ""
	data, err := f.st.ReadFile(ctx, f.name(planName))
	if errors.Is(err, store.ErrNotExist) || errors.Is(err, store.ErrNoBucket) {
		return nil
	} else if err != nil {
		return err
	}
	p := new(Plan)
	if err := json.Unmarshal(data, p); err != nil {
		return fmt.Errorf("%s: is damaged: %w; leapscore commit --discard deletes what is staged of the run", f.st.URL(f.name(planName)), err)
	}
	if p.Format != formatV1 || p.RunID != f.runID {
		return fmt.Errorf("%s: format %q of run %q, want %q of %q", f.st.URL(f.name(planName)), p.Format, p.RunID, formatV1, f.runID)
	}
	f.Plan, f.sum = p, sumOf(data)
	return nil
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Agree writes the plan of the run, if there is none. It reports whether the plan that is
// there now is p.
func (f *Fleet) Agree(ctx context.Context, p *Plan, attempt string) (bool, error) {
	p.Format, p.RunID, p.Attempt, p.By = formatV1, f.runID, attempt, marker.Process(f.runID)
	data, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return false, err
	}
	err = f.st.WriteNew(ctx, f.name(planName), data)
	if err != nil && !errors.Is(err, store.ErrExists) {
		return false, err
	}
	if err := f.readPlan(ctx); err != nil {
		return false, err
	}
	return f.Plan != nil && f.sum == sumOf(data), nil
}

func doneName(shard int) string { return fmt.Sprintf("%05d.json", shard) }

// Done returns what is known of a shard that is done by this plan, or nil.
func (f *Fleet) Done(ctx context.Context, shard int) (*Done, error) {
	d, err := f.readDone(ctx, doneName(shard))
	if err != nil || d == nil || d.Plan != f.sum {
		return nil, err
	}
	return d, nil
}

func (f *Fleet) readDone(ctx context.Context, rel string) (*Done, error) {
	data, err := f.st.ReadFile(ctx, f.name(rel))
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	d := new(Done)
	if err := json.Unmarshal(data, d); err != nil || d.Record == nil {
		return nil, fmt.Errorf("%s: is damaged (%v): remove it, and run its shard again", f.st.URL(f.name(rel)), err)
	}
	return d, nil
}

// Finish notes that a shard is done. The error is ErrDone if another attempt was faster.
// It checks that what was staged is still there: another run may have taken this one for
// dead.
func (f *Fleet) Finish(ctx context.Context, d *Done, places []Place) error {
	d.RunID, d.Shards, d.Plan, d.Owner = f.runID, f.Plan.Shards, f.sum, marker.Process(f.runID)
	if err := f.checkStaged(ctx, d, places); err != nil {
		return err
	}
	name := doneName(d.Shard)
	if old, err := f.readDone(ctx, name); err != nil {
		return err
	} else if old != nil && old.Plan != f.sum { // of a plan that was discarded
		if err := f.st.Delete(ctx, f.name(name)); err != nil && !errors.Is(err, store.ErrNotExist) {
			return err
		}
	}
	data, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		return err
	}
	if err = f.st.WriteNew(ctx, f.name(name), data); err != nil && !errors.Is(err, store.ErrExists) {
		return err
	}
	there, err := f.readDone(context.WithoutCancel(ctx), name)
	switch {
	case err != nil:
		return err
	case there == nil:
		return f.lost(name)
	case there.Attempt != d.Attempt:
		return ErrDone
	}
	return f.checkStaged(ctx, d, places)
}

func (f *Fleet) lost(what string) error {
	return fmt.Errorf("%s: %s is gone: another run took this one for dead and removed what it had staged; raise --sweep-after, and run the shards again",
		f.st.URL(f.table), what)
}

// checkStaged checks that the plan and the files of a shard are where they were put.
func (f *Fleet) checkStaged(ctx context.Context, d *Done, places []Place) error {
	data, err := f.st.ReadFile(ctx, f.name(planName))
	if errors.Is(err, store.ErrNotExist) || err == nil && sumOf(data) != f.sum {
		return f.lost(planName)
	} else if err != nil {
		return err
	}
	for i, files := range []*Files{&d.Rows, d.Rejects} {
		if files == nil {
			continue
		}
		for _, file := range files.Files {
			o, err := places[i].Store.Stat(ctx, store.Join(store.Join(places[i].Table, file.Folder), file.Name))
			if errors.Is(err, store.ErrNotExist) || err == nil && o.Size != file.Bytes {
				return f.lost(file.Name)
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

// Drop deletes the files of an attempt that was not needed.
func (d *Done) Drop(ctx context.Context, places []Place) (err error) {
	for i, files := range []*Files{&d.Rows, d.Rejects} {
		if files == nil {
			continue
		}
		for _, file := range files.Files {
			p := places[i]
			if e := p.Store.Delete(ctx, store.Join(store.Join(p.Table, file.Folder), file.Name)); !errors.Is(e, store.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}
	return err
}

// Stage is how the files of an attempt at a shard are written to a table, and where what
// is known of them is kept.
func Stage(shard int, attempt string, to *Files) *sinks.Stage {
	return &sinks.Stage{Shard: shard, Attempt: attempt, Columns: func(columns map[string][]sinks.ColumnStats) {
		for name, of := range columns {
			to.Columns = append(to.Columns, encodeColumns(name, of))
		}
	}}
}

// Take notes the files of a manifest that a shard has written to a table.
func (f *Files) Take(st *store.Store, runID string, s *sinks.Stage, atPlace bool, m *sinks.Manifest) {
	folder := ""
	if !atPlace {
		folder = sinks.StagedFolder(st, runID, s)
	}
	f.Files = []sinks.StagedFile{}
	for _, file := range m.Files {
		f.Files = append(f.Files, sinks.StagedFile{File: file, Folder: folder})
	}
}

// Adopt returns the files of all shards, in the order of the shards.
func Adopt(all []*Done, of func(*Done) *Files) (*sinks.Adopted, error) {
	a := &sinks.Adopted{Columns: map[string][]sinks.ColumnStats{}}
	for _, d := range all {
		files := of(d)
		if files == nil {
			continue
		}
		a.Files = append(a.Files, files.Files...)
		for _, c := range files.Columns {
			stats, err := c.decode()
			if err != nil {
				return nil, fmt.Errorf("shard %d: %s: %w", d.Shard, c.Name, err)
			}
			a.Columns[c.Name] = stats
		}
	}
	return a, nil
}

// Discard deletes what is noted of the run, and, if files is set, what its shards have
// written to the tables, of which none was published.
func (f *Fleet) Discard(ctx context.Context, places []Place, files bool) error {
	identity := sinks.FleetIdentity(f.runID)
	for _, p := range places {
		var names []string
		err := p.Store.List(ctx, p.Table+"/", true, func(o store.Object) error {
			rel := o.Name[len(p.Table)+1:]
			base := rel[strings.LastIndexByte(rel, '/')+1:]
			switch {
			case rel == marker.ShardsFolder+"/"+identity+"/"+planName:
			case strings.HasPrefix(rel, marker.ShardsFolder+"/"+identity+"/"), rel == marker.Folder+"/"+identity:
				names = append(names, o.Name)
			case files && strings.HasPrefix(base, "part-") && strings.Contains(base, "-"+identity):
				names = append(names, o.Name)
			}
			return nil
		})
		if err != nil && !errors.Is(err, store.ErrNoBucket) {
			return err
		}
		if err := f.deleteAll(ctx, p, append(names, store.Join(p.Table, marker.ShardsFolder+"/"+identity+"/"+planName))); err != nil {
			return err
		}
	}
	return nil
}

// deleteAll deletes objects in their order, the plan last: without it, what is left
// would be of no run.
func (f *Fleet) deleteAll(ctx context.Context, p Place, names []string) error {
	for _, name := range names {
		if err := p.Store.Delete(ctx, name); err != nil && !errors.Is(err, store.ErrNotExist) {
			return err
		}
	}
	folders, ok := p.Store.Folders()
	if !ok {
		return nil
	}
	if err := folders.RemoveAll(ctx, store.Join(p.Table, marker.ShardsFolder+"/"+sinks.FleetIdentity(f.runID))); err != nil {
		return err
	}
	for _, rel := range []string{marker.ShardsFolder, runs.Folder, ""} { // if they are empty
		_ = p.Store.Delete(ctx, strings.TrimSuffix(store.Join(p.Table, rel), "/"))
	}
	return nil
}
