package reuse

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestPoolHandsOutDistinctMemory lets several goroutines write to pieces of
// every size: none may see another's writing, and a grown piece keeps its own.
func TestPoolHandsOutDistinctMemory(t *testing.T) {
	p := New(1 << 20)
	var wg sync.WaitGroup
	for worker := range byte(4) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(worker), 1))
			var held [][]byte
			for range 2000 {
				b := p.Allocate(r.IntN(100_000))
				for i := range b {
					b[i] = worker
				}
				if r.IntN(3) == 0 {
					n := len(b)
					b = p.Reallocate(n+r.IntN(200_000), b)
					for i := range n {
						if b[i] != worker {
							t.Errorf("byte %d of %d is %d after growing, want %d", i, n, b[i], worker)
							return
						}
					}
					b = b[:n]
				}
				held = append(held, b)
				if len(held) > 5 {
					at := r.IntN(len(held))
					for i, x := range held[at] {
						if x != worker {
							t.Errorf("byte %d is %d, want %d: two have the same piece", i, x, worker)
							return
						}
					}
					p.Free(held[at])
					held[at] = held[len(held)-1]
					held = held[:len(held)-1]
				}
			}
		})
	}
	wg.Wait()
	if kept := p.kept.Load(); kept > p.most || kept == 0 {
		t.Errorf("%d bytes are kept, want up to %d", kept, p.most)
	}
}

func TestPoolKeepsTheContractOfAllocators(t *testing.T) {
	p := New(1 << 20)
	for _, n := range []int{0, 1, 63, 64, 1000, 1024, 1025, 1 << 20, 1<<25 + 1} {
		b := p.Allocate(n)
		if len(b) != n {
			t.Errorf("%d bytes for %d", len(b), n)
		}
		buf := memory.NewResizableBuffer(p)
		buf.Resize(n)
		buf.Resize(2 * n)
		buf.Resize(n / 2)
		if buf.Len() != n/2 {
			t.Errorf("a buffer of %d bytes, want %d", buf.Len(), n/2)
		}
		buf.Release()
		p.Free(b)
	}
}
