package sinks

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"leapscore/sinks/internal/format"
)

// collected are the rows of one partition that are not encoded yet.
type collected struct {
	blocks []format.Block
	rows   int
	size   int64
	listed bool // in order.live
}

// A block with fewer rows than smallRows takes up the next one, since blocks of a
// few rows waste memory.
const smallRows = 512

// collect adds the blocks of s, whose turn it is, to those of their partitions. A
// partition that has enough rows for a row group becomes a slot. If there are
// too many partitions for that, so that all of them together take too much memory,
// the largest do. All that depends on the rows and their order.
func (o *order) collect(s *scattered) {
	for _, sub := range s.blocks {
		p, rows := sub.p, sub.b.Rows()
		if p.rows > 0 && (p.rows+rows > o.group || p.size+sub.size > groupBytes) {
			o.flushPartition(p)
		}
		if !p.listed {
			p.listed = true
			o.live = append(o.live, p)
		}
		if n := len(p.blocks); n > 0 && p.blocks[n-1].Rows() < smallRows {
			last := p.blocks[n-1]
			before := o.sizeOf(last)
			last.Merge(sub.b)
			sub.size = o.sizeOf(last) - before
		} else {
			p.blocks = append(p.blocks, sub.b)
		}
		p.rows += rows
		p.size += sub.size
		o.collected += sub.size
	}
	if o.collected > o.collectLimit {
		o.thin()
	}
}

// thin makes slots of the largest partitions, until half of the memory is free.
func (o *order) thin() {
	slices.SortFunc(o.live, func(a, b *partition) int {
		return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(a.path, b.path))
	})
	for _, p := range o.live {
		if o.collected <= o.collectLimit/2 {
			break
		}
		o.flushPartition(p)
	}
	o.live = slices.DeleteFunc(o.live, func(p *partition) bool {
		p.listed = p.rows > 0
		return !p.listed
	})
}

func (o *order) flushPartition(p *partition) {
	if p.rows == 0 {
		return
	}
	o.slots = append(o.slots, &slot{p: p, blocks: p.blocks, bytes: p.size})
	o.collected -= p.size
	o.buffered += p.size
	p.collected = collected{listed: p.listed}
}

// flushAll makes slots of all partitions, in the order of their paths.
func (o *order) flushAll() {
	slices.SortFunc(o.live, func(a, b *partition) int { return cmp.Compare(a.path, b.path) })
	for _, p := range o.live {
		o.flushPartition(p)
	}
}

// sizeOf counts what a block takes besides its rows, which matters if it has few.
func (o *order) sizeOf(b format.Block) int64 { return b.Size() + o.blockBytes }

// encode returns the rows of a slot as a chunk.
func (o *order) encode(s *slot) (format.RowGroup, error) {
	if s.blocks == nil {
		return o.format.Encode(s.b)
	}
	all := o.format.NewBlock()
	for i, b := range s.blocks {
		all.Merge(b)
		s.blocks[i] = nil
	}
	return o.format.Encode(all)
}

// workTogether does the work that is left when no part is open any more, as
// all processors would have done it before.
func (o *order) workTogether() {
	if len(o.slots) < 2 {
		return
	}
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(o.slots)) {
		wg.Go(func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.work()
		})
	}
	o.mu.Unlock()
	wg.Wait()
	o.mu.Lock()
}
