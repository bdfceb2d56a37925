package scan

import (
	"context"
	"runtime"
	"sync"

	"leapscore/sources"
)

// EachParallel calls fn for 0 to n-1, at most width at once, and returns the
// error of the lowest of them that failed.
func EachParallel(ctx context.Context, n, width int, fn func(context.Context, int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		next  int
		least = n
		first error
	)
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next >= least || ctx.Err() != nil {
			return 0, false
		}
		next++
		return next - 1, true
	}
	for range min(width, n) {
		wg.Go(func() {
			for {
				i, ok := take()
				if !ok {
					return
				}
				if err := fn(ctx, i); err != nil {
					mu.Lock()
					if i < least {
						least, first = i, err
					}
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if first == nil {
		return ctx.Err()
	}
	return first
}

// Openers is how many files are opened at once to learn what they hold.
func Openers(opt sources.Options) int {
	if opt.Remote {
		return 32
	}
	return 2 * runtime.GOMAXPROCS(0)
}
