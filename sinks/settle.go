package sinks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"leapscore/engine/store"
	"leapscore/runs"
)

// pendingSuffix ends the names of notes of tables that wait for another's commit.
const pendingSuffix = ".pending.json"

// pendingFolder holds the notes on object stores.
const pendingFolder = runs.Folder + "/pending"

// Decide reports whether the commit that an intent names has taken place.
type Decide func(ctx context.Context, in Intent) (bool, error)

// Settle finishes tables in the folder path of st that killed runs left waiting for
// the commit of another table: it publishes them if that commit has taken place, and
// deletes them otherwise. runID is the run that is about to write the table, or empty:
// tables that an earlier attempt of it left are settled without waiting.
func Settle(ctx context.Context, st *store.Store, path, runID string, after time.Duration, decide Decide) error {
	path = strings.TrimSuffix(path, "/")
	if path == "" {
		return nil
	}
	if after <= 0 {
		after = DefaultSweepAfter
	}
	folders, ok := st.Folders()
	if !ok {
		return settleObjects(ctx, st, path, runID, after, decide)
	}
	a := &attempt{place: place{st: st, out: path}, folders: folders}
	if err := a.finishInterruptedSwap(ctx); err != nil {
		return unlessBusy(err)
	}
	notes, err := notesIn(ctx, st, store.Join(path, tempName)+"/")
	if err != nil || len(notes) == 0 {
		return err
	}
	if err := a.refuseLinks(ctx); err != nil {
		return err
	}
	if err := a.lockTable(ctx, runID); err != nil {
		return unlessBusy(err) // its run lives
	}
	err = a.settleNotes(ctx, decide)
	return errors.Join(err, a.releaseTable(context.WithoutCancel(ctx)))
}

func unlessBusy(err error) error {
	if _, ok := errors.AsType[*BusyError](err); ok {
		return nil
	}
	return err
}

// notesIn returns the names of the notes that start with prefix.
func notesIn(ctx context.Context, st *store.Store, prefix string) ([]string, error) {
	var notes []string
	err := st.List(ctx, prefix, false, func(o store.Object) error {
		if base := baseName(o.Name); strings.HasSuffix(base, pendingSuffix) && !strings.HasPrefix(base, ".") {
			notes = append(notes, o.Name)
		}
		return nil
	})
	return notes, err
}

func readNote(ctx context.Context, st *store.Store, name string) (*pending, error) {
	data, err := st.ReadFile(ctx, name)
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	p := new(pending)
	if err := json.Unmarshal(data, p); err != nil || p.Manifest == nil {
		return nil, fmt.Errorf("%s: is damaged (%v): it says what became of the rejects of a run that died; "+
			"remove it, and what is staged beside it is removed by the next run", st.URL(name), err)
	}
	return p, nil
}

// readTableNote is readNote for a folder, whose notes have a mode.
func readTableNote(ctx context.Context, st *store.Store, name string) (*pending, Mode, error) {
	p, err := readNote(ctx, st, name)
	if p == nil || err != nil {
		return nil, 0, err
	}
	mode, err := ParseMode(p.Mode)
	return p, mode, err
}

// committed reports whether the commit that the rows of a note wait for has taken
// place. where is their table.
func (d Decide) committed(ctx context.Context, where string, p *pending) (bool, error) {
	done, err := d(ctx, p.Intent)
	if err != nil {
		err = fmt.Errorf("%s: whether the rejects of run %s belong to its table is not known: %w", where, p.Manifest.RunID, err)
	}
	return done, err
}

func writeNote(ctx context.Context, st *store.Store, name string, p pending) error {
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return st.WriteFile(ctx, name, append(data, '\n'))
}

