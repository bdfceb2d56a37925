package mleap

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	// MaxSize is the most bytes that a bundle may have unpacked. The default, 0, stands
	// for the limits of package bundle.
	MaxSize int64
}

func (o Options) limits() bundle.Limits { return bundle.Sized(o.MaxSize) }

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
	where, err := store.ModelPlace(where)
	if err != nil {
		return nil, err
	}
	if !store.IsURL(where) {
		b, err := bundle.Open(where, opt.limits())
		return b, withNames(where, err)
	}
	if store.IsWeb(where) {
		return openWeb(ctx, where, opt)
	}
	st, name, err := store.OpenWith(ctx, where, opt.Stores)
	if err != nil {
		return nil, err
	}
	defer st.Close() // it is only read from: nothing can be lost
	if _, local := st.Folders(); local {
		return bundle.Open(st.URL(name), opt.limits())
	}
	name = strings.TrimSuffix(name, "/")
	o, err := st.Stat(ctx, name)
	if errors.Is(err, store.ErrNotExist) {
		return openFolder(ctx, st, name, opt.limits())
	} else if err != nil {
		return nil, err
	}
	if err := bundle.CheckSize(o.Size, opt.limits()); err != nil {
		return nil, fmt.Errorf("%s: %w", st.URL(name), err)
	}
	return openCopy(path.Base(name), func(w copied) error {
		r, err := st.OpenListed(ctx, o)
		if err != nil {
			return err
		}
		return errors.Join(copyObject(w, r), r.Close())
	}, opt)
}

// copyBytes is how much of an object is fetched at a time: large reads are made as
// several at once.
const copyBytes = 64 << 20

func copyObject(w io.Writer, r store.Reader) error {
	buf := make([]byte, min(copyBytes, r.Size()))
	for at := int64(0); at < r.Size(); at += int64(len(buf)) {
		buf = buf[:min(int64(len(buf)), r.Size()-at)]
		if n, err := r.ReadAt(buf, at); n < len(buf) {
			return err
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	return nil
}

// withNames adds to the error of a path that is not there which names may be meant.
func withNames(path string, err error) error {
	if none, ok := errors.AsType[*fs.PathError](err); ok && errors.Is(err, fs.ErrNotExist) && none.Path == path {
		return fmt.Errorf("%s: %w%s", path, none.Err, similar.Path(path))
	}
	return err
}

// openWeb opens a bundle that a web server has.
func openWeb(ctx context.Context, where string, opt Options) (*bundle.Bundle, error) {
	b, err := openCopy(store.WebName(where), func(w copied) error {
		return store.Download(ctx, where, opt.Stores, w, func(size int64) error { return bundle.CheckSize(size, opt.limits()) })
	}, opt)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", store.WithoutSecrets(where), err)
	}
	return b, nil
}

// openCopy opens a file that is fetched from elsewhere. bundle reads its entries when
// they are asked for, from a file.
func openCopy(name string, fetch func(copied) error, opt Options) (*bundle.Bundle, error) {
	dir, err := os.MkdirTemp("", "leapscore-model-")
	if err != nil {
		return nil, err
	}
	// An open file outlives its name where folders can be removed under it;
	// elsewhere the system clears its temporary folder.
	defer os.RemoveAll(dir)
	file, err := os.OpenFile(path.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(fetch(copied{file}), file.Close()); err != nil {
		return nil, err
	}
	return bundle.Open(file.Name(), opt.limits())
}

// copied is a file that is written from its beginning again.
type copied struct{ *os.File }

// Restart implements store.Restarter.
func (c copied) Restart() error {
	_, err := c.Seek(0, io.SeekStart)
	return errors.Join(err, c.Truncate(0))
}
