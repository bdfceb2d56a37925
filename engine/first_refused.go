package engine

import (
	"context"
	"sync"
)

// refusals decides which of the rows that were refused a run names: the first
// in the order of the source, whatever the timing of the workers. Once a row of
// a split has ended the run, the splits behind it are called off; those before
// it are scored to their end, as they may hold an earlier one.
type refusals struct {
	mu      sync.Mutex
	first   *RowError
	split   int // that first is in
	ended   bool
	running map[int]context.CancelFunc
	undone  []func()
}

// enter announces that a split is to be scored. It returns false if it need not
// be. The context ends when the split is called off.
func (f *refusals) enter(ctx context.Context, split int) (context.Context, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended && split > f.split {
		return nil, false
	}
	ctx, cancel := context.WithCancel(ctx)
	if f.running == nil {
		f.running = map[int]context.CancelFunc{}
	}
	f.running[split] = cancel
	return ctx, true
}

func (f *refusals) leave(split int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running[split]()
	delete(f.running, split)
}

// add notes a refused row. end is set if it ends the run.
func (f *refusals) add(split int, e *RowError, end bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.first == nil || split < f.split { // of one split, rows come in order
		f.first, f.split = e, split
	}
	f.ended = f.ended || end
	if !f.ended {
		return
	}
	for s, cancel := range f.running {
		if s > f.split {
			cancel()
		}
	}
}

// calledOff reports whether the split is of no interest any more.
func (f *refusals) calledOff(split int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ended && split >= f.split
}

// row returns the first row, and whether it ends the run.
func (f *refusals) row() (first *RowError, end bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.first, f.ended
}

// later has undo called when no split is being scored any more: to abort a part
// of a table while others are written would fail those.
func (f *refusals) later(undo func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.undone = append(f.undone, undo)
}

func (f *refusals) undo() {
	for _, undo := range f.undone {
		undo()
	}
}
