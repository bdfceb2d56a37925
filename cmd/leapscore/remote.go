package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"
	"sync"

	"leapscore/bundle"
	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud" // s3, gs and azblob
)

// isURL reports whether a path names a store.
func isURL(path string) bool { return strings.Contains(path, "://") }

// remoteFiles finds and opens files by URL.
type remoteFiles struct {
	mu    sync.Mutex
	found map[string]remoteFile
}

type remoteFile struct {
	st   *store.Store
	name string
}

// opener returns how to open the inputs: nil for local ones.
func opener(inputs []string) (*remoteFiles, error) {
	urls := 0
	for _, in := range inputs {
		if isURL(in) {
			urls++
		}
	}
	switch urls {
	case 0:
		return nil, nil
	case len(inputs):
		return &remoteFiles{found: map[string]remoteFile{}}, nil
	}
	return nil, usageError{errors.New("input: either all are URLs or none is; write local ones as file:///path")}
}

// Glob lists the objects that a pattern names.
func (r *remoteFiles) Glob(ctx context.Context, pattern string) ([]store.Object, error) {
	st, name, err := store.Open(ctx, pattern)
	if err != nil {
		return nil, err
	}
	objects, err := st.Glob(ctx, name)
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, o := range objects {
		objects[i].Name = st.URL(o.Name)
		r.found[objects[i].Name] = remoteFile{st, o.Name}
	}
	return objects, err
}

// Open opens an object that Glob has listed.
func (r *remoteFiles) Open(ctx context.Context, url string) (store.Reader, error) {
	r.mu.Lock()
	f, ok := r.found[url]
	r.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("%s: %w", url, store.ErrNotExist)
	}
	return f.st.Open(ctx, f.name)
}

// openBundle opens a bundle by path or URL. One from a store must be a zip, and
// is copied to a temporary file first.
func openBundle(ctx context.Context, where string) (*bundle.Bundle, error) {
	if !isURL(where) {
		return bundle.Open(where, bundle.Limits{})
	}
	st, name, err := store.Open(ctx, where)
	if err != nil {
		return nil, err
	}
	data, err := st.ReadFile(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	dir, err := os.MkdirTemp("", "leapscore-model-")
	if err != nil {
		return nil, err
	}
	// An open file outlives its name where folders can be removed under it;
	// elsewhere the system clears its temporary folder.
	defer os.RemoveAll(dir)
	file := path.Join(dir, path.Base(name))
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return nil, err
	}
	return bundle.Open(file, bundle.Limits{})
}
