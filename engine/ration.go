package engine

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/ops/column"
)

// ration is what one batch may take of an allocator at a time, whatever the op
// that asks. Beyond it, it panics with column.ErrTooLarge, and the rows are scored
// fewer at a time. It is used by one goroutine.
type ration struct {
	mem  memory.Allocator
	left int64
}

// rationed returns an allocator for one batch, which takes up to so many bytes, or any if
// that is 0.
func rationed(mem memory.Allocator, bytes int64) memory.Allocator {
	if bytes <= 0 {
		return mem
	}
	return &ration{mem: mem, left: bytes}
}

// noRoom adds to column.ErrTooLarge for one row what to do.
func noRoom(err error) error {
	return fmt.Errorf("%w; a single row has no room: raise --memory, leave wide columns out with --outputs, or write --vectors sparse or udt", err)
}

// take is called before memory is taken, as there may be none.
func (m *ration) take(n int) {
	if m.left -= int64(n); m.left < 0 {
		m.left += int64(n)
		panic(column.ErrTooLarge)
	}
}

// Allocate returns size bytes of any content.
func (m *ration) Allocate(size int) []byte {
	m.take(size)
	b := m.mem.Allocate(size)
	m.left -= int64(cap(b) - size)
	return b
}

// Reallocate returns size bytes that start with the content of b.
func (m *ration) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		m.left += int64(cap(b))
		b = m.mem.Reallocate(size, b)
		m.left -= int64(cap(b))
		return b
	}
	m.take(size)
	old := int64(cap(b))
	b = m.mem.Reallocate(size, b)
	m.left += old - int64(cap(b)-size)
	return b
}

// Free takes b back.
func (m *ration) Free(b []byte) {
	m.left += int64(cap(b))
	m.mem.Free(b)
}
