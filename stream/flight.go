package stream

import (
	"context"
	"sync"
)

// flight bounds the batches that are read and not yet answered, and their memory. One
// batch is always let in.
type flight struct {
	room  int64 // bytes
	most  int   // batches
	mu    sync.Mutex
	bytes int64
	count int
	left  chan struct{} // has something when a batch has left
}

func newFlight(room int64, most int) *flight {
	return &flight{room: room, most: most, left: make(chan struct{}, 1)}
}

// enter waits until there is room for one more batch. Only one goroutine calls it. It is
// false if the context is done first.
func (f *flight) enter(ctx context.Context, bytes int64) bool {
	for !f.take(bytes) {
		select {
		case <-f.left:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (f *flight) take(bytes int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count > 0 && (f.count >= f.most || f.bytes+bytes > f.room) {
		return false
	}
	f.bytes += bytes
	f.count++
	return true
}

// idle reports whether there is no batch.
func (f *flight) idle() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count == 0
}

// leave says that a batch is answered.
func (f *flight) leave(bytes int64) {
	f.mu.Lock()
	f.bytes -= bytes
	f.count--
	f.mu.Unlock()
	select {
	case f.left <- struct{}{}:
	default:
	}
}
