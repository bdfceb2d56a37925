package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"leapscore/engine/store/internal/disk"
)

// Store is a storage opened for use.
type Store struct {
	Driver
}

// New returns the store over d.
func New(d Driver) *Store { return &Store{Driver: d} }

// Open opens the storage that where lies in, and returns the name of where in
// it. where is a path or a URL; it may be a pattern for Glob, and it need not
// exist. A path that contains "://" must be written as a file URL. The URLs of
// object stores are known to programs that import package store/cloud. ctx bounds
// the opening only. The caller closes the store. The Options are the default.
func Open(ctx context.Context, where string) (*Store, string, error) {
	return OpenWith(ctx, where, Options{})
}

// OpenWith is Open with options.
func OpenWith(ctx context.Context, where string, opts Options) (*Store, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	if where == "" {
		return nil, "", errors.New("store: empty path")
	}
	plain, err := Plain(where)
	if err != nil {
		return nil, "", err
	}
	scheme, rest, isURL := strings.Cut(plain, "://")
	switch {
	case !isURL:
		return openPath(plain)
	case scheme == "file":
		return openFileURL(where, rest)
	}
	return openBlob(ctx, plain, opts.withDefaults())
}

// Join puts a folder and the name of what is in it together; the empty name is the
// root.
func Join(folder, base string) string {
	if folder = strings.TrimSuffix(folder, "/"); folder == "" {
		return base
	}
	return folder + "/" + base
}

func openPath(path string) (*Store, string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, "", err
	}
	// Replacing a link would leave behind what the link leads to.
	if target, err := filepath.EvalSymlinks(abs); err == nil {
		abs = target
	}
	root := filepath.VolumeName(abs) + string(filepath.Separator)
	name := filepath.ToSlash(strings.TrimPrefix(abs, root))
	return New(&fileDriver{root: root}), name, nil
}

// openFileURL takes the path of a file URL literally where it has no escapes,
// so that patterns for Glob need none.
func openFileURL(where, rest string) (*Store, string, error) {
	path, err := url.PathUnescape(rest)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", where, err)
	}
	if host, local, ok := strings.Cut(path, "/"); ok && (host == "" || host == "localhost") {
		path = "/" + local
	} else {
		return nil, "", fmt.Errorf("%s: host %q, want file:///path", where, host)
	}
	if vol := filepath.VolumeName(path[1:]); vol != "" {
		path = path[1:]
	}
	return openPath(path)
}

// Here is the local file system with paths as names, relative ones too.
func Here() *Store { return New(&fileDriver{}) }

// OpenListed opens an object that List, Glob or Stat has described, without
// asking the store about it again.
func (s *Store) OpenListed(ctx context.Context, o Object) (Reader, error) {
	if d, ok := s.Driver.(ListedOpener); ok {
		return d.OpenListed(ctx, o)
	}
	return s.Open(ctx, o.Name)
}

// CreateVisible is Create for tables whose readers go by a log. An unfinished file has
// no hidden name, so that VACUUM, which keeps names that begin with a dot, removes
// those that a process leaves when it dies.
func (s *Store) CreateVisible(ctx context.Context, name string) (Writer, error) {
	if d, ok := s.Driver.(VisibleCreator); ok {
		return d.CreateVisible(ctx, name)
	}
	return s.Create(ctx, name, false)
}

// Folders returns the driver's folders, or false if it has none.
func (s *Store) Folders() (Folders, bool) {
	f, ok := s.Driver.(Folders)
	return f, ok
}

// IsMountPoint reports whether a local folder is where a file system is mounted, which
// cannot be renamed. It is known on Linux only.
func (s *Store) IsMountPoint(name string) bool {
	d, ok := s.Driver.(*fileDriver)
	return ok && disk.IsMountPoint(d.path(strings.TrimSuffix(name, "/")))
}

// Exists reports whether there is an object of that name.
func (s *Store) Exists(ctx context.Context, name string) (bool, error) {
	_, err := s.Stat(ctx, name)
	if errors.Is(err, ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// ReadFile returns the content of a small object.
func (s *Store) ReadFile(ctx context.Context, name string) ([]byte, error) {
	r, err := s.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	return readAll(r)
}

// ReadListed is ReadFile for an object that List, Glob or Stat has described.
func (s *Store) ReadListed(ctx context.Context, o Object) ([]byte, error) {
	r, err := s.OpenListed(ctx, o)
	if err != nil {
		return nil, err
	}
	return readAll(r)
}

func readAll(r Reader) ([]byte, error) {
	data := make([]byte, r.Size())
	n, err := r.ReadAt(data, 0)
	if n == len(data) {
		err = nil
	} else if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return data[:n], errors.Join(err, r.Close())
}

// WriteFile writes a small object in one step.
func (s *Store) WriteFile(ctx context.Context, name string, data []byte) error {
	return s.writeFile(ctx, name, data, false)
}

// WriteNew is WriteFile that fails with ErrExists if there is an object of the name.
// Some object stores ignore that: who depends on it reads the object back.
func (s *Store) WriteNew(ctx context.Context, name string, data []byte) error {
	return s.writeFile(ctx, name, data, true)
}

func (s *Store) writeFile(ctx context.Context, name string, data []byte, excl bool) error {
	w, err := s.Create(ctx, name, excl)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		w.Abort()
		return err
	}
	return w.Commit()
}

// split cuts a name behind its last slash.
func split(name string) (dir, base string) {
	i := strings.LastIndexByte(name, '/') + 1
	return name[:i], name[i:]
}
