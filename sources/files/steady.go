package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sources"
)

// Files that change while they are read would give rows of two states, or of one that
// never was. Each is held against what the search found, as it is opened and after
// the last row was read.

// unchanging is implemented by openers that can tell whether files are as they were
// found. The error is *store.ChangedError if not.
type unchanging interface {
	Unchanged(ctx context.Context, files []store.Object) error
}

// Unchanged checks, after all was read, that the files of a source are those that it
// has found. The error is *store.ChangedError if one is not. It looks into sources
// that have a method Unwrap() Source.
func Unchanged(ctx context.Context, src sources.Source) error {
	for {
		if s, ok := src.(interface{ Unchanged(context.Context) error }); ok {
			return s.Unchanged(ctx)
		}
		w, ok := src.(interface{ Unwrap() sources.Source })
		if !ok {
			return nil
		}
		src = w.Unwrap()
	}
}

// CheckUnchanged checks that files are as the opener has found them.
func CheckUnchanged(ctx context.Context, opener sources.Opener, files []store.Object) error {
	if u, ok := opener.(unchanging); ok {
		return u.Unchanged(ctx, files)
	}
	return nil
}

// steady is an opener of files that must be what was found.
type steady struct {
	sources.Opener
	found map[string]store.Object
}

func newSteady(opener sources.Opener, files []store.Object) *steady {
	s := &steady{Opener: opener, found: make(map[string]store.Object, len(files))}
	for _, o := range files {
		s.found[o.Name] = o
	}
	return s
}

func (s *steady) Open(ctx context.Context, name string) (store.Reader, error) {
	r, err := s.Opener.Open(ctx, name)
	o, known := s.found[name]
	if err != nil || !known || store.IsURL(name) {
		return r, err // stores are asked at the end
	}
	if err := s.Unchanged(ctx, []store.Object{o}); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Unchanged is that of the opener.
func (s *steady) Unchanged(ctx context.Context, files []store.Object) error {
	return CheckUnchanged(ctx, s.Opener, files)
}

// Unchanged checks that the files are as they were found.
func (s *listed) Unchanged(ctx context.Context) error {
	return CheckUnchanged(ctx, s.opener, s.files)
}

// cause returns why reading failed: that a file has changed, if one has.
func (s *listed) cause(ctx context.Context, err error) error {
	changed := (*store.ChangedError)(nil)
	if err == nil || err == io.EOF || ctx.Err() != nil || errors.As(err, &changed) {
		return err
	}
	if errors.As(s.Unchanged(ctx), &changed) {
		return changed
	}
	return err
}

// Scan starts a pass over the files, whose errors say if a file has changed.
func (s *listed) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	scan, err := s.Source.Scan(ctx, cols)
	if err != nil {
		return nil, s.cause(ctx, err)
	}
	return &steadyScan{scan, s}, nil
}

type steadyScan struct {
	sources.Scan
	of *listed
}

func (s *steadyScan) Next() (sources.Split, error) {
	split, err := s.Scan.Next()
	if err != nil {
		return split, s.of.cause(context.Background(), err)
	}
	open := split.Open
	split.Open = func(ctx context.Context, mem memory.Allocator) (sources.Reader, error) {
		r, err := open(ctx, mem)
		if err != nil {
			return nil, s.of.cause(ctx, err)
		}
		return &steadyReader{r, s.of, ctx}, nil
	}
	return split, nil
}

type steadyReader struct {
	sources.Reader
	of  *listed
	ctx context.Context
}

func (r *steadyReader) Next() (sources.Batch, error) {
	b, err := r.Reader.Next()
	if err != nil {
		err = r.of.cause(r.ctx, err)
	}
	return b, err
}

// once drops files that were found under two spellings, and refuses those that links
// give a second name, which would be read twice.
func once(files []store.Object) ([]store.Object, error) {
	type place struct{ name, abs string }
	real := map[string]string{} // of folders
	seen := map[string]place{}
	kept := files[:0:0]
	for _, o := range files {
		abs, err := filepath.Abs(o.Name)
		if store.IsURL(o.Name) || err != nil {
			kept = append(kept, o)
			continue
		}
		dir, base := filepath.Split(abs)
		if _, ok := real[dir]; !ok {
			if real[dir], err = filepath.EvalSymlinks(dir); err != nil {
				real[dir] = dir
			}
		}
		key := filepath.Join(real[dir], base)
		first, twice := seen[key]
		if twice && first.abs == abs {
			continue
		}
		if twice {
			return nil, &sources.FileError{Name: o.Name, Err: fmt.Errorf("is the same file as %s, by a folder that is a link: its rows would be read twice; name one of them", first.name)}
		}
		seen[key] = place{o.Name, abs}
		kept = append(kept, o)
	}
	return kept, nil
}
