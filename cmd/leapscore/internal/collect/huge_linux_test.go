package collect

import (
	"testing"
	"unsafe"
)

// What is allocated next must be of the range that the kernel was told of.
func TestTheHeapGrowsIntoTheRange(t *testing.T) {
	from, to := hugePages(hugeHeap) // after that of the start, which is taken first
	if to-from < hugeHeap-hugePage || from%hugePage != 0 {
		t.Errorf("%d bytes from %x are of huge pages, want about %d at a multiple of %x", to-from, from, hugeHeap, hugePage)
	}
	if hugeTo == 0 { // GOGC is set
		hugeFrom, hugeTo = from, to
	}
	var kept [][]byte
	in, all := 0, 0
	for range 16 {
		b := make([]byte, 4<<20)
		at := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
		if from <= at && at < to || hugeFrom <= at && at < hugeTo {
			in++
		}
		all++
		kept = append(kept, b)
	}
	if in < all-1 { // what lies before it may be free
		t.Errorf("%d of %d blocks are in the ranges", in, all)
	}
	for _, b := range kept {
		b[0] = 1
	}
}
