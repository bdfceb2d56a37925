package parquet

import (
	"context"
	"sync"

	"leapscore/sources/internal/scan"
)

const (
	// aheadParts is how many parts are opened before a reader wants them,
	// where reads have a latency: the next ones of its split, or else the
	// first ones of splits that nobody has opened.
	aheadParts = 8
	// aheadBytes bounds what those parts hold.
	aheadBytes = 64 << 20
)

// ahead reads parts of a pass before they are wanted. A nil *ahead does
// nothing.
type ahead struct {
	pass    *pass
	parts   []part // of all splits, in order
	splitOf []int  // the split of each part

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu     sync.Mutex
	opened []bool // by split: it has a reader
	begun  []bool // by part: it was read ahead, or by its reader
	ready  map[int]*opening
	bytes  int64 // of what is ready or will be
}

// opening is a part that is being opened.
type opening struct {
	done chan struct{}
	size int64
	part *openedPart
	err  error
}

func newAhead(ctx context.Context, pass *pass, splits [][]part) *ahead {
	a := &ahead{pass: pass, opened: make([]bool, len(splits)), ready: make(map[int]*opening)}
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
func (a *ahead) take(ctx context.Context, n int) (*openedPart, error) {
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
func (o *opening) drop() {
	<-o.done
	if o.part != nil {
		o.part.release()
	}
}

// more begins to open what comes from part n on, which follows a part of
// split.
func (a *ahead) more(split, n int) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for left := aheadParts; n < len(a.parts) && left > 0; n++ {
		if s := a.splitOf[n]; s != split && a.opened[s] {
			continue
		}
		left--
		if a.begun[n] || a.ctx.Err() != nil {
			continue
		}
		o := &opening{done: make(chan struct{}), size: a.pass.bytes(&a.parts[n])}
		if a.bytes+o.size > aheadBytes {
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
func (a *ahead) close() {
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
func (p *pass) bytes(part *part) int64 {
	meta := part.file.meta
	if meta == nil || part.group >= len(meta.format.RowGroups) {
		return aheadBytes / aheadParts
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

// partScan is a scan.PlanScan with what it reads ahead.
type partScan struct {
	scan.PlanScan
	ahead *ahead
}

func (s *partScan) Close() error {
	s.ahead.close()
	return nil
}
