// Package remote finds and opens files by URL.
package remote

import (
	"context"
	"errors"
	"sync"

	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud" // s3, gs and azblob
	"leapscore/internal/fault"
	"leapscore/sources"
)

// Files finds and opens files by URL, and others by path.
type Files struct {
	sources.Explorer // for paths
	stores           store.Options

	mu    sync.Mutex
	found map[string]file
}

type file struct {
	st *store.Store
	o  store.Object
}

// Opener returns how to open the inputs: nil if all are local.
func Opener(inputs []string, stores store.Options) *Files {
	for _, in := range inputs {
		if store.IsURL(in) {
			return New(stores)
		}
	}
	return nil
}

// New returns Files without any found yet.
func New(stores store.Options) *Files {
	return &Files{Explorer: sources.Local(), stores: stores, found: map[string]file{}}
}

// Search looks for the files or objects that a pattern names.
func (r *Files) Search(ctx context.Context, pattern string) (*store.Search, error) {
	if !store.IsURL(pattern) {
		return r.Explorer.Search(ctx, pattern)
	}
	st, name, err := store.OpenWith(ctx, pattern, r.stores)
	if err != nil {
		return nil, fault.Usage(err)
	}
	s, err := st.Explore(ctx, name)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, o := range s.Found {
		r.found[st.URL(o.Name)] = file{st, o}
	}
	return s, nil
}

// Glob lists the files or objects that a pattern names.
func (r *Files) Glob(ctx context.Context, pattern string) ([]store.Object, error) {
	s, err := r.Search(ctx, pattern)
	if err != nil {
		return nil, err
	}
	return s.Objects(), nil
}

// Unchanged checks that files are as they were found.
func (r *Files) Unchanged(ctx context.Context, files []store.Object) error {
	var local []store.Object
	byStore := map[*store.Store][]store.Object{}
	r.mu.Lock()
	for _, o := range files {
		if f, ok := r.found[o.Name]; ok {
			byStore[f.st] = append(byStore[f.st], f.o)
		} else {
			local = append(local, o)
		}
	}
	r.mu.Unlock()
	err := sources.CheckUnchanged(ctx, r.Explorer, local)
	for st, list := range byStore {
		err = errors.Join(err, st.Verify(ctx, list))
	}
	return err
}

// Open opens what Glob has listed.
func (r *Files) Open(ctx context.Context, name string) (store.Reader, error) {
	r.mu.Lock()
	f, ok := r.found[name]
	r.mu.Unlock()
	if !ok {
		return r.Explorer.Open(ctx, name)
	}
	in, err := f.st.OpenListed(ctx, f.o)
	if err != nil {
		return nil, err
	}
	return store.Ahead(in), nil
}
