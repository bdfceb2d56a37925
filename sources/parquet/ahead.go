package parquet

import (
	"context"
	"sync"

	"leapscore/sources/internal/scan"
)

const (
	// pqAheadParts is how many parts are opened before a reader wants them,
	// where reads have a latency: the next ones of its split, or else the
	// first ones of splits that nobody has opened.
	pqAheadParts = 8
	// pqAheadBytes bounds what those parts hold.
	pqAheadBytes = 64 << 20
)

// pqAhead reads parts of a pass before they are wanted. A nil *pqAhead does
// nothing.
type pqAhead struct {
	pass    *pqPass
	parts   []pqPart // of all splits, in order
	splitOf []int    // the split of each part

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu     sync.Mutex
	opened []bool // by split: it has a reader
	begun  []bool // by part: it was read ahead, or by its reader
	ready  map[int]*pqOpening
	bytes  int64 // of what is ready or will be
}

// pqOpening is a part that is being opened.
type pqOpening struct {
	done chan struct{}
	size int64
	part *pqOpened
	err  error
}

func newPqAhead(ctx context.Context, pass *pqPass, splits [][]pqPart) *pqAhead {
	a := &pqAhead{pass: pass, opened: make([]bool, len(splits)), ready: make(map[int]*pqOpening)}
	a.ctx, a.cancel = context.WithCancel(ctx)
	for s, parts := range splits {
		for range parts {
			a.splitOf = append(a.splitOf, s)
		}
		a.parts = append(a.parts, parts...)
	}
	a.begun = make([]bool, len(a.parts))
	return a
}

// take returns part n, opened, or nil if it was not read ahead.
func (a *pqAhead) take(ctx context.Context, n int) (*pqOpened, error) {
	if a == nil {
		return nil, nil
	}
	a.mu.Lock()
	a.opened[a.splitOf[n]], a.begun[n] = true, true
	o := a.ready[n]
	delete(a.ready, n)
	a.mu.Unlock()
	if o == nil {
		return nil, nil
	}
	defer func() {
		a.mu.Lock()
		a.bytes -= o.size
		a.mu.Unlock()
	}()
	select {
	case <-o.done:
		return o.part, o.err
	case <-ctx.Done():
		a.wg.Go(o.drop)
		return nil, ctx.Err()
	}
}

// drop frees a part that nobody wants any more, once it was opened.
func (o *pqOpening) drop() {
	<-o.done
	if o.part != nil {
		o.part.release()
	}
}

// more begins to open what comes from part n on, which follows a part of
// split.
func (a *pqAhead) more(split, n int) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for left := pqAheadParts; n < len(a.parts) && left > 0; n++ {
		if s := a.splitOf[n]; s != split && a.opened[s] {
			continue
		}
		left--
		if a.begun[n] || a.ctx.Err() != nil {
			continue
		}
		o := &pqOpening{done: make(chan struct{}), size: a.pass.bytes(&a.parts[n])}
		if a.bytes+o.size > pqAheadBytes {
			return
		}
		a.bytes += o.size
		a.begun[n], a.ready[n] = true, o
		part := a.parts[n]
		a.wg.Go(func() {
			defer close(o.done)
			o.part, o.err = a.pass.open(a.ctx, part)
		})
	}
}

// close ends all reading ahead.
func (a *pqAhead) close() {
	if a == nil {
		return
	}
	a.cancel()
	a.mu.Lock()
	left := a.ready
	a.ready = nil
	a.mu.Unlock()
	for _, o := range left {
		o.drop()
	}
	a.wg.Wait()
}

// bytes is about how much a part holds when it is opened.
func (p *pqPass) bytes(part *pqPart) int64 {
	meta := part.file.meta
	if meta == nil || part.group >= len(meta.format.RowGroups) {
		return pqAheadBytes / pqAheadParts
	}
	rg := &meta.format.RowGroups[part.group]
	var n int64
	for _, name := range p.cols {
		for _, l := range meta.byName[name].leaves() {
			from, to := chunkRange(&rg.Columns[l.index].MetaData)
			n += to - from
		}
	}
	return n * (part.to - part.from) / max(rg.NumRows, 1)
}

// pqScan is a planScan with what it reads ahead.
type pqScan struct {
	scan.PlanScan
	ahead *pqAhead
}

func (s *pqScan) Close() error {
	s.ahead.close()
	return nil
}
