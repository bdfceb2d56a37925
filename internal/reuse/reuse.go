// Package reuse has an allocator that keeps memory for the next batch.
package reuse

import (
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Pool is an allocator that keeps what is freed for the next batch, so that a
// run allocates a constant amount and the collector has nothing to do. Memory
// that comes from it again is not zeroed, and what is freed may be overwritten
// at once: the tests of ops, sources and sinks run on allocators that spoil
// both.
type Pool struct {
	small memory.Allocator
	mu    [poolClasses]sync.Mutex
	free  [poolClasses][][]byte
	kept  atomic.Int64
	most  int64 // bytes that are kept
}

// Classes are powers of two. Smaller pieces are not worth keeping; larger ones
// are rare and would be kept for nothing.
const (
	poolLeast   = 10 // 1 KiB
	poolClasses = 26 // up to 32 MiB
)

// New returns an allocator that keeps up to so many bytes of what is freed.
func New(most int64) *Pool {
	return &Pool{small: memory.NewGoAllocator(), most: most}
}

// class returns the class of pieces of n bytes, and whether there is one.
func (p *Pool) class(n int) (int, bool) {
	c := bits.Len(uint(max(n, 1) - 1))
	return c, c >= poolLeast && c < poolClasses
}

// Allocate returns size bytes of any content.
func (p *Pool) Allocate(size int) []byte {
	c, ok := p.class(size)
	if !ok {
		return p.small.Allocate(size)
	}
	p.mu[c].Lock()
	if n := len(p.free[c]); n > 0 {
		b := p.free[c][n-1]
		p.free[c] = p.free[c][:n-1]
		p.mu[c].Unlock()
		p.kept.Add(-1 << c)
		return b[:size]
	}
	p.mu[c].Unlock()
	return p.small.Allocate(1 << c)[:size]
}

// Reallocate returns a piece of size bytes that starts with the content of b.
func (p *Pool) Reallocate(size int, b []byte) []byte {
	if c, ok := p.class(size); ok && cap(b) == 1<<c {
		return b[:size]
	}
	grown := p.Allocate(size)
	copy(grown, b)
	p.Free(b)
	return grown
}

// Free takes b back.
func (p *Pool) Free(b []byte) {
	c, ok := p.class(cap(b))
	if !ok || cap(b) != 1<<c {
		return
	}
	if p.kept.Add(1<<c) > p.most {
		p.kept.Add(-1 << c)
		return
	}
	p.mu[c].Lock()
	p.free[c] = append(p.free[c], b[:0])
	p.mu[c].Unlock()
}
