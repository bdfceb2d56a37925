package sinks

import (
	"context"
	"errors"
	"strings"
	"time"

	"leapscore/engine/store"
	"leapscore/sinks/internal/marker"
)

// The commit of a table in a folder, here "preds" in the run "r", on a storage
// with real folders:
//
//	writing    preds/_temporary/lock     locked by r while its process lives
//	           preds/_temporary/r/...    the new files; readers ignore them
//	   |
//	   |  the manifest, as preds/_temporary/r/_SUCCESS
//	   |  what stays of the old table (append: its files;
//	   |  overwrite-partitions: those of other partitions; always:
//	   |  hidden files of others) gets a second name in preds/_temporary/r: a link
//	   |  preds/_temporary/r is moved beside preds
//	   v
//	staged     .preds.leapscore-r/       the whole new table
//	   |
//	   |  the two folders are exchanged: one step
//	   v
//	published  preds/                    the new table
//	           .preds.leapscore-r/       the old one, with _temporary/lock
//	   |
//	   |  .preds.leapscore-r is removed
//	   v
//	done
//
// A reader sees the old table up to "published" and the new one from then on.
// The next run deletes all files that a killed process left in "writing", "staged"
// or "published". In the first two states it is safe because the next run holds
// preds/_temporary/lock, so that no other run is alive there; in the third it tries
// the lock inside the old folder.
//
// Where folders cannot be exchanged (some network file systems), they are renamed
// one after the other: preds to .preds.leapscore-r.old, and .preds.leapscore-r
// to preds. A reader between the two finds no table. If the process dies there,
// the next run finishes the second rename before anything else.
//
// Where the folder cannot be moved at all (it is a mount point, or the folder
// above is not ours), or old files cannot be linked, files are moved one by one
// after a journal of all moves was written: old files out first, then new files in,
// _SUCCESS last. A reader in between may find a part of the old or of the new table,
// never rows of both, and no _SUCCESS. If the process dies there, the next run
// finishes the moves. See publish_inplace.go.

// Names in a table's folder.
const (
	tempName    = "_temporary"
	lockName    = tempName + "/lock"
	journalName = "journal.json"
)

// attempt is a claimed folder: the publisher of Create on storage with folders.
type attempt struct {
	place
	folders store.Folders
	lock    store.Lock // nil where there are no locks
	made    bool       // out did not exist
	ended   bool

	resuming   bool // files that an earlier attempt of the run finished are kept
	resume     *resumption
	publishing bool
	noted      bool // there is a note that the table waits for another's commit
}

// claimTable returns the publisher for the table out of st.
func claimTable(ctx context.Context, st *store.Store, out string, opts Options, ext string) (publisher, error) {
	out = strings.TrimSuffix(out, "/")
	if out == "" {
		return nil, errors.New("the root of a storage cannot be a table")
	}
	p := newPlace(st, out, opts, ext)
	if opts.Stage != nil {
		return claimStaged(ctx, p, opts)
	}
	folders, ok := st.Folders()
	if !ok {
		return claimObjects(ctx, p, opts)
	}
	a := &attempt{place: p, folders: folders, resuming: opts.Resume}
	if err := a.refuseLinks(ctx); err != nil {
		return nil, err
	}
	if err := a.finishInterruptedSwap(ctx); err != nil {
		return nil, err
	}
	if err := a.checkNotCommitted(ctx, opts); err != nil {
		return nil, err
	}
	// Checked before the run creates anything, since the mode may forbid any change.
	if begun, err := a.hasEarlierAttempt(ctx); err != nil {
		return nil, err
	} else if err := a.checkMode(ctx); err != nil && !begun {
		return nil, err
	}
	if err := a.lockTable(ctx, opts.RunID); err != nil {
		return nil, err
	}
	err := a.checkNotMidSwap(ctx)
	if err == nil {
		err = a.recoverInterruptedPublish(ctx, opts)
	}
	if err == nil {
		err = a.sweepDeadRuns(ctx)
	}
	if err == nil {
		err = a.checkMode(ctx)
	}
	if err == nil {
		err = a.keepFinishedFiles(ctx, opts)
	}
	if err != nil {
		return nil, errors.Join(err, a.releaseTable(context.WithoutCancel(ctx)))
	}
	return a, nil
}

// lockTable locks the table for this run.
func (a *attempt) lockTable(ctx context.Context, runID string) error {
	isFolder, err := a.folders.IsFolder(ctx, a.out)
	if err != nil {
		return err
	}
	a.made = !isFolder
	lock, err := a.folders.Lock(ctx, store.Join(a.out, lockName), marker.Process(runID))
	if busy, ok := errors.AsType[*store.LockedError](err); ok {
		return &BusyError{Path: a.st.URL(a.out), Owner: busy.Owner}
	}
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	a.lock = lock
	return nil
}

