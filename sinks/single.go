package sinks

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"leapscore/engine/store"
)

// single is the publisher of CreateFile: what makes the file visible is the
// commit of the store's writer, which renames it.
type single struct {
	st   *store.Store
	path string
	mode Mode
	lock store.Lock

	existed bool
}

func claimFile(ctx context.Context, st *store.Store, path string, opts Options) (publisher, error) {
	if path == "" || strings.HasSuffix(path, "/") {
		return nil, fmt.Errorf("%s: want the name of a file", st.URL(path))
	}
	if opts.Mode == Append {
		return nil, fmt.Errorf("%s: rows cannot be appended to a file; write a folder", st.URL(path))
	}
	s := &single{st: st, path: path, mode: opts.Mode}
	if err := s.admit(ctx); err != nil {
		return nil, err
	}
	folders, ok := st.Folders()
	if !ok {
		return s, nil
	}
	isFolder, err := folders.IsFolder(ctx, path)
	if err != nil {
		return nil, err
	}
	if isFolder {
		return nil, fmt.Errorf("%s: is a folder, want a file", st.URL(path))
	}
	s.lock, err = folders.Lock(ctx, lockOf(path), owner(opts.RunID))
	if busy := (*store.LockedError)(nil); errors.As(err, &busy) {
		return nil, &BusyError{Path: st.URL(path), Owner: busy.Owner}
	}
	if errors.Is(err, errors.ErrUnsupported) {
		return s, nil
	} else if err != nil {
		return nil, err
	}
	if err = s.admit(ctx); err == nil {
		err = s.sweep(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.lock.Unlock())
	}
	return s, nil
}

// lockOf is the name of the lock for the file path.
func lockOf(path string) string {
	base := baseName(path)
	return path[:len(path)-len(base)] + "." + base + ".lock"
}

func (s *single) admit(ctx context.Context) error {
	exists, err := s.st.Exists(ctx, s.path)
	s.existed = exists
	switch {
	case err != nil || !exists || s.mode == Overwrite:
		return err
	case s.mode == Ignore:
		return fmt.Errorf("%s: %w", s.st.URL(s.path), ErrIgnored)
	}
	return fmt.Errorf("%s: %w; choose another mode or place", s.st.URL(s.path), ErrOutputExists)
}

// sweep removes what runs left behind that died while they wrote this file.
func (s *single) sweep(ctx context.Context) error {
	var left []string
	err := s.st.List(ctx, store.TempPrefix(s.path), false, func(o store.Object) error {
		left = append(left, o.Name)
		return nil
	})
	for _, name := range left {
		err = errors.Join(err, s.st.Delete(ctx, name))
	}
	return err
}

func (s *single) name(string, int) string { return s.path }

func (s *single) scratch() string { return "" }

func (s *single) excl() bool { return s.mode != Overwrite }

func (s *single) publish(context.Context, *Manifest) error {
	s.unlock()
	return nil
}

func (s *single) abort(context.Context) error {
	s.unlock()
	return nil
}

// unlock has no error to report: the file is there or not whatever becomes of
// the lock, which the next run takes over.
func (s *single) unlock() {
	if s.lock != nil {
		_ = s.lock.Unlock()
		s.lock = nil
	}
}
