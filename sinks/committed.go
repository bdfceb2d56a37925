package sinks

import (
	"context"
	"errors"
	"strings"

	"leapscore/engine/store"
	"leapscore/runs"
)

// CommittedFiles reports whether the run was committed into the table at path, in
// the attempt with the token.
func CommittedFiles(ctx context.Context, st *store.Store, path, runID, token string) (bool, error) {
	path = strings.TrimSuffix(path, "/")
	folders, ok := st.Folders()
	if !ok {
		return committedObjects(ctx, st, path, runID, token)
	}
	a := &attempt{folders: folders, place: place{st: st, out: path, runID: runID, identity: runIdentity(runID)}}
	if err := a.restore(ctx); err != nil {
		return false, err
	}
	if err := a.finishInPlace(ctx); err != nil {
		return false, err
	}
	m, err := ReadManifest(ctx, st, path)
	if err != nil || m.Token == token {
		return err == nil, unlessMissing(err)
	}
	r, err := runs.ReadTable(ctx, st, path, runID)
	return err == nil && r.Token == token, unlessMissing(err)
}

// finishInPlace does what is left of a publication in place that a dead process
// has begun.
func (a *attempt) finishInPlace(ctx context.Context) error {
	j, err := a.readJournal(ctx, a.stage())
	if j == nil || err != nil {
		return err
	}
	if err := a.enter(ctx, a.runID); err != nil {
		return err
	}
	return errors.Join(a.finishMoves(ctx), a.leave(context.WithoutCancel(ctx)))
}

func unlessMissing(err error) error {
	if errors.Is(err, store.ErrNotExist) {
		return nil
	}
	return err
}

// committedObjects looks into the manifests that are left of the chain, and then
// at the record, which is written before the manifest is.
func committedObjects(ctx context.Context, st *store.Store, path, runID, token string) (bool, error) {
	o := &objects{place: place{st: st, out: path}}
	v, err := o.look(ctx)
	if err != nil || v.last == nil {
		return false, err
	}
	other := false
	for _, n := range v.chain {
		m, err := readManifest(ctx, st, store.Join(path, chainName(n)))
		if errors.Is(err, store.ErrNotExist) {
			continue
		}
		if err != nil || m.Token == token {
			return err == nil, err
		}
		other = other || m.RunID == runID
	}
	if other {
		return false, nil
	}
	past, _, err := runs.History(ctx, st, path, v.last.RunID)
	for _, r := range past {
		if r.RunID == runID && r.Token == token {
			return true, nil
		}
	}
	return false, err
}

// CommittedFile reports whether the file at path is the one that was to be written.
func CommittedFile(ctx context.Context, st *store.Store, path string, want []File) (bool, error) {
	o, err := st.Stat(ctx, path)
	if err != nil || len(want) != 1 || o.Size != want[0].Bytes {
		return false, unlessMissing(err)
	}
	sum, err := hashOf(ctx, st, path)
	return sum == want[0].SHA256, err
}
