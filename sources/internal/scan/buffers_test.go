package scan

import "testing"

func TestBuffersHaveRoomAndAreUsedAgain(t *testing.T) {
	var p bufferPool
	for _, n := range []int{0, 1, leastBuffer - Pad, leastBuffer, 1500, 1<<16 - Pad, 1 << 16, 160_000, 3<<20 - Pad, 3 << 20} {
		b := p.Get(n)
		if len(b) != n || cap(b) < n+Pad || cap(b) > max(leastBuffer, 3*(n+Pad)/2) {
			t.Errorf("a buffer of %d bytes has %d, with room for %d", n, len(b), cap(b))
		}
		class, size := bufferClass(n + Pad)
		if size != cap(b) {
			t.Errorf("a buffer of %d bytes is of class %d with %d bytes, and has room for %d", n, class, size, cap(b))
		}
		if again, _ := bufferClass(cap(b)); again != class {
			t.Errorf("a buffer of %d bytes comes from class %d and goes back into %d", n, class, again)
		}
		p.Put(b)
	}
}