// settleNotes settles each note of a table that is locked.
func (a *attempt) settleNotes(ctx context.Context, decide Decide) error {
	for {
		notes, err := notesIn(ctx, a.st, store.Join(a.out, tempName)+"/")
		if err != nil || len(notes) == 0 {
			return err
		}
		p, mode, err := readTableNote(ctx, a.st, notes[0])
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		identity := strings.TrimSuffix(baseName(notes[0]), pendingSuffix)
		if identity != runIdentity(p.Manifest.RunID) && identity != FleetIdentity(p.Manifest.RunID) {
			return fmt.Errorf("%s: is the note of another run; remove it", a.st.URL(notes[0]))
		}
		own := &attempt{folders: a.folders, lock: a.lock, noted: true, place: place{st: a.st, out: a.out, runID: p.Manifest.RunID, identity: identity, mode: mode}}
		if err := own.refuseLinks(ctx); err != nil {
			return err
		}
		if err := own.settleStaged(ctx, p, decide); err != nil {
			return err
		}
		if own.lock == nil { // published: the lock went with the old folder
			a.lock = nil
			return Settle(ctx, a.st, a.out, "", 0, decide)
		}
	}
}

// settleStaged publishes the staged table of the run, or deletes it.
func (a *attempt) settleStaged(ctx context.Context, p *pending, decide Decide) error {
	done, err := decide.committed(ctx, a.st.URL(a.out), p)
	if err != nil {
		return err
	}
	if !done {
		return errors.Join(a.removeStage(ctx, a.stage()), a.removeNote(ctx))
	}
	if err := a.finishMoves(ctx); err != nil {
		return err
	}
	if err := a.moveBackToStage(ctx); err != nil {
		return err
	}
	staged, err := a.keepOnlyStaged(ctx, p.Manifest.Files)
	if err != nil {
		return err
	}
	if !staged { // they have been moved in place
		return errors.Join(a.removeStage(ctx, a.stage()), a.removeNote(ctx))
	}
	return a.publish(ctx, p.Manifest)
}

// moveBackToStage moves the staged files from the side folder back to the staging
// folder. After a power cut they may be at both places.
func (a *attempt) moveBackToStage(ctx context.Context) error {
	aside, err := a.folders.IsFolder(ctx, a.side())
	if err != nil || !aside {
		return err
	}
	staged, err := a.folders.IsFolder(ctx, a.stage())
	if err != nil {
		return err
	}
	if staged {
		return a.folders.RemoveAll(ctx, a.side())
	}
	return a.folders.Rename(ctx, a.side(), a.stage())
}

// keepOnlyStaged reports whether the files are in the staging folder, and deletes the
// files that an attempt to publish has put beside them.
func (a *attempt) keepOnlyStaged(ctx context.Context, files []File) (bool, error) {
	want := map[string]bool{}
	for _, f := range files {
		want[store.Join(a.stage(), f.Name)] = true
	}
	var others []string
	found := 0
	err := a.st.List(ctx, a.stage()+"/", true, func(o store.Object) error {
		if want[o.Name] {
			found++
		} else {
			others = append(others, o.Name)
		}
		return nil
	})
	if err != nil || found < len(files) {
		return false, err
	}
	for _, name := range others {
		if err := a.st.Delete(ctx, name); err != nil && !errors.Is(err, store.ErrNotExist) {
			return false, err
		}
	}
	return true, nil
}

func (a *attempt) noteName() string { return store.Join(a.out, tempName+"/"+a.identity+pendingSuffix) }

// removeNote removes the note, if there is one.
func (a *attempt) removeNote(ctx context.Context) error {
	if !a.noted {
		return nil
	}
	return unlessMissing(a.st.Delete(ctx, a.noteName()))
}

func (a *attempt) writePendingNote(ctx context.Context, p pending) error {
	a.noted = true
	return writeNote(ctx, a.st, a.noteName(), p)
}

func (a *attempt) leaveToSettle(ctx context.Context) error {
	a.ended = true
	return a.unlock(ctx)
}

// unlock unlocks the table and keeps staged files.
func (a *attempt) unlock(context.Context) error {
	if a.lock == nil {
		return nil
	}
	err := a.lock.Unlock()
	a.lock = nil
	return err
}
