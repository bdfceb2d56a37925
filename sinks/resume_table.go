package sinks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"

	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks/internal/order"
)

// resumer is a publisher whose attempts can be resumed.
type resumer interface {
	publisher
	// resumption is nil if this one is not to be.
	resumption() *resumption
	// suspend unlocks the table and keeps finished files.
	suspend(ctx context.Context) error
}

// startFrom continues behind the finished files that the publisher found.
func (t *table) startFrom(pub publisher) Table {
	r, ok := pub.(resumer)
	if !ok || r.resumption() == nil {
		return t
	}
	t.resume = r.resumption()
	t.files = append(t.files, t.resume.from.Files...)
	t.next = len(t.files)
	t.order.StartAt(t.resume.from.Next.Part)
	return resumable{t}
}

// rowsBefore returns how many rows of part n are in finished files.
func (t *table) rowsBefore(n int) int64 {
	if t.resume != nil && n == t.resume.from.Next.Part {
		return t.resume.from.Next.Row
	}
	return 0
}

// checkpoint records that all rows before next are in finished files.
func (t *table) checkpoint(next order.Position) error {
	r := t.resume
	if r == nil {
		return nil
	}
	last := t.files[len(t.files)-1]
	o, err := r.st.Stat(t.ctx, t.pub.name("", len(t.files)-1))
	if err != nil {
		return err
	}
	r.tags = append(r.tags, o.ETag)
	c := checkpoint{Files: t.files, Tags: r.tags, Next: next, State: json.RawMessage("null")}
	if o.Size != last.Bytes {
		return errors.New(r.st.URL(o.Name) + ": has another size than was written")
	}
	if r.state != nil {
		if c.State, err = r.state(t.ctx, next.Part); err != nil {
			return err
		}
	}
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return r.st.WriteFile(t.ctx, store.Join(r.folder, checkpointName(len(t.files))), data)
}

// resumable is a table with checkpoints.
type resumable struct{ *table }

func (t resumable) Resumed() (part int, state []byte, took runs.Resumed) {
	c := t.resume.from
	for _, f := range c.Files {
		took.Files++
		took.Rows += f.Rows
	}
	return c.Next.Part, c.State, took
}

func (t resumable) Finished() (*store.Store, []string) {
	var names []string
	for i := range t.resume.from.Files {
		names = append(names, t.pub.name("", i))
	}
	return t.resume.st, names
}

func (t resumable) OnCheckpoint(state func(ctx context.Context, part int) ([]byte, error)) {
	t.resume.state = state
}

func (t resumable) Keep(ctx context.Context, name string, data []byte) error {
	return t.resume.st.WriteFile(ctx, store.Join(t.resume.folder, name), data)
}

func (t resumable) Kept(ctx context.Context, name string) ([]byte, error) {
	return t.resume.st.ReadFile(ctx, store.Join(t.resume.folder, name))
}

func (t resumable) Suspend(ctx context.Context) error {
	if t.over {
		return nil
	}
	t.stopWriting()
	return t.pub.(resumer).suspend(ctx)
}

// hashOf returns the hash of an object, as manifests have it.
func hashOf(ctx context.Context, st *store.Store, name string) (string, error) {
	r, err := st.Open(ctx, name)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, io.NewSectionReader(r, 0, r.Size()))
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, r.Close(), ctx.Err())
}

// keepFinishedFiles takes over the staging folder of an interrupted attempt: it
// deletes all but the finished files.
func (a *attempt) keepFinishedFiles(ctx context.Context, opts Options) error {
	if opts.Plan == nil || a.lock == nil { // without locks, live and dead attempts cannot be told apart
		return nil
	}
	r, err := a.prepareResume(ctx, opts, a.stage(), true)
	if err != nil {
		return err
	}
	a.resume = r
	finished := make(map[string]bool)
	for _, f := range r.from.Files {
		finished[store.Join(a.stage(), f.Name)] = true
	}
	var surplus []string
	err = a.st.List(ctx, a.stage()+"/", true, func(o store.Object) error {
		if !finished[o.Name] {
			surplus = append(surplus, o.Name)
		}
		return nil
	})
	for _, name := range surplus {
		err = errors.Join(err, a.st.Delete(ctx, name))
		if dir := path.Dir(name); dir != a.stage() {
			_ = a.st.Delete(ctx, dir) // if it is empty now
		}
	}
	return err
}

// recoverInterruptedPublish finishes a publication in place, and moves a complete
// table that was not published back to the staging folder. It must come before the
// sweep, which would delete both.
func (a *attempt) recoverInterruptedPublish(ctx context.Context, opts Options) error {
	if !opts.Resume || a.lock == nil {
		return a.checkNotCommitted(ctx, opts)
	}
	if err := a.finishMoves(ctx); err != nil {
		return err
	}
	if err := a.checkNotCommitted(ctx, opts); err != nil {
		return err // and the side folder may hold the old table
	}
	aside, err := a.folders.IsFolder(ctx, a.side())
	if err != nil || !aside {
		return err
	}
	return a.folders.Rename(ctx, a.side(), a.stage())
}

// hasEarlierAttempt reports whether there is an earlier attempt that this one resumes.
// It may have moved some of its files in place.
func (a *attempt) hasEarlierAttempt(ctx context.Context) (bool, error) {
	if !a.resuming {
		return false, nil
	}
	return a.st.Exists(ctx, store.Join(a.resumeFolder(), planName))
}

// checkNotCommitted fails if the run was committed last, or if the last run is not
// Options.After.
func (p *place) checkNotCommitted(ctx context.Context, opts Options) error {
	once := (opts.Plan != nil || opts.Once) && opts.Redo == nil
	if !once && opts.After == nil {
		return nil
	}
	m, err := ReadManifest(ctx, p.st, p.out)
	if errors.Is(err, store.ErrNotExist) {
		m, err = new(Manifest), nil
	}
	switch {
	case err != nil:
		return err
	case once && m.RunID == p.runID:
		return fmt.Errorf("%s: run %s: %w", p.st.URL(p.out), p.runID, ErrRunDone)
	case opts.After != nil && m.RunID != *opts.After:
		return &MovedError{Path: p.st.URL(p.out), Want: *opts.After, Found: m.RunID}
	}
	return nil
}

// finishMoves finishes a publication in place, or its roll-back.
func (a *attempt) finishMoves(ctx context.Context) error {
	j, err := a.readJournal(ctx, a.stage())
	if j == nil || err != nil {
		return err
	}
	if err := a.applyMoves(ctx, a.stage(), *j); err != nil {
		return err
	}
	if !j.Undo {
		return a.removeStage(ctx, a.stage())
	}
	err = a.st.Delete(ctx, store.Join(a.stage(), journalName))
	return errors.Join(err, a.folders.RemoveAll(ctx, store.Join(a.stage(), droppedName)))
}

// survivesSweep reports whether a folder below _temporary is to survive the sweep.
func (a *attempt) survivesSweep(folder string) bool {
	return a.resuming && (folder == a.stage() || folder == a.resumeFolder())
}

func (a *attempt) resumption() *resumption { return a.resume }

func (a *attempt) suspend(ctx context.Context) error {
	if a.ended {
		return nil
	}
	if a.publishing || len(a.resume.tags) == 0 {
		return a.abort(ctx)
	}
	a.ended = true
	err := a.lock.Unlock()
	a.lock = nil
	return err
}
