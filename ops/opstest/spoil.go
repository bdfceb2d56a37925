package opstest

import "github.com/apache/arrow/go/v15/arrow/memory"

// Spoil returns an allocator over mem that hands out memory full of rubbish and
// fills what is freed with other rubbish, so that a kernel that counts on zeros,
// or keeps what it does not own, shows in its results.
func Spoil(mem memory.Allocator) memory.Allocator { return spoiler{mem} }

type spoiler struct{ memory.Allocator }

func spoil(b []byte, with byte) {
	for i := range b {
		b[i] = with
	}
}

// Allocate returns spoilt memory.
func (s spoiler) Allocate(size int) []byte {
	b := s.Allocator.Allocate(size)
	spoil(b[:cap(b)], 0xa5)
	return b
}

// Reallocate always moves, and spoils where b was.
func (s spoiler) Reallocate(size int, b []byte) []byte {
	moved := s.Allocate(size)
	copy(moved, b)
	s.Free(b)
	return moved
}

// Free spoils b.
func (s spoiler) Free(b []byte) {
	spoil(b[:cap(b)], 0xdb) // before another goroutine may get it
	s.Allocator.Free(b)
}
