package sinks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks/internal/order"
)

// A run that was killed can be resumed where its last finished file ends. Files are
// finished in order, so the finished files are a prefix of the output; the rest is
// computed again from the same rows in the same way, and gives the same bytes. Beside
// the staging folder of the run there is, from the start,
//
//	preds/_temporary/r.resume/plan.json    what the run is to do
//	preds/_temporary/r.resume/00003.json   written when file 2 was finished:
//	                                       a checkpoint
//	preds/_temporary/r.resume/...          files that the caller keeps
//
// A later attempt must have the same plan, or it fails with a *DiffersError. It keeps
// the files of the last checkpoint that are unchanged, and starts behind them.

// checkpoint is the state of an attempt when a file was finished.
type checkpoint struct {
	Files []File          `json:"files"` // all that are finished
	Tags  []string        `json:"etags"` // of them
	Next  order.Position  `json:"next"`  // the first row behind them
	State json.RawMessage `json:"state"` // the caller's, of the parts before Next.Part
}

const (
	resumeSuffix = ".resume"
	planName     = "plan.json"
)

// Resumable is a table of a run that can be resumed. Create returns one if
// Options.Plan is set.
type Resumable interface {
	Table

	// Resumed returns the number of the first part that is wanted: those before
	// it must not be opened. It is 0 if the table starts at the beginning;
	// otherwise state is what was saved for the parts before it, and took says
	// what was taken over.
	Resumed() (part int, state []byte, took runs.Resumed)

	// OnCheckpoint has state called at each checkpoint for what is to be saved of
	// the parts before part, JSON. All of them have been committed or are
	// about to be: what is of interest of a part must be known before its
	// Commit. It is called before the first part is opened.
	OnCheckpoint(state func(ctx context.Context, part int) ([]byte, error))

	// Keep stores data beside the checkpoints, and Kept returns it to this or a
	// later attempt.
	Keep(ctx context.Context, name string, data []byte) error
	Kept(ctx context.Context, name string) ([]byte, error)

	// Finished returns the names of the files that were kept from earlier attempts.
	Finished() (*store.Store, []string)

	// Suspend ends the attempt as Abort does, but keeps finished files for a later
	// attempt.
	Suspend(ctx context.Context) error
}

// resumption holds what earlier attempts of a run finished, and writes checkpoints
// for later ones.
type resumption struct {
	st     *store.Store
	folder string     // of plan and checkpoints
	hash   bool       // whether to look at all bytes of finished files
	from   checkpoint // that the table starts from
	tags   []string   // of finished files
	state  func(ctx context.Context, part int) ([]byte, error)
}

// resumeFolder is the folder of the plan and the checkpoints of a run.
func (p *place) resumeFolder() string {
	return store.Join(p.out, tempName+"/"+p.identity+resumeSuffix)
}

// Interrupted returns the plan of an attempt of the run that was started, and not
// committed or aborted, or nil if there is none.
func Interrupted(ctx context.Context, st *store.Store, path, runID string) (*runs.Record, error) {
	p := place{st: st, out: strings.TrimSuffix(path, "/"), identity: runIdentity(runID)}
	r, err := runs.Read(ctx, st, store.Join(p.resumeFolder(), planName))
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	}
	return r, err
}

// prepareResume loads the last checkpoint of an earlier attempt if Options.Resume is
// set, and writes the plan of this one. finished is the folder of the finished files.
func (p *place) prepareResume(ctx context.Context, opts Options, finished string, hash bool) (*resumption, error) {
	r := &resumption{st: p.st, folder: p.resumeFolder(), hash: hash}
	if opts.Resume {
		old, err := Interrupted(ctx, p.st, p.out, opts.RunID)
		if err != nil {
			return nil, err
		}
		if old != nil {
			if what := runs.Differences(old, opts.Plan); len(what) > 0 {
				return nil, &DiffersError{RunID: opts.RunID, What: what}
			}
			if err := r.loadLastCheckpoint(ctx, finished); err != nil {
				return nil, err
			}
		}
	}
	data, err := opts.Plan.Encode()
	if err != nil {
		return nil, err
	}
	return r, p.st.WriteFile(ctx, store.Join(r.folder, planName), data)
}

func checkpointName(files int) string { return fmt.Sprintf("%05d.json", files) }

