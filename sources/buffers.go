package sources

import (
	"math/bits"
	"sync"
)

// bufferPool keeps byte buffers by power of two, so that scanning does not
// feed the garbage collector.
type bufferPool [32]sync.Pool

var buffers bufferPool

// get returns a buffer of length n with unknown content, and room for pqPad
// bytes behind it.
func (p *bufferPool) get(n int) []byte {
	class := bits.Len(uint(max(n+pqPad, 1024) - 1))
	if class >= len(p) {
		return make([]byte, n, n+pqPad)
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
	if cap(b) >= n+pqPad {
		return b[:n]
	}
	p.put(b)
	return p.get(n)
}
