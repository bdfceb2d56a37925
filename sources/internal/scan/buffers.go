package scan

import (
	"errors"
	"math/bits"
	"sync"
)

// Pad is how many readable bytes the code that unpacks bits wants behind its input.
const Pad = 64

// bufferPool keeps byte buffers by power of two, so that scanning does not
// feed the garbage collector.
type bufferPool [32]sync.Pool

var Buffers bufferPool

// Get returns a buffer of length n with unknown content, and room for Pad
// bytes behind it.
func (p *bufferPool) Get(n int) []byte {
	class := bits.Len(uint(max(n+Pad, 1024) - 1))
	if class >= len(p) {
		return make([]byte, n, n+Pad)
	}
	if b, ok := p[class].Get().(*[]byte); ok {
		return (*b)[:n]
	}
	return make([]byte, n, 1<<class)
}

func (p *bufferPool) Put(b []byte) {
	class := bits.Len(uint(cap(b))) - 1
	if cap(b) < 1024 || class >= len(p) || cap(b) != 1<<class {
		return
	}
	b = b[:0]
	p[class].Put(&b)
}

// Grow returns a buffer of length n, reusing b if it is large enough. The
// content is not kept.
func (p *bufferPool) Grow(b []byte, n int) []byte {
	if cap(b) >= n+Pad {
		return b[:n]
	}
	p.Put(b)
	return p.Get(n)
}

var ErrBatchBytes = errors.New("strings of one batch exceed 2 GiB")