// loadLastCheckpoint loads the last checkpoint whose files are all unchanged, and
// deletes later ones.
func (r *resumption) loadLastCheckpoint(ctx context.Context, finished string) error {
	last := 0
	err := r.st.List(ctx, r.folder+"/", false, func(o store.Object) error {
		var n int
		if _, err := fmt.Sscanf(baseName(o.Name), "%d.json", &n); err == nil && baseName(o.Name) == checkpointName(n) {
			last = max(last, n)
		}
		return nil
	})
	if err != nil || last == 0 {
		return err
	}
	c, err := r.readCheckpoint(ctx, last)
	if err != nil {
		return err
	}
	good := 0
	for i, f := range c.Files {
		ok, err := r.isUnchanged(ctx, store.Join(finished, f.Name), f, c.Tags[i])
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		good++
	}
	// Checkpoints with changed files are deleted, so that no later attempt uses them.
	for n := last; n > good; n-- {
		if err := r.st.Delete(ctx, store.Join(r.folder, checkpointName(n))); err != nil && !errors.Is(err, store.ErrNotExist) {
			return err
		}
	}
	if good == 0 {
		return nil
	}
	if c, err = r.readCheckpoint(ctx, good); err != nil {
		return err
	}
	r.from, r.tags = *c, c.Tags
	return nil
}

func (r *resumption) readCheckpoint(ctx context.Context, files int) (*checkpoint, error) {
	name := store.Join(r.folder, checkpointName(files))
	data, err := r.st.ReadFile(ctx, name)
	if err != nil {
		return nil, err
	}
	c := new(checkpoint)
	if err := json.Unmarshal(data, c); err != nil {
		return nil, fmt.Errorf("%s: %w", r.st.URL(name), err)
	}
	if len(c.Files) != files || len(c.Tags) != files {
		return nil, fmt.Errorf("%s: %d files and %d tags, want %d", r.st.URL(name), len(c.Files), len(c.Tags), files)
	}
	return c, nil
}

// isUnchanged reports whether a file exists and has the same bytes as before. An
// object with the same tag has the same bytes.
func (r *resumption) isUnchanged(ctx context.Context, name string, f File, tag string) (bool, error) {
	o, err := r.st.Stat(ctx, name)
	switch {
	case errors.Is(err, store.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case o.Size != f.Bytes:
		return false, nil
	case !r.hash && tag != "" && o.ETag == tag:
		return true, nil
	}
	sum, err := hashOf(ctx, r.st, name)
	return sum == f.SHA256, err
}

// On an object store, the finished files of a run are under their final names
// already, and are not part of the table before a manifest lists them. Its plan and
// its checkpoints are where they are elsewhere, below _temporary. A dead run keeps
// all of that until it is swept, or until an attempt of it goes on.

// findFinishedFiles finds the files that an earlier attempt of the run has finished.
func (o *objects) findFinishedFiles(ctx context.Context, opts Options) error {
	if opts.Plan == nil || o.identity != runIdentity(o.runID) {
		return nil
	}
	var err error
	o.resume, err = o.prepareResume(ctx, opts, o.out, false)
	return err
}

// notTakenOver returns the files of the run that this attempt does not keep.
func (o *objects) notTakenOver(rels []string) []string {
	rels = slices.DeleteFunc(rels, o.adopts)
	if o.resume == nil {
		return rels
	}
	return slices.DeleteFunc(rels, func(rel string) bool {
		return slices.ContainsFunc(o.resume.from.Files, func(f File) bool { return f.Name == rel })
	})
}

// removePlan deletes the plan and the checkpoints of a run. The plan is deleted first:
// without it no attempt resumes.
func (o *objects) removePlan(ctx context.Context, identity string) error {
	folder := (&place{out: o.out, identity: identity}).resumeFolder()
	var names []string
	err := o.st.List(ctx, folder+"/", false, func(obj store.Object) error {
		names = append(names, obj.Name)
		return nil
	})
	if err != nil || len(names) == 0 {
		return err
	}
	for _, name := range append([]string{store.Join(folder, planName)}, names...) {
		if err := o.st.Delete(ctx, name); err != nil && !errors.Is(err, store.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (o *objects) resumption() *resumption { return o.resume }

// suspend keeps the marker too, so that finished files are swept once it is old.
func (o *objects) suspend(ctx context.Context) error {
	if o.ended || len(o.resume.tags) == 0 {
		return o.abort(ctx)
	}
	o.pulse.End()
	o.ended = true
	return nil
}
