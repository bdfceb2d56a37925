// Package order puts rows that are written concurrently, in parts, into the order of
// the parts, and hands them on as row groups. The groups depend on the rows
// and their order alone, not on workers or time.
package order

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"leapscore/sinks/internal/format"
	"leapscore/sinks/internal/partition"
)

// Order puts the rows of parts that are written concurrently into the order of
// the parts' numbers. There is no goroutine of its own, but at the end: whoever
// hands something over does what work there is, and waits only while others work.
//
// Rows come as items: a row group, encoded already, or the small block that was
// left at the end of a part. Items become slots, in order: a row group is a slot,
// and small blocks that follow one another are put together into one, so that
// many small splits do not make many small row groups. A slot is encoded by
// anyone. When it is the first, it gets its place in a file (lane.go); several
// files are written at once.
type Order struct {
	format    format.Encoder
	place     Place
	limit     int64 // of buffered
	groupRows int   // rows of small blocks put together, at most

	collectLimit int64 // of collected
	blockBytes   int64 // that a block takes without rows

	mu        sync.Mutex
	cond      *sync.Cond
	next      int // the part whose items become slots
	parts     map[int]*queue
	pending   format.Block // small blocks, put together so far
	pendingAt Position
	slots     []*slot
	lanes     lanes
	buffered  int64 // bytes of items and slots, until they are written
	held      int64 // bytes of the blocks of parts
	collected int64 // bytes of rows that are collected
	byFolder  map[*partition.Folder]*collected
	live      []*collected // that have rows, and some that had
	err       error
}

// queue is what a part handed over and what has not become slots.
type queue struct {
	items []item
	done  bool
}

// item is one of a row group, a block and, in partitioned tables, blocks.
type item struct {
	group       format.RowGroup
	block       format.Block
	byPartition *scattered
	first       Position // of the first row
}

func (it item) size() int64 {
	switch {
	case it.group != nil:
		return it.group.Size()
	case it.byPartition != nil:
		return it.byPartition.size
	}
	return it.block.Size()
}

type slot struct {
	item
	taken bool // is being encoded

	// Of a partition:
	p      *partition.Folder
	blocks []format.Block
	bytes  int64
}

func (s *slot) size() int64 {
	if s.group == nil && s.p != nil {
		return s.bytes
	}
	return s.item.size()
}

// New returns the order of a table whose row groups have about groupRows rows,
// of so many columns. place is asked for one row group after the other. buffer is how
// many bytes of finished rows may wait for earlier parts, and ending how many files
// that have all their rows may be unfinished.
func New(f format.Encoder, groupRows, columns int, buffer int64, ending int, place Place) *Order {
	o := &Order{
		format: f, place: place, lanes: lanes{mostEnding: ending}, limit: buffer, groupRows: groupRows, parts: make(map[int]*queue),
		collectLimit: buffer, blockBytes: 256 * int64(columns), byFolder: make(map[*partition.Folder]*collected),
	}
	o.cond = sync.NewCond(&o.mu)
	return o
}

// StartAt leaves out the parts before part n.
func (o *Order) StartAt(n int) { o.next = n }

// open announces part n.
func (o *Order) open(n int) error {
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
func (o *Order) offer(ctx context.Context, n int, done bool, items ...item) error {
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
		case o.buffered <= o.limit, n <= o.next && o.idle():
			return nil
		}
		o.cond.Wait()
	}
}

// hold notes that the block of part n has grown by so many bytes, or shrunk. Where
// blocks take too much, it waits until others are handed over; but never for the
// part that all others wait for. The rows that are written do not depend on it.
func (o *Order) hold(ctx context.Context, n int, bytes int64) error {
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
func (o *Order) advance() {
	for {
		q := o.parts[o.next]
		if q == nil {
			return
		}
		for _, it := range q.items {
			switch {
			case it.byPartition != nil:
				o.buffered -= it.byPartition.size
				o.collect(it.byPartition)
				o.cond.Broadcast() // no slot need come of it, and so no other word
			case it.group != nil:
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
func (o *Order) put(it item) {
	b := it.block
	if o.pending != nil && (o.pending.Rows()+b.Rows() > o.groupRows || o.pending.Size()+b.Size() > groupBytes) {
		o.flush()
	}
	if o.pending == nil {
		o.pending, o.pendingAt = b, it.first
		return
	}
	o.buffered -= o.pending.Size() + b.Size()
	o.pending.Merge(b)
	o.buffered += o.pending.Size()
}

// flush makes a slot of what is pending.
func (o *Order) flush() {
	if o.pending != nil {
		o.slots = append(o.slots, &slot{item: item{block: o.pending, first: o.pendingAt}})
		o.pending = nil
	}
}

// work does what can be done now. It gives up o.mu meanwhile.
func (o *Order) work() {
	for o.err == nil {
		o.placeSlots()
		if l := o.lanes.take(); l != nil {
			o.run(l)
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
			s.item = item{group: c, first: s.first}
		}
		o.fail(err)
		o.cond.Broadcast()
	}
}

func (o *Order) unencoded() *slot {
	for _, s := range o.slots {
		if s.group == nil && !s.taken {
			return s
		}
	}
	return nil
}

// fail ends all waiting. The first error stays. The caller holds o.mu.
func (o *Order) fail(err error) {
	if o.err == nil && err != nil {
		o.err = err
		o.cond.Broadcast()
	}
}

// Stop makes every later call fail with err, and waits for those that are
// writing to files.
func (o *Order) Stop(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fail(err)
	for o.lanes.running > 0 {
		o.cond.Wait()
	}
}

// Finish writes what is left, once all parts are done. The last file is not ended.
func (o *Order) Finish() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil && len(o.parts) > 0 {
		return fmt.Errorf("part %d is missing or was not committed", o.next)
	}
	o.flush()
	o.flushAll()
	o.workTogether()
	for o.err == nil && !o.idle() {
		o.work()
		if o.err == nil && !o.idle() {
			o.cond.Wait() // someone else is at it
		}
	}
	if o.err != nil {
		return o.err
	}
	o.err = ErrFinished
	return nil
}

var ErrFinished = errors.New("the table was committed")

// Position is a row of the table: the part that it is of, and how many rows of
// that part are before it.
type Position struct {
	Part int   `json:"part"`
	Row  int64 `json:"row"`
}
