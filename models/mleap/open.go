package mleap

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/engine/store"
	"leapscore/internal/similar"
	"leapscore/ops/builtin"
)

// Options say how a bundle is opened. The zero value is the default.
type Options struct {
	Stores store.Options // of bundles on object stores
}

// Model is the graph of an open bundle.
type Model struct {
	*pipeline.Model
	bundle *bundle.Bundle
}

// Open opens the bundle at a path or URL and makes its graph. The URLs of object
// stores are those that package store/cloud brings, if the program imports it.
// The caller closes the Model. Nodes that cannot be loaded are reported at once,
// in a *pipeline.LoadError.
func Open(ctx context.Context, where string, opt Options) (*Model, error) {
	b, err := OpenBundle(ctx, where, opt)
	if err != nil {
		return nil, err
	}
	m, err := Load(b, builtin.Registry())
	if err != nil {
		b.Close() // it was only read from: nothing can be lost
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	return &Model{Model: m, bundle: b}, nil
}

// Close frees what the bundle holds open. The graph remains usable, but it
// cannot be joined with others any more.
func (m *Model) Close() error { return m.bundle.Close() }

// OpenBundle opens the bundle at a path or URL without loading its nodes. The
// caller closes it.
func OpenBundle(ctx context.Context, where string, opt Options) (*bundle.Bundle, error) {
	if !store.IsURL(where) {
		b, err := bundle.Open(where, bundle.Limits{})
		return b, withNames(where, err)
	}
	st, name, err := store.OpenWith(ctx, where, opt.Stores)
	if err != nil {
		return nil, err
	}
	defer st.Close() // it is only read from: nothing can be lost
	if _, local := st.Folders(); local {
		return bundle.Open(st.URL(name), bundle.Limits{})
	}
	name = strings.TrimSuffix(name, "/")
	data, err := st.ReadFile(ctx, name)
	if errors.Is(err, store.ErrNotExist) {
		return openFolder(ctx, st, name)
	} else if err != nil {
		return nil, err
	}
	return openZip(path.Base(name), data)
}

// withNames adds to the error of a path that is not there which names may be meant.
func withNames(path string, err error) error {
	if none, ok := errors.AsType[*fs.PathError](err); ok && errors.Is(err, fs.ErrNotExist) && none.Path == path {
		return fmt.Errorf("%s: %w%s", path, none.Err, similar.Path(path))
	}
	return err
}

// openZip opens a zip file that was fetched from a store. bundle reads its
// entries when they are asked for, from a file.
func openZip(name string, data []byte) (*bundle.Bundle, error) {
	dir, err := os.MkdirTemp("", "leapscore-model-")
	if err != nil {
		return nil, err
	}
	// An open file outlives its name where folders can be removed under it;
	// elsewhere the system clears its temporary folder.
	defer os.RemoveAll(dir)
	file := path.Join(dir, name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return nil, err
	}
	return bundle.Open(file, bundle.Limits{})
}
