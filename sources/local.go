package sources

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"leapscore/engine/store"
)

// localFiles is the Opener of the local file system. Names are as the user
// wrote them, with forward slashes.
type localFiles struct{}

// Local is the Opener of the local file system. Names are as the patterns begin.
func Local() Opener { return localFiles{} }

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

func (localFiles) Glob(ctx context.Context, pattern string) ([]store.Object, error) {
	pattern = path.Clean(filepath.ToSlash(pattern))
	if st, err := os.Stat(pattern); err == nil {
		if !st.IsDir() {
			return []store.Object{{Name: pattern, Size: st.Size(), ETag: store.FileTag(st)}}, nil
		}
		return walkFolder(ctx, pattern)
	}
	var found []store.Object
	for _, p := range store.ExpandBraces(pattern) {
		if _, err := path.Match(p, ""); err != nil {
			return nil, fmt.Errorf("pattern %q: %w", pattern, err)
		}
		root, parts := ".", strings.Split(p, "/")
		if strings.HasPrefix(p, "/") {
			root, parts = "/", parts[1:]
		}
		if err := matchParts(ctx, root, parts, &found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// walkFolder returns the data files below a folder.
func walkFolder(ctx context.Context, root string) ([]store.Object, error) {
	var found []store.Object
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if name != root && hidden(d.Name()) {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		st, err := os.Stat(name)
		if err != nil || st.IsDir() {
			return err
		}
		found = append(found, store.Object{Name: filepath.ToSlash(name), Size: st.Size(), ETag: store.FileTag(st)})
		return nil
	})
	return found, err
}

// hidden says whether a name is no data: _SUCCESS, _temporary, .crc files.
func hidden(name string) bool {
	return strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".")
}

// matchParts adds the files below dir that match the parts of a pattern.
func matchParts(ctx context.Context, dir string, parts []string, found *[]store.Object) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	part, rest := parts[0], parts[1:]
	if !strings.ContainsAny(part, `*?[\`) {
		return matchOne(ctx, join(dir, part), rest, found)
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if part == "**" && len(rest) > 0 {
		if err := matchParts(ctx, dir, rest, found); err != nil {
			return err
		}
	}
	for _, e := range entries {
		name := join(dir, e.Name())
		if part == "**" {
			if hidden(e.Name()) {
				continue
			}
			if e.IsDir() {
				err = matchParts(ctx, name, parts, found)
			} else if len(rest) == 0 {
				err = matchOne(ctx, name, nil, found)
			}
		} else if ok, _ := path.Match(part, e.Name()); ok && (!hidden(e.Name()) || hidden(part)) {
			err = matchOne(ctx, name, rest, found)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// matchOne goes on below a name that a part of a pattern matched.
func matchOne(ctx context.Context, name string, rest []string, found *[]store.Object) error {
	st, err := os.Stat(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return nil
		}
		return bareErr(err)
	}
	switch {
	case st.IsDir() && len(rest) > 0:
		return matchParts(ctx, name, rest, found)
	case st.IsDir():
		in, err := walkFolder(ctx, name)
		*found = append(*found, in...)
		return err
	case len(rest) == 0:
		*found = append(*found, store.Object{Name: name, Size: st.Size(), ETag: store.FileTag(st)})
	}
	return nil
}

func join(dir, name string) string {
	switch dir {
	case ".":
		return name
	case "/":
		return "/" + name
	}
	return dir + "/" + name
}
