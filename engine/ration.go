package engine

import (
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

// rationed returns an allocator for one batch.
func (r *Run) rationed() memory.Allocator {
	if r.BatchBytes <= 0 {
		return r.Mem
	}
	return &ration{mem: r.Mem, left: r.BatchBytes}
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
