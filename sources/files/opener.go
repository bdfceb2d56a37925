package files

import (
	"context"
	"errors"
	"sync"

	"leapscore/engine/store"
)

// PlaceError is the error of a URL that names no place.
type PlaceError struct{ Err error }

func (e *PlaceError) Error() string { return e.Err.Error() }

func (e *PlaceError) Unwrap() error { return e.Err }

// remoteFiles finds and opens files by URL, and others by path.
type remoteFiles struct {
	Explorer // for paths

	mu    sync.Mutex
	found map[string]remoteFile
}

type remoteFile struct {
	st *store.Store
	o  store.Object
}

// OpenerFor returns how to open the inputs: nil if all are local.
func OpenerFor(inputs []string) Explorer {
	for _, in := range inputs {
		if store.IsURL(in) {
			return NewOpener()
		}
	}
	return nil
}

// NewOpener returns an opener of files by URL and by path.
func NewOpener() Explorer {
	return &remoteFiles{Explorer: Local(), found: map[string]remoteFile{}}
}

// Search looks for the files or objects that a pattern names.
func (r *remoteFiles) Search(ctx context.Context, pattern string) (*store.Search, error) {
	if !store.IsURL(pattern) {
		return r.Explorer.Search(ctx, pattern)
	}
	st, name, err := store.Open(ctx, pattern)
	if err != nil {
		return nil, &PlaceError{err}
	}
	s, err := st.Explore(ctx, name)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, o := range s.Found {
		r.found[st.URL(o.Name)] = remoteFile{st, o}
	}
	return s, nil
}

// Glob lists the files or objects that a pattern names.
func (r *remoteFiles) Glob(ctx context.Context, pattern string) ([]store.Object, error) {
	s, err := r.Search(ctx, pattern)
	if err != nil {
		return nil, err
	}
	return s.Objects(), nil
}

// Unchanged checks that files are as they were found.
func (r *remoteFiles) Unchanged(ctx context.Context, inputs []store.Object) error {
	var local []store.Object
	byStore := map[*store.Store][]store.Object{}
	r.mu.Lock()
	for _, o := range inputs {
		if f, ok := r.found[o.Name]; ok {
			byStore[f.st] = append(byStore[f.st], f.o)
		} else {
			local = append(local, o)
		}
	}
	r.mu.Unlock()
	err := CheckUnchanged(ctx, r.Explorer, local)
	for st, list := range byStore {
		err = errors.Join(err, st.Verify(ctx, list))
	}
	return err
}

// Open opens what Glob has listed.
func (r *remoteFiles) Open(ctx context.Context, name string) (store.Reader, error) {
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
