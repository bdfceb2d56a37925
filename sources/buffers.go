package sources

import (
	"errors"
	"math/bits"
	"sync"
)

// pad is how many readable bytes the code that unpacks bits wants behind its input.
const pad = 64

// bufferPool keeps byte buffers by power of two, so that scanning does not
// feed the garbage collector.
type bufferPool [32]sync.Pool

var buffers bufferPool

// get returns a buffer of length n with unknown content, and room for pad
// bytes behind it.
func (p *bufferPool) get(n int) []byte {
	class := bits.Len(uint(max(n+pad, 1024) - 1))
	if class >= len(p) {
		return make([]byte, n, n+pad)
	}
	if b, ok := p[class].Get().(*[]byte); ok {
		return (*b)[:n]
	}
	return make([]byte, n, 1<<class)
}

func (p *bufferPool) put(b []byte) {
	class := bits.Len(uint(cap(b))) - 1
	if cap(b) < 1024 || class >= len(p) || cap(b) != 1<<class {
		return
	}
	b = b[:0]
	p[class].Put(&b)
}

// grow returns a buffer of length n, reusing b if it is large enough. The
// content is not kept.
func (p *bufferPool) grow(b []byte, n int) []byte {
	if cap(b) >= n+pad {
		return b[:n]
	}
	p.put(b)
	return p.get(n)
}

var errBatchBytes = errors.New("strings of one batch exceed 2 GiB")
