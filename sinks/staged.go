package sinks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"leapscore/engine/store"
	"leapscore/sinks/internal/marker"
)

// A run can be scored in shards, each by a process of its own, on machines of their
// own. A shard writes its files where no reader looks (Options.Stage):
//
//	preds/_leapscore/shards/r/files/...        on storage with folders
//	preds/part-00003-00000-<attempt>-<r>.parquet   on object stores, and in tables with a
//	                                           log: at their places, and named by no
//	                                           manifest or version
//
// When all shards are there, one process creates the table as any run does, and gives
// it their files in place of rows (Options.Adopt). Then the commit is that of any run.
// Package fleet knows which shards are there.

// Stage says which shard of a run is written. Attempt tells the processes apart that
// write one shard.
type Stage struct {
	Shard   int
	Attempt string
	Columns func(columns map[string][]ColumnStats) // takes those of a table with a log
}

// Adopted are files that shards have written, in the order of their rows.
type Adopted struct {
	Files   []StagedFile
	Columns map[string][]ColumnStats // of tables with a log
}

// StagedFile is a file that is finished. Folder is where it is, in the folder of the
// table: empty if it is at its place.
type StagedFile struct {
	File
	Folder string `json:"folder,omitempty"`
}

// FleetIdentity is the identity, in names, of a run that is scored in shards. It differs
// from that of a run of the same id that is not.
func FleetIdentity(runID string) string { return runIdentity(runID + "#shards") }

// StagedName is the name of data file number i of a shard.
func (s *Stage) StagedName(i int) string { return fmt.Sprintf("part-%05d-%05d", s.Shard, i) }

// StagedFolder is the folder of the files of an attempt at a shard, in the folder of the
// table: empty where files are written at their places.
func StagedFolder(st *store.Store, runID string, s *Stage) string {
	if _, ok := st.Folders(); !ok {
		return ""
	}
	return fmt.Sprintf("%s/%s/files/%05d-%s", marker.ShardsFolder, FleetIdentity(runID), s.Shard, s.Attempt)
}

// identityOf is the identity of the run in names.
func (o Options) identityOf() string {
	if o.Stage != nil || o.Adopt != nil {
		return FleetIdentity(o.RunID)
	}
	return runIdentity(o.RunID)
}

// staged is the publisher of a shard: what it publishes is seen by nobody.
type staged struct {
	place
	folder  string // StagedFolder
	stage   *Stage
	mu      sync.Mutex // of written
	written []string
	ended   bool
}

// claimStaged returns the publisher of a shard of a table of files.
func claimStaged(ctx context.Context, p place, opts Options) (publisher, error) {
	if err := p.checkNotCommitted(ctx, opts); err != nil {
		return nil, err
	}
	var err error
	if folders, ok := p.st.Folders(); ok {
		if err = (&attempt{place: p, folders: folders}).refuseLinks(ctx); err == nil {
			err = p.checkMode(ctx)
		}
	} else {
		var v *view
		if v, err = (&objects{place: p}).readFolder(ctx); err == nil {
			err = p.checkModeFor(v.tableContent())
		}
	}
	return &staged{place: p, folder: StagedFolder(p.st, p.runID, opts.Stage), stage: opts.Stage}, err
}

func (s *staged) name(folder string, i int) string {
	name := s.stage.StagedName(i)
	if s.folder == "" {
		name += "-" + s.stage.Attempt
	}
	name = store.Join(store.Join(store.Join(s.out, s.folder), folder), name+"-"+s.identity+s.ext)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written = append(s.written, name)
	return name
}

func (s *staged) exclusive() bool { return false }

func (s *staged) scratch() string { return store.Join(s.out, s.folder) }

func (s *staged) publish(context.Context, *Manifest) error {
	s.ended = true
	return nil
}

func (s *staged) abort(ctx context.Context) (err error) {
	if s.ended {
		return nil
	}
	s.ended = true
	for _, name := range s.written {
		err = errors.Join(err, unlessMissing(s.st.Delete(ctx, name)))
	}
	if folders, ok := s.st.Folders(); ok {
		err = errors.Join(err, folders.RemoveAll(ctx, store.Join(s.out, s.folder)))
	}
	return err
}

