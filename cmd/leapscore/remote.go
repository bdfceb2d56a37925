package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud" // s3, gs and azblob
	"leapscore/models/mleap"
	"leapscore/sources/files"
)

// storeFlags say how patient commands are with stores.
type storeFlags struct {
	timeout time.Duration
}

func (f *storeFlags) register(fs *pflag.FlagSet) {
	fs.DurationVar(&f.timeout, "io-timeout", store.DefaultTimeout,
		"how long an object store may be silent, or fail again and again, before that is an error")
}

// set makes cmd open stores so.
func (f *storeFlags) set(cmd *cobra.Command) error {
	if f.timeout <= 0 {
		return usageError{fmt.Errorf("io-timeout %v: want more than 0, as in 30s", f.timeout)}
	}
	cmd.SetContext(store.WithOptions(cmd.Context(), store.Options{Timeout: f.timeout}))
	return nil
}

// remoteFiles finds and opens files by URL, and others by path.
type remoteFiles struct {
	files.Explorer // for paths

	mu    sync.Mutex
	found map[string]remoteFile
}

type remoteFile struct {
	st *store.Store
	o  store.Object
}

// opener returns how to open the inputs: nil if all are local.
func opener(inputs []string) *remoteFiles {
	for _, in := range inputs {
		if store.IsURL(in) {
			return newRemoteFiles()
		}
	}
	return nil
}

func newRemoteFiles() *remoteFiles {
	return &remoteFiles{Explorer: files.Local(), found: map[string]remoteFile{}}
}

// Search looks for the files or objects that a pattern names.
func (r *remoteFiles) Search(ctx context.Context, pattern string) (*store.Search, error) {
	if !store.IsURL(pattern) {
		return r.Explorer.Search(ctx, pattern)
	}
	st, name, err := store.Open(ctx, pattern)
	if err != nil {
		return nil, usageError{err}
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
	err := files.CheckUnchanged(ctx, r.Explorer, local)
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

// modelOptions are the settings with which commands open models.
func modelOptions(ctx context.Context) mleap.Options {
	return mleap.Options{Stores: store.OptionsOf(ctx)}
}
