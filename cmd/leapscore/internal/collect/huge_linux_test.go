package collect

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// flags returns the flags that the kernel keeps of the memory at an address.
func flags(t *testing.T, at uintptr) []string {
	t.Helper()
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := false
	for s := bufio.NewScanner(f); s.Scan(); {
		var from, to uintptr
		if n, _ := fmt.Sscanf(s.Text(), "%x-%x ", &from, &to); n == 2 {
			in = from <= at && at < to
		} else if list, ok := strings.CutPrefix(s.Text(), "VmFlags:"); ok && in {
			return strings.Fields(list)
		}
	}
	t.Fatalf("no memory at %x", at)
	return nil
}

func TestTheHeapHasHugePagesWhereTheKernelDoes(t *testing.T) {
	_, err := os.Stat("/sys/kernel/mm/transparent_hugepage")
	kernel := err == nil
	b := make([]byte, hugeHeap/2)
	at := uintptr(unsafe.Pointer(unsafe.SliceData(b))) + hugePage
	if asked := slices.Contains(flags(t, at), "hg"); asked != kernel {
		t.Errorf("the heap is of huge pages: %v, the kernel has them: %v", asked, kernel)
	}
	b[0] = 1
}