// releaseTable unlocks the table, and removes the folders that lockTable made if they
// are empty.
func (a *attempt) releaseTable(ctx context.Context) error {
	var err error
	if a.resume != nil {
		err = a.folders.RemoveAll(ctx, a.resumeFolder())
	}
	if a.lock != nil {
		err = errors.Join(err, a.lock.Unlock())
		a.lock = nil
	}
	// Delete removes only empty folders: another run may have started meanwhile.
	_ = a.st.Delete(ctx, store.Join(a.out, tempName))
	if a.made {
		_ = a.st.Delete(ctx, a.out)
	}
	return err
}

func (a *attempt) stage() string { return store.Join(a.out, tempName+"/"+a.identity) }

// side is the folder of the complete new table, beside the old one.
func (a *attempt) side() string { return sidePrefix(a.out) + a.identity }

// sidePrefix is the prefix that the side folders of all runs share.
func sidePrefix(out string) string {
	dir, base := "", out
	if i := strings.LastIndexByte(out, '/'); i >= 0 {
		dir, base = out[:i+1], out[i+1:]
	}
	return dir + "." + base + ".leapscore-"
}

const oldSuffix = ".old"

func (a *attempt) name(folder string, i int) string {
	return store.Join(a.stage(), store.Join(folder, partName(i, a.identity, a.ext)))
}

func (a *attempt) scratch() string { return store.Join(a.out, tempName) }

func (a *attempt) exclusive() bool { return false }

func (a *attempt) publish(ctx context.Context, m *Manifest) error {
	a.publishing = true
	old, err := a.content(ctx)
	if err != nil {
		return err
	}
	if err := a.writeSuccess(ctx, *m, old); err != nil {
		return err
	}
	if err := a.writeRecord(ctx, a.stage(), m, old); err != nil {
		return err
	}
	staying, leaving := old.split(a.replaces(m.Files))
	staying, others := a.withoutShards(staying)
	err = errors.ErrUnsupported
	if !others {
		err = a.swap(ctx, staying)
	}
	if err != nil {
		if !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
		if err := a.publishInPlace(ctx, staying, leaving); err != nil {
			return err
		}
	}
	// The table is published. The next run deletes files that cannot be deleted now.
	ctx = context.WithoutCancel(ctx)
	_ = a.folders.RemoveAll(ctx, a.side())
	_ = a.folders.RemoveAll(ctx, a.side()+oldSuffix)
	_ = a.removeNote(ctx)
	a.made, a.ended = false, true
	_ = a.releaseTable(ctx)
	return nil
}

// swap publishes by moving whole folders. If the storage cannot do that, swap
// restores the state before and returns errors.ErrUnsupported.
func (a *attempt) swap(ctx context.Context, staying []string) error {
	if err := a.folders.Link(ctx, a.out, a.stage(), staying...); err != nil {
		return err
	}
	if err := a.folders.Rename(ctx, a.stage(), a.side()); err != nil {
		return err
	}
	err := a.folders.Exchange(ctx, a.side(), a.out)
	if errors.Is(err, errors.ErrUnsupported) {
		err = a.swapInTwo(ctx)
	}
	if errors.Is(err, errors.ErrUnsupported) {
		if back := a.folders.Rename(ctx, a.side(), a.stage()); back != nil {
			return back
		}
	}
	return err
}

// The second rename of swapInTwo can fail because another run found no table and has
// created the folder. That run deletes it again (checkNotMidSwap), so the rename is
// retried.
const (
	swapTries = 50
	swapPause = 20 * time.Millisecond
)

// swapInTwo renames the old folder to side+oldSuffix and the new one to its place.
func (a *attempt) swapInTwo(ctx context.Context) error {
	away := a.side() + oldSuffix
	if err := a.folders.Rename(ctx, a.out, away); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	var err error
	for range swapTries {
		if err = a.folders.Rename(ctx, a.side(), a.out); err == nil {
			return nil
		}
		time.Sleep(swapPause)
	}
	if back := a.folders.Rename(ctx, away, a.out); back != nil {
		return errors.Join(err, back) // the next run restores it
	}
	return err
}

func (a *attempt) abort(ctx context.Context) error {
	if a.ended {
		return nil
	}
	a.ended = true
	if err := a.undoMoves(ctx); err != nil {
		return err
	}
	err := errors.Join(
		a.removeStage(ctx, a.stage()),
		a.removeNote(ctx),
		a.folders.RemoveAll(ctx, a.side()),
	)
	return errors.Join(err, a.releaseTable(ctx))
}
