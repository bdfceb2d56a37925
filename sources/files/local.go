package files

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"syscall"

	"leapscore/engine/store"
	"leapscore/sources"
)

// Explorer is implemented by openers that know what lies around files. Only files
// that they find are guarded against being part of a table.
type Explorer interface {
	sources.Opener
	// Search is Glob. Open knows what it finds by the names of Search.Objects.
	Search(ctx context.Context, pattern string) (*store.Search, error)
}

// localFiles is the Opener of the local file system, which package store searches
// and reads as any other. Names are as the user wrote them, with forward slashes.
type localFiles struct{}

// Local is the Opener of the local file system. Names are as the patterns begin.
func Local() Explorer { return localFiles{} }

func (localFiles) Open(ctx context.Context, name string) (store.Reader, error) {
	// To open a local file takes no time: why it failed matters more than that the
	// run ends.
	r, err := store.Here().Open(context.WithoutCancel(ctx), name)
	var p *fs.PathError
	switch {
	case errors.Is(err, store.ErrNotExist):
		return nil, syscall.ENOENT
	case errors.As(err, &p):
		return nil, p.Err
	}
	return r, err // the caller adds the name to errors
}

// Search looks for what a pattern names. The rules are those of any store.
func (localFiles) Search(ctx context.Context, pattern string) (*store.Search, error) {
	pattern = path.Clean(filepath.ToSlash(pattern))
	if pattern == "." {
		pattern = ""
	}
	return store.Here().Explore(ctx, pattern)
}

func (l localFiles) Glob(ctx context.Context, pattern string) ([]store.Object, error) {
	s, err := l.Search(ctx, pattern)
	if err != nil {
		return nil, err
	}
	return s.Found, nil
}

func (localFiles) Unchanged(ctx context.Context, files []store.Object) error {
	return store.Here().Verify(ctx, files)
}
