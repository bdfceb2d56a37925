package store

import (
	"os"
	"path/filepath"
)

// scratcher is implemented by drivers of local disks.
type scratcher interface {
	scratch(folder string) (*os.File, error)
}

// Scratch returns a new local file for what does not fit into memory. It has no
// name where the system allows that, so that nothing is left of it when the
// process ends; DropScratch closes it. It is on the disk of the folder if that is
// local, and else where the system has temporary files.
func (s *Store) Scratch(folder string) (*os.File, error) {
	if d, ok := s.Driver.(scratcher); ok {
		return d.scratch(folder)
	}
	return TempFile("")
}

func (d *fileDriver) scratch(folder string) (*os.File, error) {
	dir := d.path(folder)
	if err := d.makeFolder(dir); err != nil {
		return nil, err
	}
	return TempFile(dir)
}

// TempFile is Scratch for a folder by path, by default the system's.
func TempFile(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, ".scratch-")
	if err == nil {
		_ = os.Remove(f.Name()) // some systems cannot yet; see DropScratch
	}
	return f, err
}

// DropScratch closes a file of Scratch, and removes it if it still has a name.
func DropScratch(f *os.File) error {
	err := f.Close()
	if _, statErr := os.Lstat(f.Name()); statErr == nil && filepath.IsAbs(f.Name()) {
		_ = os.Remove(f.Name())
	}
	return err
}