// adopter is a publisher that has to fetch the files of shards.
type adopter interface {
	adopt(ctx context.Context, files []StagedFile) error
}

// adopt makes the files of shards those of the table.
func (t *table) adopt(ctx context.Context) error {
	if t.opts.Adopt == nil {
		return nil
	}
	files := t.opts.Adopt.Files
	if a, ok := t.pub.(adopter); ok {
		if err := a.adopt(ctx, files); err != nil {
			return err
		}
	}
	for _, f := range files {
		t.files = append(t.files, f.File)
	}
	slices.SortFunc(t.files, func(a, b File) int { return strings.Compare(a.Name, b.Name) }) // by partition, and then by shard
	return nil
}

// adopt gives the files of shards second names in the staging folder of the run: while
// the commit can fail, they stay where they are.
func (a *attempt) adopt(ctx context.Context, files []StagedFile) error {
	byFolder := map[string][]string{}
	for _, f := range files {
		from := store.Join(a.out, f.Folder)
		o, err := a.st.Stat(ctx, store.Join(from, f.Name))
		if err == nil && o.Size != f.Bytes {
			err = fmt.Errorf("%s: has %d bytes, and had %d when its shard was done", a.st.URL(o.Name), o.Size, f.Bytes)
		}
		if err != nil {
			return err
		}
		byFolder[from] = append(byFolder[from], f.Name)
	}
	for from, names := range byFolder {
		err := a.folders.Link(ctx, from, a.stage(), names...)
		if errors.Is(err, errors.ErrUnsupported) {
			err = a.copyFiles(ctx, from, names)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// copyFiles is for file systems without links.
func (a *attempt) copyFiles(ctx context.Context, from string, names []string) error {
	for _, name := range names {
		r, err := a.st.Open(ctx, store.Join(from, name))
		if err != nil {
			return err
		}
		w, err := a.st.Create(ctx, store.Join(a.stage(), name), false)
		if err == nil {
			if _, err = io.Copy(w, io.NewSectionReader(r, 0, r.Size())); err != nil {
				w.Abort()
			} else {
				err = w.Commit()
			}
		}
		if err = errors.Join(err, r.Close(), ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

// withoutShards returns the files of a table that stay, without what is staged of this
// run, and whether shards of other runs are staged: their processes may be writing, so
// that the folder must not be moved away.
func (a *attempt) withoutShards(staying []string) (rest []string, others bool) {
	own := marker.ShardsFolder + "/" + a.identity + "/"
	rest = slices.DeleteFunc(slices.Clone(staying), func(rel string) bool { return strings.HasPrefix(rel, own) })
	return rest, slices.ContainsFunc(rest, func(rel string) bool { return strings.HasPrefix(rel, marker.ShardsFolder+"/") })
}

// sweepShards deletes what is staged of runs whose shards have given no sign of life for
// so long that nobody will commit them.
func (a *attempt) sweepShards(ctx context.Context) error {
	folders, err := a.subfolders(ctx, store.Join(a.out, marker.ShardsFolder)+"/")
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if path.Base(folder) == a.identity {
			continue
		}
		dead, err := marker.IsDead(ctx, a.st, store.Join(folder, marker.AliveName), a.after)
		if err != nil {
			return err
		}
		if dead {
			if err := a.folders.RemoveAll(ctx, folder); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeShards deletes what is noted of the shards of a run.
func (o *objects) removeShards(ctx context.Context, v *view, identity string) error {
	var rels []string
	for rel := range v.sizes {
		if strings.HasPrefix(rel, marker.ShardsFolder+"/"+identity+"/") {
			rels = append(rels, rel)
		}
	}
	return o.deleteObjects(ctx, rels)
}

// adopts reports whether a file of the run is one of those that are adopted.
func (o Options) adopts(rel string) bool {
	return o.Adopt != nil && slices.ContainsFunc(o.Adopt.Files, func(f StagedFile) bool { return f.Name == rel })
}
