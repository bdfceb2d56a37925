// Package remote finds and opens files and bundles by URL.
package remote

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"leapscore/bundle"
	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud" // s3, gs and azblob
	"leapscore/internal/fault"
	"leapscore/sources"
)

// Files finds and opens files by URL, and others by path.
type Files struct {
	sources.Explorer // for paths

	mu    sync.Mutex
	found map[string]file
}

type file struct {
	st *store.Store
	o  store.Object
}

// Opener returns how to open the inputs: nil if all are local.
func Opener(inputs []string) *Files {
	for _, in := range inputs {
		if isURL(in) {
			return New()
		}
	}
	return nil
}

func New() *Files {
	return &Files{Explorer: sources.Local(), found: map[string]file{}}
}

// Search looks for the files or objects that a pattern names.
func (r *Files) Search(ctx context.Context, pattern string) (*store.Search, error) {
	if !isURL(pattern) {
		return r.Explorer.Search(ctx, pattern)
	}
	st, name, err := store.Open(ctx, pattern)
	if err != nil {
		return nil, fault.Usage(err)
	}
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
func (r *Files) Glob(ctx context.Context, pattern string) ([]store.Object, error) {
	s, err := r.Search(ctx, pattern)
	if err != nil {
		return nil, err
	}
	return s.Objects(), nil
}

// Unchanged checks that files are as they were found.
func (r *Files) Unchanged(ctx context.Context, files []store.Object) error {
	var local []store.Object
	byStore := map[*store.Store][]store.Object{}
	r.mu.Lock()
	for _, o := range files {
		if f, ok := r.found[o.Name]; ok {
			byStore[f.st] = append(byStore[f.st], f.o)
		} else {
			local = append(local, o)
		}
	}
	r.mu.Unlock()
	err := sources.CheckUnchanged(ctx, r.Explorer, local)
	for st, list := range byStore {
		err = errors.Join(err, st.Verify(ctx, list))
	}
	return err
}

// Open opens what Glob has listed.
func (r *Files) Open(ctx context.Context, name string) (store.Reader, error) {
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

// OpenBundle opens a bundle by path or URL.
func OpenBundle(ctx context.Context, where string) (*bundle.Bundle, error) {
	if !isURL(where) {
		return bundle.Open(where, bundle.Limits{})
	}
	st, name, err := store.Open(ctx, where)
	if err != nil {
		return nil, err
	}
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
	dir, err := os.MkdirTemp("", "leapscore-model-")
	if err != nil {
		return nil, err
	}
	// An open file outlives its name where folders can be removed under it;
	// elsewhere the system clears its temporary folder.
	defer os.RemoveAll(dir)
	file := path.Join(dir, path.Base(name))
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return nil, err
	}
	return bundle.Open(file, bundle.Limits{})
}

const (
	// folderReads is how many files of a bundle are fetched at once.
	folderReads = 16
	// folderBytes bounds the files of a bundle, which are held in memory.
	folderBytes = 4 << 30
)

// openFolder opens a bundle that is a folder on a store. Its files are fetched
// into memory, where a zip is the file system that bundle wants.
func openFolder(ctx context.Context, st *store.Store, name string) (*bundle.Bundle, error) {
	var found []store.Object
	var size int64
	err := st.List(ctx, name+"/", true, func(o store.Object) error {
		found = append(found, o)
		if size += o.Size; size > folderBytes {
			return fmt.Errorf("%s: more than %d bytes below it, want a bundle", st.URL(name), int64(folderBytes))
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%s: %w", st.URL(name), store.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	data := make([][]byte, len(found))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(folderReads)
	for i, o := range found {
		g.Go(func() (err error) {
			data[i], err = st.ReadListed(gctx, o)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i, o := range found {
		w, err := z.CreateHeader(&zip.FileHeader{Name: o.Name[len(name)+1:], Method: zip.Store})
		if err == nil {
			_, err = w.Write(data[i])
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", st.URL(o.Name), err)
		}
		data[i] = nil
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	fsys, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", st.URL(name), err)
	}
	b, err := bundle.OpenFS(fsys, bundle.Limits{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", st.URL(name), err)
	}
	return b, nil
}

// isURL reports whether a path names a store.
func isURL(path string) bool { return strings.Contains(path, "://") }
