package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"leapscore/engine/store/internal/disk"
)

// All changes that the driver makes on a disk go through here, so that a test can
// follow them and compute what a power cut would leave.

// Change is a change that was made on a disk.
type Change struct {
	Kind   ChangeKind
	Path   string
	Second string // of ChangeRenamed, ChangeExchanged and ChangeLinked
}

// ChangeKind is what was done.
type ChangeKind int

// The kinds of changes. Writing bytes is no change: ChangeSynced makes them last.
const (
	ChangeMade         ChangeKind = iota // a file
	ChangeMadeFolder                     // a folder
	ChangeRenamed                        // Path to Second
	ChangeExchanged                      // Path and Second
	ChangeLinked                         // Second is another name of Path
	ChangeRemoved                        // a file or an empty folder
	ChangeRemovedAll                     // a folder with all in it
	ChangeSynced                         // the bytes of a file
	ChangeSyncedFolder                   // the names in a folder
)

// OnDisk returns the store over a folder of the local file system, and has watch
// called after each change.
func OnDisk(folder string, watch func(Change)) *Store {
	return New(&fileDriver{root: filepath.Clean(folder) + string(filepath.Separator), watch: watch})
}

func (d *fileDriver) changed(kind ChangeKind, path, second string) {
	if d.watch != nil {
		d.watch(Change{kind, path, second})
	}
}

func (d *fileDriver) rename(from, to string) error {
	err := os.Rename(from, to)
	if err == nil {
		d.changed(ChangeRenamed, from, to)
	}
	return err
}

func (d *fileDriver) exchange(a, b string) error {
	err := disk.Exchange(a, b)
	if err == nil {
		d.changed(ChangeExchanged, a, b)
	}
	return err
}

func (d *fileDriver) link(from, to string) error {
	err := os.Link(from, to)
	if err == nil {
		d.changed(ChangeLinked, from, to)
	}
	return err
}

func (d *fileDriver) remove(path string) error {
	err := os.Remove(path)
	if err == nil {
		d.changed(ChangeRemoved, path, "")
	}
	return err
}

func (d *fileDriver) removeAll(path string) error {
	err := os.RemoveAll(path)
	if err == nil {
		d.changed(ChangeRemovedAll, path, "")
	}
	return err
}

// makeFolder makes dir and what is missing above it, durably.
func (d *fileDriver) makeFolder(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := d.makeFolder(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o777); err == nil {
		d.changed(ChangeMadeFolder, dir, "")
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	return d.syncFolder(parent)
}

// syncFolder makes the names in dir durable.
func (d *fileDriver) syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.sync(f, ChangeSyncedFolder), f.Close())
}

// sync makes durable what was written to f, or the names in it if it is a folder.
func (d *fileDriver) sync(f *os.File, kind ChangeKind) error {
	err := f.Sync()
	if kind == ChangeSyncedFolder && (errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported)) {
		err = nil // some file systems cannot sync a folder, and need not
	}
	if err == nil {
		d.changed(kind, f.Name(), "")
	}
	return err
}
