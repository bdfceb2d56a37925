package files

import (
	"context"
	"errors"
	"sync"

	"leapscore/engine/store"
	"leapscore/internal/fault"
)

// Stores finds and opens files of stores by URL, and others by path. Close closes the
// stores, once nothing is read from them or checked with them any more.
type Stores struct {
	Explorer // for paths
	opts     store.Options

	mu     sync.Mutex
	found  map[string]file
	opened []*store.Store
}

type file struct {
	st *store.Store
	o  store.Object
}

// StoresFor returns how to open the inputs: nil if all are local.
func StoresFor(inputs []string, opts store.Options) *Stores {
	for _, in := range inputs {
		if store.IsURL(in) {
			return NewStores(opts)
		}
	}
	return nil
}

// NewStores returns one that has found nothing yet.
func NewStores(opts store.Options) *Stores {
	return &Stores{Explorer: Local(), opts: opts, found: map[string]file{}}
}

// Close closes the stores that were opened. A nil r has none.
func (r *Stores) Close() error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, st := range r.opened {
		errs = append(errs, st.Close())
	}
	r.opened = nil
	return errors.Join(errs...)
}

// Search looks for the files or objects that a pattern names.
func (r *Stores) Search(ctx context.Context, pattern string) (*store.Search, error) {
	if !store.IsURL(pattern) {
		return r.Explorer.Search(ctx, pattern)
	}
	st, name, err := store.OpenWith(ctx, pattern, r.opts)
	if err != nil {
		return nil, fault.Usage(err)
	}
	r.mu.Lock()
	r.opened = append(r.opened, st)
	r.mu.Unlock()
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
func (r *Stores) Glob(ctx context.Context, pattern string) ([]store.Object, error) {
	s, err := r.Search(ctx, pattern)
	if err != nil {
		return nil, err
	}
	return s.Objects(), nil
}

// Unchanged checks that files are as they were found.
func (r *Stores) Unchanged(ctx context.Context, list []store.Object) error {
	var local []store.Object
	byStore := map[*store.Store][]store.Object{}
	r.mu.Lock()
	for _, o := range list {
		if f, ok := r.found[o.Name]; ok {
			byStore[f.st] = append(byStore[f.st], f.o)
		} else {
			local = append(local, o)
		}
	}
	r.mu.Unlock()
	err := CheckUnchanged(ctx, r.Explorer, local)
	for st, theirs := range byStore {
		err = errors.Join(err, st.Verify(ctx, theirs))
	}
	return err
}

// Open opens what Glob has listed.
func (r *Stores) Open(ctx context.Context, name string) (store.Reader, error) {
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
