package sources

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// limitedAllocator is where record batches are decoded: memory that the
// collector frees, as the decoder forgets buffers when it gives up, and that
// refuses sizes which only a damaged file asks for.
type limitedAllocator struct {
	memory.GoAllocator
	most int64
}

const (
	arrowMaxBuffer = 4 << 30
	arrowMostRatio = 128 << 10 / 4 // of Zstandard, which repeats a byte in blocks of 128 KiB
)

// arrowLimit is the most that a buffer takes which is packed into n bytes.
func arrowLimit(n int64) int64 {
	return min(n, arrowMaxBuffer/arrowMostRatio)*arrowMostRatio + 64<<10
}

func (a *limitedAllocator) Allocate(size int) []byte {
	a.check(size)
	return a.GoAllocator.Allocate(size)
}

func (a *limitedAllocator) Reallocate(size int, b []byte) []byte {
	a.check(size)
	return a.GoAllocator.Reallocate(size, b)
}

func (a *limitedAllocator) check(size int) {
	if size < 0 || int64(size) > a.most {
		panic(fmt.Sprintf("a buffer of %d bytes, want at most %d", size, a.most))
	}
}
