package scan

import (
	"errors"
	"math/bits"
	"sync"
)

// Pad is how many readable bytes the code that unpacks bits wants behind its input.
const Pad = 64

// bufferPool keeps byte buffers by size, so that scanning does not feed the garbage
// collector. Sizes are powers of two, and one and a half times these.
type bufferPool [64]sync.Pool

var Buffers bufferPool

const (
	leastBuffer = 1 << 10
	mostBuffer  = 1 << 31
)

// bufferClass returns the least class of buffers of n bytes, and their size.
func bufferClass(n int) (class, size int) {
	n = max(n, leastBuffer)
	log := bits.Len(uint(n - 1))
	if middle := 3 << (log - 2); n <= middle {
		return 2*log - 1, middle
	}
	return 2 * log, 1 << log
}

// Get returns a buffer of length n with unknown content, and room for Pad
// bytes behind it.
func (p *bufferPool) Get(n int) []byte {
	if n+Pad >= mostBuffer {
		return make([]byte, n, n+Pad)
	}
	class, size := bufferClass(n + Pad)
	if b, ok := p[class].Get().(*[]byte); ok {
		return (*b)[:n]
	}
	return make([]byte, n, size)
}

func (p *bufferPool) Put(b []byte) {
	if cap(b) < leastBuffer || cap(b) >= mostBuffer {
		return
	}
	class, size := bufferClass(cap(b))
	if size != cap(b) {
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
