package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"leapscore/engine/store"
)

// localFiles is the Opener of the local file system. Names are as the user
// wrote them, with forward slashes.
type localFiles struct{}

// Local is the Opener of the local file system. Names are as the patterns begin.
func Local() Explorer { return localFiles{} }

func (localFiles) Open(_ context.Context, name string) (store.Reader, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, bareErr(err)
	}
	st, err := f.Stat()
	if err == nil && st.IsDir() {
		err = errors.New("is a folder")
	}
	if err != nil {
		f.Close()
		return nil, bareErr(err)
	}
	return &localFile{File: f, size: st.Size()}, nil
}

// bareErr drops the operation and the path, which the caller adds.
func bareErr(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

type localFile struct {
	*os.File
	size int64
}

func (f *localFile) Size() int64 { return f.size }

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
