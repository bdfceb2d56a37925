// Package shelf keeps row groups of partitions until their file is written.
package shelf

import (
	"fmt"
	"os"
	"sync"

	"leapscore/engine/store"
	"leapscore/sinks/internal/format"
)

// Shelf keeps the row groups of partitions until their file is written: in memory,
// and, when there are too many, in a local file without a name. So a table of
// thousands of partitions needs neither thousands of open files nor thousands
// of uploads at a time, and its files do not become many for it.
type Shelf struct {
	limit int64 // of bytes in memory
	open  func() (*os.File, error)

	mu    sync.Mutex
	bytes int64
	f     *os.File
	end   int64
}

// New returns a shelf for limit bytes in memory. open makes the file for more.
func New(limit int64, open func() (*os.File, error)) *Shelf {
	return &Shelf{limit: limit, open: open}
}

// Entry is a row group on the shelf.
type Entry struct {
	rows  int
	data  []byte // nil if it is in the file
	off   int64
	Bytes int
}

// Put takes c, which is of no use afterwards.
func (s *Shelf) Put(c format.RowGroup) (Entry, error) {
	rows := c.Rows()
	data, err := c.Save()
	if err != nil {
		return Entry{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes+int64(len(data)) <= s.limit {
		s.bytes += int64(len(data))
		return Entry{rows: rows, data: data, Bytes: len(data)}, nil
	}
	if s.f == nil {
		if s.f, err = s.open(); err != nil {
			return Entry{}, fmt.Errorf("rows wait on disk until their partitions are written: %w", err)
		}
	}
	if _, err := s.f.WriteAt(data, s.end); err != nil {
		return Entry{}, fmt.Errorf("rows wait on disk until their partitions are written: %w", err)
	}
	s.end += int64(len(data))
	return Entry{rows: rows, off: s.end - int64(len(data)), Bytes: len(data)}, nil
}

// Take returns the bytes of c, which is not on the shelf any more.
func (s *Shelf) Take(c Entry) ([]byte, error) {
	if c.data != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.bytes -= int64(c.Bytes)
		return c.data, nil
	}
	data := make([]byte, c.Bytes)
	_, err := s.f.ReadAt(data, c.off)
	return data, err
}

// Drop forgets all that is on the shelf.
func (s *Shelf) Drop() error {
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
