package sinks

import (
	"context"
	"errors"
	"fmt"
	"io"

	"leapscore/engine/store"
)

// A single file that may wait for another table's commit is written as a hidden
// file beside its place, which Commit moves there.

// shown is single without a place to wait: the commit of the file shows it.
type shown struct{ *single }

func (shown) shows() {}

func (s *single) staged() string {
	base := baseName(s.path)
	return s.path[:len(s.path)-len(base)] + "." + base + ".pending"
}

func (s *single) note() string { return s.staged() + ".json" }

func (s *single) pend(ctx context.Context, p pending) error { return writeNote(ctx, s.st, s.note(), p) }

func (s *single) hold(context.Context) error {
	s.unlock()
	return nil
}

// show moves the staged file to its place.
func (s *single) show(ctx context.Context) error {
	if s.mode != Overwrite {
		if exists, err := s.st.Exists(ctx, s.path); err != nil || exists {
			return errors.Join(err, fmt.Errorf("%s: %w", s.st.URL(s.path), ErrOutputExists))
		}
	}
	if folders, ok := s.st.Folders(); ok {
		return folders.Rename(ctx, s.staged(), s.path)
	}
	r, err := s.st.Open(ctx, s.staged())
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := s.st.Create(ctx, s.path, s.mode != Overwrite)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, io.NewSectionReader(r, 0, r.Size())); err != nil {
		w.Abort()
		return err
	}
	return w.Commit()
}

// clear removes what is staged, the file first: without its note nobody would
// know what it is.
func (s *single) clear(ctx context.Context) error {
	for _, name := range []string{s.staged(), s.note()} {
		if err := s.st.Delete(ctx, name); err != nil && !errors.Is(err, store.ErrNotExist) {
			return err
		}
	}
	return nil
}

// SettleFile is Settle for a table that is one file.
func SettleFile(ctx context.Context, st *store.Store, path string, decide Decide) error {
	s := &single{st: st, path: path, pending: true}
	p, err := readNote(ctx, st, s.note())
	if p == nil || err != nil {
		return err
	}
	if folders, ok := st.Folders(); ok {
		s.lock, err = folders.Lock(ctx, lockOf(path), "")
		if busy := (*store.LockedError)(nil); errors.As(err, &busy) {
			return nil // its run lives
		}
		if err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
		defer s.unlock()
	}
	return s.settle(ctx, p, decide)
}

func (s *single) settle(ctx context.Context, p *pending, decide Decide) error {
	done, err := decide(ctx, p.Intent)
	if err != nil {
		return fmt.Errorf("%s: whether the rejects of run %s belong to its table is not known: %w", s.st.URL(s.path), p.Manifest.RunID, err)
	}
	if !done {
		return s.clear(ctx)
	}
	there, err := s.st.Exists(ctx, s.staged())
	if err != nil {
		return err
	}
	if there {
		s.mode = Overwrite // what is at its place is of the run, or was to be replaced
		if err := s.show(ctx); err != nil {
			return err
		}
	}
	return s.clear(ctx)
}
