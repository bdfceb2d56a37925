package format

import (
	"runtime"
	"testing"
)

func TestAsManyAreKeptAsThereAreProcessors(t *testing.T) {
	var k kept[int]
	if v, ok := k.take(); ok {
		t.Fatalf("nothing was put, and %d is taken", v)
	}
	most := runtime.GOMAXPROCS(0)
	for i := range most + 3 {
		k.put(i)
	}
	runtime.GC()
	runtime.GC() // after which a sync.Pool is empty
	for i := most - 1; i >= 0; i-- {
		if v, ok := k.take(); !ok || v != i {
			t.Errorf("take: %d, %v, want %d", v, ok, i)
		}
	}
	if v, ok := k.take(); ok {
		t.Errorf("take: %d, want nothing", v)
	}
}
