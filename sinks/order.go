package sinks

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"leapscore/sinks/internal/format"
)

// order puts the rows of parts that are written concurrently into the order of
// the parts' numbers. There is no goroutine of its own, but at the end: whoever
// hands something over does what work there is, and waits only while others work.
//
// Rows come as items: a chunk, encoded already, or the small block that was
// left at the end of a part. Items become slots, in order: a chunk is a slot,
// and small blocks that follow one another are put together into one, so that
// many small splits do not make many small row groups. A slot is encoded by
// anyone, and appended to the files when it is the first.
type order struct {
	format format.Encoder
	append func(*partition, format.RowGroup) error
	limit  int64 // of buffered
	group  int   // rows of small blocks put together, at most

	collectLimit int64 // of collected
	blockBytes   int64 // that a block takes without rows

	mu        sync.Mutex
	cond      *sync.Cond
	next      int // the part whose items become slots
	parts     map[int]*queue
	pending   format.Block // small blocks, put together so far
	pendingAt position
	at        position // of the chunk that append is given
	slots     []*slot
	appending bool
	buffered  int64        // bytes of items and slots
	held      int64        // bytes of the blocks of parts
	live      []*partition // that have collected rows, and some that had
	collected int64        // bytes of them
	err       error
}

// queue is what a part handed over and what has not become slots.
type queue struct {
	items []item
	done  bool
}

// item is one of a chunk, a block and, in partitioned tables, blocks.
type item struct {
	c  format.RowGroup
	b  format.Block
	s  *scattered
	at position // of the first row
}

func (it item) size() int64 {
	switch {
	case it.c != nil:
		return it.c.Size()
	case it.s != nil:
		return it.s.size
	}
	return it.b.Size()
}

type slot struct {
	item
	taken bool // is being encoded

	// Of a partition:
	p      *partition
	blocks []format.Block
	bytes  int64
}

func (s *slot) size() int64 {
	if s.c == nil && s.p != nil {
		return s.bytes
	}
	return s.item.size()
}

func newOrder(f format.Encoder, opts Options, columns int, append func(*partition, format.RowGroup) error) *order {
	o := &order{
		format: f, append: append, limit: opts.Buffer, group: opts.GroupRows, parts: make(map[int]*queue),
		collectLimit: opts.Buffer, blockBytes: 256 * int64(columns),
	}
	o.cond = sync.NewCond(&o.mu)
	return o
}

// open announces part n.
func (o *order) open(n int) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if n < o.next || o.parts[n] != nil {
		return fmt.Errorf("part %d was opened before", n)
	}
	o.parts[n] = &queue{}
	return nil
}

// offer hands over items of part n; done says that they are the last. It
// returns once what is buffered is below the limit, or if only the caller can
// change that.
func (o *order) offer(ctx context.Context, n int, done bool, items ...item) error {
	stop := context.AfterFunc(ctx, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.cond.Broadcast()
	})
	defer stop()
	o.mu.Lock()
	defer o.mu.Unlock()
	q := o.parts[n]
	if o.err != nil {
		return o.err
	}
	q.items = append(q.items, items...)
	q.done = done
	for _, it := range items {
		o.buffered += it.size()
	}
	o.advance()
	for {
		o.work()
		switch {
		case o.err != nil:
			return o.err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case o.buffered <= o.limit, n <= o.next && len(o.slots) == 0:
			return nil
		}
		o.cond.Wait()
	}
}

// hold notes that the block of part n has grown by so many bytes, or shrunk. Where
// blocks take too much, it waits until others are handed over; but never for the
// part that all others wait for. What comes to be written does not depend on it.
func (o *order) hold(ctx context.Context, n int, bytes int64) error {
	stop := context.AfterFunc(ctx, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.cond.Broadcast()
	})
	defer stop()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held += bytes
	if bytes <= 0 {
		o.cond.Broadcast()
		return nil
	}
	for o.held > o.limit && n > o.next && o.err == nil && ctx.Err() == nil {
		o.work()
		if o.held > o.limit && n > o.next && o.err == nil && ctx.Err() == nil {
			o.cond.Wait()
		}
	}
	if o.err != nil {
		return o.err
	}
	return context.Cause(ctx)
}

// advance turns items whose turn it is into slots.
func (o *order) advance() {
	for {
		q := o.parts[o.next]
		if q == nil {
			return
		}
		for _, it := range q.items {
			switch {
			case it.s != nil:
				o.buffered -= it.s.size
				o.collect(it.s)
				o.cond.Broadcast() // no slot need come of it, and so no other word
			case it.c != nil:
				o.flush()
				o.slots = append(o.slots, &slot{item: it})
			default:
				o.put(it)
			}
		}
		q.items = nil
		if !q.done {
			return
		}
		delete(o.parts, o.next)
		o.next++
		o.cond.Broadcast() // who waits for this may have left no slot to wait for
	}
}

// put adds a small block to those that are pending.
func (o *order) put(it item) {
	b := it.b
	if o.pending != nil && (o.pending.Rows()+b.Rows() > o.group || o.pending.Size()+b.Size() > groupBytes) {
		o.flush()
	}
	if o.pending == nil {
		o.pending, o.pendingAt = b, it.at
		return
	}
	o.buffered -= o.pending.Size() + b.Size()
	o.pending.Merge(b)
	o.buffered += o.pending.Size()
}

// flush makes a slot of what is pending.
func (o *order) flush() {
	if o.pending != nil {
		o.slots = append(o.slots, &slot{item: item{b: o.pending, at: o.pendingAt}})
		o.pending = nil
	}
}

// work does what can be done now. It gives up o.mu meanwhile.
func (o *order) work() {
	for o.err == nil {
		if len(o.slots) > 0 && o.slots[0].c != nil && !o.appending {
			o.appendFirst()
			continue
		}
		s := o.unencoded()
		if s == nil {
			return
		}
		s.taken = true
		size := s.size() // encoding gives the block away
		o.mu.Unlock()
		c, err := o.encode(s)
		o.mu.Lock()
		if err == nil {
			o.buffered += c.Size() - size
			s.item = item{c: c, at: s.at}
		}
		o.fail(err)
		o.cond.Broadcast()
	}
}

func (o *order) unencoded() *slot {
	for _, s := range o.slots {
		if s.c == nil && !s.taken {
			return s
		}
	}
	return nil
}

func (o *order) appendFirst() {
	s := o.slots[0]
	size := s.size()
	o.appending, o.at = true, s.at
	o.mu.Unlock()
	err := o.append(s.p, s.c)
	o.mu.Lock()
	o.appending = false
	o.slots = o.slots[1:]
	o.buffered -= size
	o.fail(err)
	o.cond.Broadcast()
}

// fail ends all waiting. The first error stays. The caller holds o.mu.
func (o *order) fail(err error) {
	if o.err == nil && err != nil {
		o.err = err
		o.cond.Broadcast()
	}
}

// stop makes every later call fail with err, and waits for the one that is
// appending.
func (o *order) stop(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fail(err)
	for o.appending {
		o.cond.Wait()
	}
}

// finish appends what is left, once all parts are done.
func (o *order) finish() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil && len(o.parts) > 0 {
		return fmt.Errorf("part %d is missing or was not committed", o.next)
	}
	o.flush()
	o.flushAll()
	o.workTogether()
	for o.err == nil && len(o.slots) > 0 {
		o.work()
		if o.err == nil && len(o.slots) > 0 {
			o.cond.Wait() // someone else is at it
		}
	}
	if o.err != nil {
		return o.err
	}
	o.err = errFinished
	return nil
}

var errFinished = errors.New("the table was committed")
