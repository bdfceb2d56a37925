package sinks

import (
	"context"
	"errors"
	"slices"
	"strings"

	"leapscore/engine/store"
)

// subfolders returns the names of folders that start with prefix. It leaves out links,
// which no run makes.
func (a *attempt) subfolders(ctx context.Context, prefix string) ([]string, error) {
	var found []string
	err := a.st.List(ctx, prefix, false, func(o store.Object) error {
		if f, ok := strings.CutSuffix(o.Name, "/"); ok {
			found = append(found, f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return a.withoutLinks(ctx, found)
}

// stages returns the folders below _temporary without those that wait for the commit
// of another table, and without links, which no run makes.
func (a *attempt) stages(ctx context.Context) (found []string, err error) {
	waits := map[string]bool{}
	err = a.st.List(ctx, store.Join(a.out, tempName)+"/", false, func(o store.Object) error {
		if f, ok := strings.CutSuffix(o.Name, "/"); ok {
			found = append(found, f)
		} else if stage, ok := strings.CutSuffix(o.Name, pendingSuffix); ok {
			waits[stage] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return a.withoutLinks(ctx, slices.DeleteFunc(found, func(stage string) bool { return waits[stage] }))
}

// finishInterruptedSwap finishes the publication of a run that died between the two renames of
// swapInTwo, when there is no table at its place.
func (a *attempt) finishInterruptedSwap(ctx context.Context) error {
	sides, err := a.subfolders(ctx, sidePrefix(a.out))
	if err != nil {
		return err
	}
	for _, old := range sides {
		side, isOld := strings.CutSuffix(old, oldSuffix)
		if !isOld {
			continue
		}
		c, err := a.content(ctx)
		if err != nil || c.Exists {
			return err
		}
		if err := a.finishSwap(ctx, side, old); err != nil {
			return err
		}
	}
	return nil
}

// checkNotMidSwap fails if the table is between the two renames of swapInTwo just now.
// The caller has locked what it took for a place without a table.
func (a *attempt) checkNotMidSwap(ctx context.Context) error {
	sides, err := a.subfolders(ctx, sidePrefix(a.out))
	if err != nil {
		return err
	}
	for _, s := range sides {
		if !strings.HasSuffix(s, oldSuffix) {
			continue
		}
		if c, err := a.content(ctx); err != nil || c.Exists {
			return err
		}
		return &BusyError{Path: a.st.URL(a.out)}
	}
	return nil
}

func (a *attempt) finishSwap(ctx context.Context, side, old string) error {
	lock, err := a.lockIfDead(ctx, old)
	if err != nil {
		return err
	}
	if lock == nil {
		return &BusyError{Path: a.st.URL(a.out)}
	}
	whole, err := a.st.Exists(ctx, store.Join(side, SuccessName))
	if err != nil {
		return errors.Join(err, lock.Unlock())
	}
	from := old
	if whole {
		from = side
	}
	// The folder can only be one that a run created for its lock and left.
	err = a.folders.RemoveAll(ctx, store.Join(a.out, tempName))
	if err == nil {
		err = a.folders.Rename(ctx, from, a.out)
	}
	return errors.Join(err, lock.Unlock())
}

// lockIfDead locks the table that was moved to folder, or returns nil if its
// run is alive.
func (a *attempt) lockIfDead(ctx context.Context, folder string) (store.Lock, error) {
	if ours, err := lockIsInside(ctx, a.folders, folder); err != nil || !ours {
		return nil, err
	}
	lock, err := a.folders.Lock(ctx, store.Join(folder, lockName), "")
	if _, ok := errors.AsType[*store.LockedError](err); ok {
		return nil, nil
	}
	return lock, err
}

// sweepDeadRuns deletes the files of killed runs, and finishes their publications in
// place. The caller has locked the table; without locks, dead runs cannot be told from
// live ones, and nothing is deleted.
func (a *attempt) sweepDeadRuns(ctx context.Context) error {
	if a.lock == nil {
		return nil
	}
	stages, err := a.stages(ctx)
	if err != nil {
		return err
	}
	for _, stage := range stages {
		if a.survivesSweep(stage) {
			continue
		}
		j, err := a.readJournal(ctx, stage)
		if err != nil {
			return err
		}
		if j != nil {
			if err := a.applyMoves(ctx, stage, *j); err != nil {
				return err
			}
			a.removeEmptyPartitions(ctx, *j)
		}
		if err := a.removeStage(ctx, stage); err != nil {
			return err
		}
	}
	sides, err := a.subfolders(ctx, sidePrefix(a.out))
	if err != nil {
		return err
	}
	for _, side := range sides {
		if err := a.removeIfDead(ctx, side); err != nil {
			return err
		}
	}
	return a.sweepShards(ctx)
}

// removeIfDead deletes a folder beside the table, unless its run is alive: that run is
// about to delete it itself.
func (a *attempt) removeIfDead(ctx context.Context, side string) error {
	lock, err := a.lockIfDead(ctx, side)
	if lock == nil || err != nil {
		return err
	}
	return errors.Join(a.folders.RemoveAll(ctx, side), lock.Unlock())
}
