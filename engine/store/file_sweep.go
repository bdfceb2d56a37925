package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"leapscore/engine/store/internal/disk"
)

// unfinishedFile is the name of a Parquet file that CreateVisible has not finished.
var unfinishedFile = regexp.MustCompile(`^part-.*\.parquet\.tmp-[0-9a-z]{12}$`)

// SweepUnfinished removes files in and below a folder of a local disk that CreateVisible
// began in a process that has died. A process that lives holds their locks. It skips
// what it cannot read or remove: that costs no more than its space.
func (s *Store) SweepUnfinished(folder string) {
	d, ok := s.Driver.(*fileDriver)
	if !ok {
		return
	}
	_ = filepath.WalkDir(d.path(folder), func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && unfinishedFile.MatchString(e.Name()) {
			d.removeIfUnlocked(path)
		}
		return nil
	})
}

func (d *fileDriver) removeIfUnlocked(path string) {
	f, err := os.OpenFile(path, os.O_RDWR|disk.NoFollow, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if disk.Lock(f) == nil {
		_ = d.remove(path)
	}
}
