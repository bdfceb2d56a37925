package sinks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"

	"leapscore/engine/store"
)

// journal lists the moves that publish a table in place. While it is in the staging
// folder of a run, the moves are to be applied or, if Undo is set, rolled back. Both
// can be restarted after any step: a move is done if the file is at its target.
type journal struct {
	Drop []string `json:"drop"` // old files, to go to old/ in the staging folder
	Add  []string `json:"add"`  // new files, to come from the staging folder
	Undo bool     `json:"undo"`
}

const droppedName = "old"

// publishInPlace publishes file by file.
func (a *attempt) publishInPlace(ctx context.Context, staying, leaving []string) error {
	j := journal{Drop: leaving}
	stays := make(map[string]bool)
	for _, rel := range staying {
		stays[rel] = true
	}
	prefix := a.stage() + "/"
	err := a.st.List(ctx, prefix, true, func(o store.Object) error {
		// swap may have linked files of the old table here before it failed: they stay.
		if rel := o.Name[len(prefix):]; rel != SuccessName && !stays[rel] {
			j.Add = append(j.Add, rel)
		}
		return nil
	})
	if err != nil {
		return err
	}
	j.Add = append(j.Add, SuccessName)
	if err := a.writeJournal(ctx, a.stage(), j); err != nil {
		return err
	}
	if err := a.applyMoves(ctx, a.stage(), j); err != nil {
		return err
	}
	// Published. The next run deletes files that cannot be deleted now.
	ctx = context.WithoutCancel(ctx)
	a.removeEmptyPartitions(ctx, j)
	_ = a.removeStage(ctx, a.stage())
	return nil
}

// removeEmptyPartitions removes the folders of partitions that have no file any more.
// Delete does not remove a folder that is not empty.
func (a *attempt) removeEmptyPartitions(ctx context.Context, j journal) {
	tried := make(map[string]bool)
	for _, rel := range j.Drop {
		for dir := path.Dir(rel); dir != "." && !tried[dir]; dir = path.Dir(dir) {
			tried[dir] = true
			_ = a.st.Delete(ctx, store.Join(a.out, dir))
		}
	}
}

// removeStage removes a staging folder whose moves are done. The journal is deleted
// first: a run that found it without the dropped files beside it would take the new
// files in the table for old ones and drop them too.
func (a *attempt) removeStage(ctx context.Context, stage string) error {
	err := a.st.Delete(ctx, store.Join(stage, journalName))
	if err != nil && !errors.Is(err, store.ErrNotExist) {
		return err
	}
	return a.folders.RemoveAll(ctx, stage)
}

func (a *attempt) writeJournal(ctx context.Context, stage string, j journal) error {
	data, err := json.Marshal(j)
	if err != nil {
		return err
	}
	return a.st.WriteFile(ctx, store.Join(stage, journalName), data)
}

// readJournal returns the journal in stage, or nil.
func (a *attempt) readJournal(ctx context.Context, stage string) (*journal, error) {
	data, err := a.st.ReadFile(ctx, store.Join(stage, journalName))
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	j := new(journal)
	if err := json.Unmarshal(data, j); err != nil {
		return nil, fmt.Errorf("%s: %w", a.st.URL(store.Join(stage, journalName)), err)
	}
	return j, a.refuseMoves(ctx, stage, j)
}

// applyMoves applies the moves of j that are not done, or rolls back those that are.
func (a *attempt) applyMoves(ctx context.Context, stage string, j journal) error {
	type step struct{ from, to string }
	var steps []step
	for _, rel := range j.Drop {
		steps = append(steps, step{store.Join(a.out, rel), store.Join(stage, droppedName+"/"+rel)})
	}
	for _, rel := range j.Add {
		steps = append(steps, step{store.Join(stage, rel), store.Join(a.out, rel)})
	}
	if j.Undo {
		slices.Reverse(steps)
		for i, s := range steps {
			steps[i] = step{s.to, s.from}
		}
	}
	for _, s := range steps {
		if err := a.moveFile(ctx, s.from, s.to); err != nil {
			return err
		}
	}
	return nil
}

// moveFile moves a file unless that is done. After a power cut the file may be in both
// places.
func (a *attempt) moveFile(ctx context.Context, from, to string) error {
	twice, err := a.folders.SameFile(ctx, from, to)
	if err != nil {
		return err
	}
	if twice {
		return a.st.Delete(ctx, from)
	}
	done, err := a.isMoved(ctx, from, to)
	if err != nil || done {
		return err
	}
	return a.folders.Rename(ctx, from, to)
}

// isMoved reports whether the file from is at to already. An old and a new file can
// have the same name, so that from may exist although the move is done: the move is
// done if from is missing or to exists.
func (a *attempt) isMoved(ctx context.Context, from, to string) (bool, error) {
	there, err := a.st.Exists(ctx, from)
	if err != nil || !there {
		return true, err
	}
	return a.st.Exists(ctx, to)
}

// undoMoves rolls back an unfinished publication in place. If that fails, the next
// run continues it, in the direction that the journal says.
func (a *attempt) undoMoves(ctx context.Context) error {
	j, err := a.readJournal(ctx, a.stage())
	if j == nil || err != nil {
		return err
	}
	j.Undo = true
	if err := a.writeJournal(ctx, a.stage(), *j); err != nil {
		return err
	}
	return a.applyMoves(ctx, a.stage(), *j)
}
