package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"leapscore/engine/store/internal/disk"
)

// A spill folder holds what a library of another language writes where memory does
// not suffice: files with names, which a process that is killed leaves behind.
//
//	leapscore-new-XXX/lock      made, and locked by the process while it lives
//	leapscore-spill-XXX/lock    renamed then, so that no other process meets it unlocked
//
// XXX is random: the processes of two containers may have one number.
const (
	spillPrefix   = "leapscore-spill-"
	unlockedSpill = "leapscore-new-"
	spillLock     = "lock"
)

// Spill is a folder for one process and its user.
type Spill struct {
	Path string
	lock Lock // nil where there are no locks
}

// NewSpill makes a folder below parent, by default where the system has temporary
// files, and removes those of processes that are gone.
func NewSpill(ctx context.Context, parent string) (*Spill, error) {
	if parent == "" {
		parent = os.TempDir()
	}
	sweepSpills(ctx, parent)
	fresh, err := os.MkdirTemp(parent, unlockedSpill)
	if err != nil {
		return nil, err
	}
	lock, err := lockSpill(ctx, fresh)
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return nil, errors.Join(err, os.RemoveAll(fresh))
	}
	s := &Spill{Path: filepath.Join(parent, spillPrefix+strings.TrimPrefix(filepath.Base(fresh), unlockedSpill)), lock: lock}
	if err := os.Rename(fresh, s.Path); err != nil {
		s.Path = fresh
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func lockSpill(ctx context.Context, folder string) (Lock, error) {
	return (&fileDriver{root: folder + string(filepath.Separator)}).Lock(ctx, spillLock, fmt.Sprintf("process %d", os.Getpid()))
}

// Close removes the folder. Later calls do nothing.
func (s *Spill) Close() error {
	if s == nil || s.Path == "" {
		return nil
	}
	err := os.RemoveAll(s.Path)
	if s.lock != nil {
		err = errors.Join(err, s.lock.Unlock())
	}
	s.Path, s.lock = "", nil
	return err
}

// unlockedAge is how old a folder without a lock must be before it counts as left
// behind by a process that died before it made the lock.
const unlockedAge = time.Hour

// sweepSpills removes the folders whose locks are free. It skips folders that it
// cannot read or remove: they are another user's, or in use.
func sweepSpills(ctx context.Context, parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		path := filepath.Join(parent, e.Name())
		info, err := e.Info()
		if err != nil || !info.IsDir() || info.Mode().Perm() != 0o700 || !disk.OwnedByUs(info) {
			continue
		}
		switch {
		case strings.HasPrefix(e.Name(), unlockedSpill):
			if time.Since(info.ModTime()) > unlockedAge {
				_ = os.RemoveAll(path)
			}
		case strings.HasPrefix(e.Name(), spillPrefix):
			removeSpill(ctx, path)
		}
	}
}

// removeSpill removes a folder whose process is gone. Its lock is held meanwhile.
func removeSpill(ctx context.Context, path string) {
	if _, err := os.Lstat(filepath.Join(path, spillLock)); err != nil {
		return // without a lock it is unknown whether the process lives
	}
	if lock, err := lockSpill(ctx, path); err == nil {
		_ = os.RemoveAll(path)
		_ = lock.Unlock()
	}
}
