package iceberg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	iceio "github.com/apache/iceberg-go/io"

	"leapscore/engine/store"
)

// files gives a store to iceberg-go. Locations are URLs, or paths of local files.
type files struct {
	ctx  context.Context
	st   *store.Store
	root string // of the store, as a location; "" for local files
	made *made

	standIn *standIn
}

// filesOf returns the files of the store in which a table lies.
func filesOf(ctx context.Context, st *store.Store) (*files, error) {
	root, err := rootOf(st)
	return &files{ctx: ctx, st: st, root: root, made: &made{}, standIn: &standIn{}}, err
}

// made lists the files that were written, so that they can be deleted if the commit
// fails.
type made struct {
	mu    sync.Mutex
	names []string
}

func (m *made) add(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.names = append(m.names, name)
}

// takeAll returns the names and forgets them.
func (m *made) takeAll() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	names := m.names
	m.names = nil
	return names
}

// rootOf returns the root of the store in which where lies, as a location.
func rootOf(st *store.Store) (string, error) {
	root := st.URL("")
	scheme, _, isURL := strings.Cut(root, "://")
	switch {
	case !isURL:
		return "", nil
	case scheme == "s3", scheme == "gs", scheme == "mem":
		return strings.TrimSuffix(root, "/") + "/", nil
	}
	return "", fmt.Errorf("%s: Iceberg tables are known to readers on local disks, s3 and gs, not by %s URLs", root, scheme)
}

// location is how the object name is called in metadata.
func (f *files) location(name string) string {
	if f.root == "" {
		return "/" + name
	}
	return f.root + name
}

// name is the inverse of location.
func (f *files) name(location string) (string, error) {
	location = f.standIn.reveal(location)
	if f.root == "" {
		p := strings.TrimPrefix(location, "file:")
		if strings.HasPrefix(p, "//") {
			_, p, _ = strings.Cut(p[2:], "/")
			p = "/" + p
		}
		if strings.HasPrefix(p, "/") {
			return strings.TrimPrefix(path.Clean(p), "/"), nil
		}
	} else {
		l := location
		if rest, ok := strings.CutPrefix(l, "s3a://"); ok {
			l = "s3://" + rest
		}
		if rest, ok := strings.CutPrefix(l, f.root); ok {
			return rest, nil
		}
	}
	return "", fmt.Errorf("%s: is not in the store of the table, %s", location, f.st.URL(""))
}

// Open implements iceio.IO.
func (f *files) Open(location string) (iceio.File, error) {
	name, err := f.name(location)
	if err != nil {
		return nil, err
	}
	r, err := f.st.Open(f.ctx, name)
	if errors.Is(err, store.ErrNotExist) {
		return nil, &fs.PathError{Op: "open", Path: location, Err: fs.ErrNotExist}
	} else if err != nil {
		return nil, err
	}
	return &file{SectionReader: io.NewSectionReader(r, 0, r.Size()), r: r, name: location}, nil
}

// ReadFile implements iceio.ReadFileIO.
func (f *files) ReadFile(location string) ([]byte, error) {
	r, err := f.Open(location)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	return f.hideInMetadata(location, data)
}

// Remove implements iceio.IO.
func (f *files) Remove(location string) error {
	name, err := f.name(location)
	if err != nil {
		return err
	}
	err = f.st.Delete(f.ctx, name)
	if errors.Is(err, store.ErrNotExist) {
		return &fs.PathError{Op: "remove", Path: location, Err: fs.ErrNotExist}
	}
	return err
}

// Create implements iceio.WriteFileIO.
func (f *files) Create(location string) (iceio.FileWriter, error) {
	name, err := f.name(location)
	if err != nil {
		return nil, err
	}
	w, err := f.st.Create(f.ctx, name, false)
	if err != nil {
		return nil, err
	}
	f.made.add(name)
	if f.standIn.is != "" && isManifestList(name) {
		return &listWriter{s: f.standIn, out: &writer{w: w}}, nil
	}
	return &writer{w: w}, nil
}

// WriteFile implements iceio.WriteFileIO.
func (f *files) WriteFile(location string, p []byte) error {
	w, err := f.Create(location)
	if err != nil {
		return err
	}
	_, err = w.Write(p)
	return errors.Join(err, w.Close())
}

// removeMade deletes the files that were written since the last call, but for those
// in stays.
func (f *files) removeMade(ctx context.Context, stays ...string) error {
	var err error
	for _, name := range f.made.takeAll() {
		if slices.Contains(stays, name) {
			continue
		}
		if e := f.st.Delete(ctx, name); !errors.Is(e, store.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

type file struct {
	*io.SectionReader
	r    store.Reader
	name string
}

func (f *file) Close() error               { return f.r.Close() }
func (f *file) Stat() (fs.FileInfo, error) { return info{f}, nil }

type info struct{ f *file }

func (i info) Name() string       { return path.Base(i.f.name) }
func (i info) Size() int64        { return i.f.Size() }
func (i info) Mode() fs.FileMode  { return 0o444 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }

// writer commits when it is closed, unless a write failed.
type writer struct {
	w    store.Writer
	err  error
	done bool
}

func (w *writer) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	if err != nil {
		w.err = err
	}
	return n, err
}

func (w *writer) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(struct{ io.Writer }{w.w}, r)
	if err != nil {
		w.err = err
	}
	return n, err
}

func (w *writer) Close() error {
	if w.done {
		return nil
	}
	w.done = true
	if w.err != nil {
		w.w.Abort()
		return w.err
	}
	return w.w.Commit()
}
