package sinks

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"leapscore/engine/store"
	"leapscore/sinks/internal/format"
)

// Existing returns the data files of the table of files at path, whoever has written
// it, in the order of their names: none if there is no table. A table of another format
// is an error.
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
		return nil, nil // which is said when something is written there
	}
	return found, err
}

// CheckLayout checks that the files of the table at path are in folders as those of a
// run with these options will be. The error is a *LayoutError.
func CheckLayout(st *store.Store, path string, files []store.Object, opts Options) error {
	p := newPlace(st, strings.TrimSuffix(path, "/"), opts, "")
	var rel []string
	for _, f := range files {
		rel = append(rel, f.Name[len(p.out)+1:])
	}
	return p.sameLayout(rel)
}

// EmptyFile returns a file without rows, as a table of these options has them.
func EmptyFile(ctx context.Context, opts Options) ([]byte, error) {
	opts.Mode, opts.RunID, opts.Plan, opts.Resume, opts.After, opts.Once = Error, "empty", nil, false, nil, false
	o, err := opts.WithDefaults()
	if err != nil {
		return nil, err
	}
	parts, schema, err := partitioned(o)
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

// Extension is how the names of files of these options end.
func (o Options) Extension() (string, error) {
	f, err := format.New(o.encoding())
	if err != nil {
		return "", fmt.Errorf("extension: %w", err)
	}
	return f.Ext(), nil
}
