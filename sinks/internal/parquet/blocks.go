package parquet

import (
	"bytes"
	"sync"
)

// blockSize is how much memory encoded groups take at a time. It is fixed, so that
// memory is used again whatever the size of groups, and never copied as they grow.
const blockSize = 1 << 20

// freeBlocks keeps the memory of encoded groups once they are written.
var freeBlocks = sync.Pool{New: func() any { b := make([]byte, 0, blockSize); return &b }}

// blocks is bytes in pieces, which follow each other.
type blocks struct {
	size int64
	full [][]byte
	last []byte // has room left
}

func (b *blocks) write(p []byte) {
	b.size += int64(len(p))
	for len(p) > 0 {
		if b.last == nil {
			b.last = *freeBlocks.Get().(*[]byte)
		}
		n := min(len(p), blockSize-len(b.last))
		b.last, p = append(b.last, p[:n]...), p[n:]
		if len(b.last) == blockSize {
			b.full, b.last = append(b.full, b.last), nil
		}
	}
}

// take returns what was written, and begins anew. A short last piece is copied: many
// small groups may wait to be written.
func (b *blocks) take() blocks {
	out := *b
	*b = blocks{}
	if len(out.last) > 0 && len(out.last) < blockSize/2 {
		out.last, b.last = bytes.Clone(out.last), out.last[:0]
	}
	return out
}

// each calls fn for each piece, in their order.
func (b *blocks) each(fn func([]byte)) {
	for _, p := range b.full {
		fn(p)
	}
	if len(b.last) > 0 {
		fn(b.last)
	}
}

// free gives the memory back.
func (b *blocks) free() {
	b.each(func(p []byte) {
		if cap(p) == blockSize {
			p = p[:0]
			freeBlocks.Put(&p)
		}
	})
	*b = blocks{}
}
