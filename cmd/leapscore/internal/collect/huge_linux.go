package collect

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

const hugePage = 2 << 20

// hugePages lets the kernel back the next n bytes of the heap by huge pages, where
// it has them on request: a run touches its memory once, and does so in hundreds of
// faults then instead of tens of thousands. The runtime has no setting for that, so
// the range, which is returned, is taken from it and given back.
func hugePages(n int) (from, to uintptr) {
	b := make([]byte, n) // not touched
	at := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	skip := -at % hugePage
	_ = unix.Madvise(b[skip:], unix.MADV_HUGEPAGE) // or pages are small
	runtime.KeepAlive(b)
	runtime.GC()
	return at + skip, at + uintptr(n)
}
