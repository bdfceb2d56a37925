package format

import (
	"runtime"
	"sync"
)

// kept holds what is used again and again, and has grown to what it needs. Unlike a
// sync.Pool, which each collection empties, it costs nothing to fill anew: where little
// else is on the heap, collections are frequent, and what they took away would bring
// about the next. There are as many as were in use at once, but not more than processors.
type kept[T any] struct {
	mu   sync.Mutex
	list []T
}

func (k *kept[T]) take() (v T, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := len(k.list) - 1
	if n < 0 {
		return v, false
	}
	v, k.list = k.list[n], k.list[:n]
	return v, true
}

func (k *kept[T]) put(v T) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.list) < runtime.GOMAXPROCS(0) {
		k.list = append(k.list, v)
	}
}
