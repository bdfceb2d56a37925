package messages

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Allocator is where record batches are decoded: memory that the
// collector frees, as the decoder forgets buffers when it gives up, and that
// refuses sizes which only a damaged file asks for.
type Allocator struct {
	memory.GoAllocator
	Most int64
}

const (
	maxBuffer = 4 << 30
	mostRatio = 128 << 10 / 4 // of Zstandard, which repeats a byte in blocks of 128 KiB
)

// Limit is the most that a buffer takes which is packed into n bytes.
func Limit(n int64) int64 {
	return min(n, maxBuffer/mostRatio)*mostRatio + 64<<10
}

func (a *Allocator) Allocate(size int) []byte {
	a.check(size)
	return a.GoAllocator.Allocate(size)
}

func (a *Allocator) Reallocate(size int, b []byte) []byte {
	a.check(size)
	return a.GoAllocator.Reallocate(size, b)
}

func (a *Allocator) check(size int) {
	if size < 0 || int64(size) > a.Most {
		panic(fmt.Sprintf("a buffer of %d bytes, want at most %d", size, a.Most))
	}
}
