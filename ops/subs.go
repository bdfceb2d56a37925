package ops

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Subs loads the models in several folders like Sub, some at the same time, and returns
// them in the order of the folders. Of several errors it returns that of the first
// folder.
func (n *Node) Subs(dirs []string, outputs ...string) ([]Kernel, error) {
	var (
		kernels = make([]Kernel, len(dirs))
		errs    = make([]error, len(dirs))
		next    atomic.Int64
		failed  atomic.Bool
		wg      sync.WaitGroup
		panics  = make(chan string, runtime.GOMAXPROCS(0))
	)
	for range min(cap(panics), len(dirs)) {
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					failed.Store(true)
					panics <- fmt.Sprintf("%v\n%s", p, debug.Stack())
				}
			}()
			// Folders are taken in order, so those before a failure are loaded to the end.
			for i := next.Add(1) - 1; i < int64(len(dirs)) && !failed.Load(); i = next.Add(1) - 1 {
				if kernels[i], errs[i] = n.Sub(dirs[i], outputs...); errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	select {
	case p := <-panics:
		panic(p) // as the goroutine of the caller would have
	default:
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return kernels, nil
}
