// Package feed reads a scan ahead of the one who takes its batches.
package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
)

// Feed reads the splits of a scan ahead, several at once, and gives their
// batches in order. It is how one thread of DuckDB, as there is where the order
// of rows counts, is fed by several that decode.
type Feed struct {
	ctx    context.Context
	cancel context.CancelFunc
	scan   sources.Scan
	mem    memory.Allocator
	limit  int // bytes that a split may have ready
	window int // splits that are open
	wg     sync.WaitGroup

	next sync.Mutex // held while a split is taken and queued

	mu    sync.Mutex
	cond  *sync.Cond
	queue []*feedSplit
	ended bool
	err   error
}

// feedSplit is a split that is read, or lies ready.
type feedSplit struct {
	batches []sources.Batch
	bytes   int
	done    bool
	err     error
}

// mostReady bounds the bytes that a split has ready where there are few readers: one
// thread takes them, and does not need a whole split ahead.
const mostReady = 6 << 20

var errFeedClosed = errors.New("feed is closed")

// New reads a scan, which becomes the feed's, with so many readers at once. bytes
// bounds the batches that lie ready.
func New(ctx context.Context, scan sources.Scan, mem memory.Allocator, readers, bytes int) *Feed {
	f := &Feed{scan: scan, mem: mem, limit: min(bytes/(readers+1), mostReady), window: readers + 1}
	f.ctx, f.cancel = context.WithCancel(ctx)
	f.cond = sync.NewCond(&f.mu)
	for range readers {
		f.wg.Go(f.read)
	}
	return f
}

// read reads one split after the other.
func (f *Feed) read() {
	for {
		split, s := f.open()
		if s == nil {
			return
		}
		err := f.readSplit(split, s)
		f.mu.Lock()
		s.done, s.err = true, err
		f.mu.Unlock()
		f.cond.Broadcast()
		if err != nil {
			return
		}
	}
}

// open takes the next split, as soon as there is room for it, or returns nil.
func (f *Feed) open() (sources.Split, *feedSplit) {
	f.next.Lock()
	defer f.next.Unlock()
	f.mu.Lock()
	for len(f.queue) >= f.window && f.err == nil {
		f.cond.Wait()
	}
	stop := f.ended || f.err != nil
	f.mu.Unlock()
	if stop {
		return sources.Split{}, nil
	}
	split, err := f.scan.Next()
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.cond.Broadcast()
	if err == io.EOF {
		f.ended = true
		return split, nil
	}
	s := &feedSplit{done: err != nil, err: err}
	f.queue = append(f.queue, s)
	if err != nil {
		f.ended = true
		return split, nil
	}
	return split, s
}

func (f *Feed) readSplit(split sources.Split, s *feedSplit) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: panic: %v", split.Name, p)
		}
	}()
	r, err := split.Open(f.ctx, f.mem)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		b, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := checkTexts(b); err != nil {
			b.Release()
			return err
		}
		if !f.put(s, b) {
			b.Release()
			return errFeedClosed
		}
	}
}

// put adds a batch to a split that has room, or returns false.
func (f *Feed) put(s *feedSplit, b sources.Batch) bool {
	size := batchSize(b)
	f.mu.Lock()
	defer f.mu.Unlock()
	for s.bytes > 0 && s.bytes+size > f.limit && f.err == nil {
		f.cond.Wait()
	}
	if f.err != nil {
		return false
	}
	s.batches, s.bytes = append(s.batches, b), s.bytes+size
	f.cond.Broadcast()
	return true
}

// Take returns the next batch, or io.EOF.
func (f *Feed) Take() (sources.Batch, error) {
	stop := context.AfterFunc(f.ctx, f.wake)
	defer stop()
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		switch {
		case f.err != nil:
			return sources.Batch{}, f.err
		case f.ctx.Err() != nil:
			return sources.Batch{}, context.Cause(f.ctx)
		case len(f.queue) == 0 && f.ended:
			return sources.Batch{}, io.EOF
		case len(f.queue) == 0:
			f.cond.Wait()
			continue
		}
		s := f.queue[0]
		switch {
		case len(s.batches) > 0:
			b := s.batches[0]
			s.batches = s.batches[1:]
			s.bytes -= batchSize(b)
			f.cond.Broadcast()
			return b, nil
		case s.err != nil:
			f.err = s.err
			f.cond.Broadcast()
		case s.done:
			f.queue = f.queue[1:]
			f.cond.Broadcast()
		default:
			f.cond.Wait()
		}
	}
}

func (f *Feed) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cond.Broadcast()
}

// Close ends the readers and frees batches that were not taken.
func (f *Feed) Close() error {
	f.mu.Lock()
	if f.err == nil {
		f.err = errFeedClosed
	}
	f.mu.Unlock()
	f.cancel()
	f.cond.Broadcast()
	f.wg.Wait()
	for _, s := range f.queue {
		for _, b := range s.batches {
			b.Release()
		}
	}
	f.queue = nil
	return f.scan.Close()
}

// batchSize is about how many bytes a batch takes. A dictionary counts with
// each batch that shares it.
func batchSize(b sources.Batch) int {
	size := 1
	for _, c := range b.Columns() {
		size += dataSize(c.Data())
	}
	return size
}

func dataSize(d arrow.ArrayData) int {
	size := 0
	for _, b := range d.Buffers() {
		if b != nil {
			size += b.Len()
		}
	}
	for _, c := range d.Children() {
		size += dataSize(c)
	}
	return size
}
