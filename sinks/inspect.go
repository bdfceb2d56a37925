package sinks

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks/internal/format"
)

// Existing returns the data files of the table of files at path, whichever program
// wrote it, in the order of their names: none if there is no table. A table of another
// format is an error.
func Existing(ctx context.Context, st *store.Store, path string) ([]store.Object, error) {
	path = strings.TrimSuffix(path, "/")
	live := map[string]bool{}
	if _, ok := st.Folders(); !ok {
		m, err := readChain(ctx, st, path)
		if err != nil && !errors.Is(err, store.ErrNotExist) {
			return nil, err
		}
		if err == nil {
			for _, f := range m.Live() {
				live[f.Name] = true
			}
			if len(live) == 0 {
				return nil, nil
			}
		}
	}
	var found []store.Object
	prefix := path + "/"
	err := st.List(ctx, prefix, true, func(o store.Object) error {
		rel := o.Name[len(prefix):]
		c := &Content{}
		if c.add(rel); c.Lake != "" {
			return lakeError(st, path, rel)
		}
		if len(c.Data) == 1 && !store.Hidden(baseName(rel)) && (len(live) == 0 || live[rel]) {
			found = append(found, o)
		}
		return nil
	})
	if errors.Is(err, store.ErrNoBucket) {
		return nil, nil // writing there returns that error
	}
	return found, err
}

// HasTable reports whether there are files of a table at path, whichever program wrote
// them. Files of runs that have not committed yet are left out.
func HasTable(ctx context.Context, st *store.Store, path string) (bool, error) {
	path = strings.TrimSuffix(path, "/")
	if _, ok := st.Folders(); ok {
		c, err := ReadContent(ctx, st, path)
		return c.Exists || c.Lake != "", err
	}
	v, err := (&objects{place: place{st: st, out: path}}).readFolder(ctx)
	if errors.Is(err, store.ErrNoBucket) {
		return false, nil
	}
	return err == nil && (v.Exists || v.Lake != ""), err
}

// CheckLayout checks that the files of the table at path are in folders as those of a
// run with these options will be. The error is a *LayoutError.
func CheckLayout(st *store.Store, path string, files []store.Object, opts Options) error {
	p := newPlace(st, strings.TrimSuffix(path, "/"), opts, "")
	var rel []string
	for _, f := range files {
		rel = append(rel, f.Name[len(p.out)+1:])
	}
	return p.checkSameLayout(rel)
}

// EmptyFile returns a file without rows, encoded like those of a table with these
// options.
func EmptyFile(ctx context.Context, opts Options) ([]byte, error) {
	opts.Mode, opts.RunID, opts.Plan, opts.Resume, opts.After, opts.Once = ModeError, "empty", nil, false, nil, false
	opts.Stage, opts.Adopt = nil, nil
	o, err := opts.WithDefaults()
	if err != nil {
		return nil, err
	}
	parts, schema, err := o.partitions()
	if err != nil {
		return nil, err
	}
	if parts != nil {
		opts.Schema, opts.PartitionBy, opts.Partitions = schema, nil, nil
	}
	st := store.New(&store.Mem{})
	t, err := CreateFile(ctx, st, "empty", opts)
	if err != nil {
		return nil, err
	}
	if _, err := t.Commit(ctx, Run{ID: "empty"}); err != nil {
		return nil, errors.Join(err, t.Abort(ctx))
	}
	return st.ReadFile(ctx, "empty")
}

// Extension returns the suffix of the names of files with these options.
func (o Options) Extension() (string, error) {
	f, err := format.New(o.encoding())
	if err != nil {
		return "", fmt.Errorf("extension: %w", err)
	}
	return f.Ext(), nil
}

// CommittedFiles reports whether the run was committed into the table at path, in
// the attempt with the token.
func CommittedFiles(ctx context.Context, st *store.Store, path, runID, token string) (bool, error) {
	path = strings.TrimSuffix(path, "/")
	folders, ok := st.Folders()
	if !ok {
		return committedObjects(ctx, st, path, runID, token)
	}
	for _, identity := range []string{runIdentity(runID), FleetIdentity(runID)} {
		a := &attempt{folders: folders, place: place{st: st, out: path, runID: runID, identity: identity}}
		if err := a.finishInterruptedSwap(ctx); err != nil {
			return false, err
		}
		if err := a.finishInPlace(ctx); err != nil {
			return false, err
		}
	}
	m, err := ReadManifest(ctx, st, path)
	if err != nil || m.Token == token {
		return err == nil, unlessMissing(err)
	}
	r, err := runs.ReadTable(ctx, st, path, runID)
	return err == nil && r.Token == token, unlessMissing(err)
}

// finishInPlace finishes a publication in place that a killed process began.
func (a *attempt) finishInPlace(ctx context.Context) error {
	j, err := a.readJournal(ctx, a.stage())
	if j == nil || err != nil {
		return err
	}
	if err := a.lockTable(ctx, a.runID); err != nil {
		return err
	}
	return errors.Join(a.finishMoves(ctx), a.releaseTable(context.WithoutCancel(ctx)))
}

func unlessMissing(err error) error {
	if errors.Is(err, store.ErrNotExist) {
		return nil
	}
	return err
}

// committedObjects searches the manifests that are still in the chain, and then the
// records of runs, which are written before their manifests.
func committedObjects(ctx context.Context, st *store.Store, path, runID, token string) (bool, error) {
	o := &objects{place: place{st: st, out: path}}
	v, err := o.readFolder(ctx)
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

// CommittedFile reports whether the file at path has the size and the hash of want.
func CommittedFile(ctx context.Context, st *store.Store, path string, want []File) (bool, error) {
	o, err := st.Stat(ctx, path)
	if err != nil || len(want) != 1 || o.Size != want[0].Bytes {
		return false, unlessMissing(err)
	}
	sum, err := hashOf(ctx, st, path)
	return sum == want[0].SHA256, err
}
