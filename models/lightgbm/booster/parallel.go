package booster

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel makes and lays out n trees and returns them in order, or the error of the first that cannot
// be made, by its number after those that are there.
func parallel(there, n int, make1 func(i int) (*treeData, error)) ([]*treeData, error) {
	out := make([]*treeData, n)
	errs := make([]error, n)
	var next, failed atomic.Int64
	failed.Store(int64(n))
	work := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= n || int64(i) > failed.Load() {
				return
			}
			if out[i], errs[i] = make1(i); errs[i] != nil {
				lower(&failed, int64(i))
				continue
			}
			out[i].layOut()
		}
	}
	var group sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(work)
	}
	group.Wait()
	if i := failed.Load(); i < int64(n) {
		return nil, fmt.Errorf("tree %d: %w", there+int(i), errs[i])
	}
	return out, nil
}

// lower makes v at most n.
func lower(v *atomic.Int64, n int64) {
	for {
		old := v.Load()
		if old <= n || v.CompareAndSwap(old, n) {
			return
		}
	}
}
