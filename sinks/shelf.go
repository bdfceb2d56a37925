package sinks

import (
	"fmt"
	"os"
	"sync"

	"leapscore/engine/store"
	"leapscore/sinks/internal/format"
)

// shelf keeps the chunks of partitions until their file is written: in memory,
// and, when there are too many, in a local file without a name. So a table of
// thousands of partitions needs neither thousands of open files nor thousands
// of uploads at a time, and its files do not become many for it.
type shelf struct {
	limit int64 // of bytes in memory
	open  func() (*os.File, error)

	mu    sync.Mutex
	bytes int64
	f     *os.File
	end   int64
}

// shelved is a chunk on the shelf.
type shelved struct {
	rows int
	data []byte // nil if it is in the file
	off  int64
	n    int
}

// put takes c, which is of no use afterwards.
func (s *shelf) put(c format.RowGroup) (shelved, error) {
	rows := c.Rows()
	data, err := c.Save()
	if err != nil {
		return shelved{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes+int64(len(data)) <= s.limit {
		s.bytes += int64(len(data))
		return shelved{rows: rows, data: data, n: len(data)}, nil
	}
	if s.f == nil {
		if s.f, err = s.open(); err != nil {
			return shelved{}, fmt.Errorf("rows wait on disk until their partitions are written: %w", err)
		}
	}
	if _, err := s.f.WriteAt(data, s.end); err != nil {
		return shelved{}, fmt.Errorf("rows wait on disk until their partitions are written: %w", err)
	}
	s.end += int64(len(data))
	return shelved{rows: rows, off: s.end - int64(len(data)), n: len(data)}, nil
}

// take returns the bytes of c, which is not on the shelf any more.
func (s *shelf) take(c shelved) ([]byte, error) {
	if c.data != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.bytes -= int64(c.n)
		return c.data, nil
	}
	data := make([]byte, c.n)
	_, err := s.f.ReadAt(data, c.off)
	return data, err
}

// drop forgets all that is on the shelf.
func (s *shelf) drop() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.f == nil {
		return nil
	}
	err := store.DropScratch(s.f)
	s.f = nil
	return err
}
