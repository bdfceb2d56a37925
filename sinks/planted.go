package sinks

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"leapscore/engine/store"
)

// A user who can write into a table's folder can plant a journal there, or a link in
// the place of a working folder, and wait for a run with more permissions. A run
// therefore moves and deletes nothing outside of the table.

// refuseLinks fails if a folder that the run works in is a link.
func (a *attempt) refuseLinks(ctx context.Context) error {
	for _, name := range []string{store.Join(a.out, tempName), store.Join(a.out, lockName), a.stage(), a.resumeFolder(), a.side()} {
		link, err := a.folders.IsLink(ctx, name)
		if err != nil {
			return err
		}
		if link {
			return &PlantedError{a.st.URL(name), "is a link, want a folder or file of its own"}
		}
	}
	return nil
}

// refuseMoves fails if a move of the journal in stage leads out of the table, by its
// name or through a link.
func (a *attempt) refuseMoves(ctx context.Context, stage string, j *journal) error {
	refused := func(why string) error {
		return &PlantedError{a.st.URL(store.Join(stage, journalName)), why}
	}
	through := make(map[string]bool)
	for _, rel := range append(append([]string{}, j.Drop...), j.Add...) {
		if !fs.ValidPath(rel) || rel == "." || rel == tempName || strings.HasPrefix(rel, tempName+"/") {
			return refused(fmt.Sprintf("names %q, which is no file of the table", rel))
		}
		for _, place := range []string{a.out, stage, store.Join(stage, droppedName)} {
			for dir := path.Dir(rel); dir != "."; dir = path.Dir(dir) {
				through[store.Join(place, dir)] = true
			}
		}
	}
	through[store.Join(stage, droppedName)] = true
	for dir := range through {
		link, err := a.folders.IsLink(ctx, dir)
		if err != nil {
			return err
		}
		if link {
			return refused("moves files through " + a.st.URL(dir) + ", which is a link")
		}
	}
	return nil
}

// withoutLinks returns the folders that are not links.
func (a *attempt) withoutLinks(ctx context.Context, found []string) ([]string, error) {
	var kept []string
	for _, f := range found {
		link, err := a.folders.IsLink(ctx, f)
		if err != nil {
			return nil, err
		}
		if !link {
			kept = append(kept, f)
		}
	}
	return kept, nil
}

// lockIsInside reports whether the lock file of a table that was moved to folder is
// reached without links, and is thus in that folder.
func lockIsInside(ctx context.Context, f store.Folders, folder string) (bool, error) {
	for _, name := range []string{folder, store.Join(folder, tempName), store.Join(folder, lockName)} {
		link, err := f.IsLink(ctx, name)
		if link || err != nil {
			return false, err
		}
	}
	return true, nil
}
