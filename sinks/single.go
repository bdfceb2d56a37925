package sinks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"leapscore/engine/store"
	"leapscore/sinks/internal/marker"
)

// single is the publisher of CreateFile: the commit of the store's writer renames the
// file and makes it visible.
type single struct {
	st   *store.Store
	path string
	mode Mode
	lock store.Lock

	existed bool
	pending bool // Options.Pending
}

func claimFile(ctx context.Context, st *store.Store, path string, opts Options) (publisher, error) {
	if path == "" || strings.HasSuffix(path, "/") {
		return nil, fmt.Errorf("%s: want the name of a file", st.URL(path))
	}
	if opts.Mode == ModeAppend {
		return nil, fmt.Errorf("%s: rows cannot be appended to a file; write a folder", st.URL(path))
	}
	s := &single{st: st, path: path, mode: opts.Mode, pending: opts.Pending}
	if opts.Redo != nil {
		s.mode = ModeOverwrite
	}
	if err := s.admit(ctx); err != nil {
		return nil, err
	}
	folders, ok := st.Folders()
	if !ok {
		return s.asPublisher(), nil
	}
	isFolder, err := folders.IsFolder(ctx, path)
	if err != nil {
		return nil, err
	}
	if isFolder {
		return nil, fmt.Errorf("%s: is a folder, want a file", st.URL(path))
	}
	s.lock, err = folders.Lock(ctx, lockOf(path), marker.Process(opts.RunID))
	if busy, ok := errors.AsType[*store.LockedError](err); ok {
		return nil, &BusyError{Path: st.URL(path), Owner: busy.Owner}
	}
	if errors.Is(err, errors.ErrUnsupported) {
		return s.asPublisher(), nil
	} else if err != nil {
		return nil, err
	}
	if err = s.admit(ctx); err == nil {
		err = s.removeLeftovers(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.lock.Unlock())
	}
	return s.asPublisher(), nil
}

// asPublisher returns the publisher of the file.
func (s *single) asPublisher() publisher {
	if s.pending {
		return s
	}
	return shown{s}
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
	case err != nil || !exists || s.mode == ModeOverwrite:
		return err
	case s.mode == ModeIgnore:
		return fmt.Errorf("%s: %w", s.st.URL(s.path), ErrIgnored)
	}
	return fmt.Errorf("%s: %w; choose another mode or place", s.st.URL(s.path), ErrOutputExists)
}

// removeLeftovers deletes the temporary files of runs that died while they wrote this
// file.
func (s *single) removeLeftovers(ctx context.Context) error {
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

func (s *single) name(string, int) string {
	if s.pending {
		return s.staged()
	}
	return s.path
}

func (s *single) scratch() string { return "" }

func (s *single) exclusive() bool { return s.mode != ModeOverwrite && !s.pending }

func (s *single) publish(ctx context.Context, _ *Manifest) error {
	if s.pending {
		if err := s.moveToPlace(ctx); err != nil {
			return err
		}
		_ = s.removeStaged(context.WithoutCancel(ctx)) // the next run does
	}
	s.unlock()
	return nil
}

func (s *single) abort(ctx context.Context) error {
	var err error
	if s.pending {
		err = s.removeStaged(ctx)
	}
	s.unlock()
	return err
}

// unlock ignores errors: they do not change whether the file exists, and the next run
// takes over the lock.
func (s *single) unlock() {
	if s.lock != nil {
		_ = s.lock.Unlock()
		s.lock = nil
	}
}

// A single file that may wait for another table's commit is written as a hidden
// file beside its place, which Commit moves there.

// shown is single without a place to wait: the commit of the file shows it.
type shown struct{ *single }

func (shown) shows() {}

func (s *single) staged() string {
	base := baseName(s.path)
	return s.path[:len(s.path)-len(base)] + "." + base + ".pending"
}

func (s *single) noteName() string { return s.staged() + ".json" }

func (s *single) writePendingNote(ctx context.Context, p pending) error {
	return writeNote(ctx, s.st, s.noteName(), p)
}

func (s *single) leaveToSettle(context.Context) error {
	s.unlock()
	return nil
}

// moveToPlace moves the staged file to its place.
func (s *single) moveToPlace(ctx context.Context) error {
	if s.mode != ModeOverwrite {
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
	w, err := s.st.Create(ctx, s.path, s.mode != ModeOverwrite)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, io.NewSectionReader(r, 0, r.Size())); err != nil {
		w.Abort()
		return err
	}
	return w.Commit()
}

// removeStaged deletes the staged file and then its note: without the note, a later run
// could not find the file.
func (s *single) removeStaged(ctx context.Context) error {
	for _, name := range []string{s.staged(), s.noteName()} {
		if err := s.st.Delete(ctx, name); err != nil && !errors.Is(err, store.ErrNotExist) {
			return err
		}
	}
	return nil
}

// SettleFile is Settle for a table that is one file.
func SettleFile(ctx context.Context, st *store.Store, path string, decide Decide) error {
	s := &single{st: st, path: path, pending: true}
	p, err := readNote(ctx, st, s.noteName())
	if p == nil || err != nil {
		return err
	}
	if folders, ok := st.Folders(); ok {
		s.lock, err = folders.Lock(ctx, lockOf(path), "")
		if _, ok := errors.AsType[*store.LockedError](err); ok {
			return nil // its run lives
		}
		if err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
		defer s.unlock()
	}
	return s.settleStaged(ctx, p, decide)
}

func (s *single) settleStaged(ctx context.Context, p *pending, decide Decide) error {
	done, err := decide.committed(ctx, s.st.URL(s.path), p)
	if err != nil {
		return err
	}
	if !done {
		return s.removeStaged(ctx)
	}
	there, err := s.st.Exists(ctx, s.staged())
	if err != nil {
		return err
	}
	if there {
		s.mode = ModeOverwrite // the file at its place is of this run, or was to be replaced
		if err := s.moveToPlace(ctx); err != nil {
			return err
		}
	}
	return s.removeStaged(ctx)
}
