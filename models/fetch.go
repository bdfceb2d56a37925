package models

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
	"leapscore/engine/store"
	"leapscore/internal/similar"
)

// Fetch finds the model at a path or URL. A file of an object store or a web server is
// copied to the disk. The URLs of object stores are those that package store/cloud
// brings, if the program imports it. The caller closes the file.
func Fetch(ctx context.Context, where string, opt Options) (*File, error) {
	where, err := store.ModelPlace(where)
	if err != nil {
		return nil, err
	}
	if !store.IsURL(where) {
		f, err := local(where, opt)
		return f, withNames(where, err)
	}
	if store.IsWeb(where) {
		return fromWeb(ctx, where, opt)
	}
	st, name, err := store.OpenWith(ctx, where, opt.Stores)
	if err != nil {
		return nil, err
	}
	defer st.Close() // it is only read from: nothing can be lost
	if _, onDisk := st.Folders(); onDisk {
		return local(st.URL(name), opt)
	}
	name = strings.TrimSuffix(name, "/")
	o, err := st.Stat(ctx, name)
	if errors.Is(err, store.ErrNotExist) {
		return &File{Where: where, folder: true, remove: func() {}}, nil
	} else if err != nil {
		return nil, err
	}
	if err := bundle.CheckSize(o.Size, opt.Limits()); err != nil {
		return nil, fmt.Errorf("%s: %w", st.URL(name), err)
	}
	return copied(path.Base(name), where, func(w target) error {
		r, err := st.OpenListed(ctx, o)
		if err != nil {
			return err
		}
		return errors.Join(copyObject(w, r), r.Close())
	}, opt)
}

// local finds the model at a path.
func local(path string, opt Options) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		if _, linked := os.Readlink(path); linked == nil && errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: is a link to nothing: remove it, or mend it", path)
		}
		return nil, err
	}
	if !info.IsDir() && !info.Mode().IsRegular() { // opening a named pipe would wait for its writer
		return nil, fmt.Errorf("%s: neither a directory nor a file: write the model to a file first", path)
	}
	return newFile(path, path, info, opt), nil
}

// withNames adds to the error of a path that is not there which names may be meant.
func withNames(path string, err error) error {
	if none, ok := errors.AsType[*fs.PathError](err); ok && errors.Is(err, fs.ErrNotExist) && none.Path == path {
		return fmt.Errorf("%s: %w%s", path, none.Err, similar.Path(path))
	}
	return err
}

// fromWeb copies a file that a web server has.
func fromWeb(ctx context.Context, where string, opt Options) (*File, error) {
	f, err := copied(store.WebName(where), store.WithoutSecrets(where), func(w target) error {
		return store.Download(ctx, where, opt.Stores, w, func(size int64) error { return bundle.CheckSize(size, opt.Limits()) })
	}, opt)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", store.WithoutSecrets(where), err)
	}
	return f, nil
}

// copied makes a file of what fetch writes.
func copied(name, where string, fetch func(target) error, opt Options) (*File, error) {
	dir, err := os.MkdirTemp("", "leapscore-model-")
	if err != nil {
		return nil, err
	}
	remove := func() { os.RemoveAll(dir) } // elsewhere the system clears its temporary folder
	file, err := os.OpenFile(path.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		err = errors.Join(fetch(target{file}), file.Close())
	}
	var info fs.FileInfo
	if err == nil {
		info, err = os.Stat(file.Name())
	}
	if err != nil {
		remove()
		return nil, err
	}
	f := newFile(where, file.Name(), info, opt)
	f.remove = remove
	return f, nil
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

// target is a file that is written from its beginning again.
type target struct{ *os.File }

// Restart implements store.Restarter.
func (t target) Restart() error {
	_, err := t.Seek(0, io.SeekStart)
	return errors.Join(err, t.Truncate(0))
}
