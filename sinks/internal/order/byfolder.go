package order

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"leapscore/sinks/internal/format"
	"leapscore/sinks/internal/partition"
)

// collected are the rows of one partition that are not encoded yet.
type collected struct {
	p      *partition.Folder
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
func (o *Order) collect(s *scattered) {
	for _, sub := range s.blocks {
		c, rows := o.of(sub.p), sub.b.Rows()
		if c.rows > 0 && (c.rows+rows > o.groupRows || c.size+sub.size > groupBytes) {
			o.flushPartition(c)
		}
		if !c.listed {
			c.listed = true
			o.live = append(o.live, c)
		}
		if n := len(c.blocks); n > 0 && c.blocks[n-1].Rows() < smallRows {
			last := c.blocks[n-1]
			before := o.sizeOf(last)
			last.Merge(sub.b)
			sub.size = o.sizeOf(last) - before
		} else {
			c.blocks = append(c.blocks, sub.b)
		}
		c.rows += rows
		c.size += sub.size
		o.collected += sub.size
	}
	if o.collected > o.collectLimit {
		o.thin()
	}
}

// of returns what is collected of a partition.
func (o *Order) of(p *partition.Folder) *collected {
	c := o.byFolder[p]
	if c == nil {
		c = &collected{p: p}
		o.byFolder[p] = c
	}
	return c
}

// thin makes slots of the largest partitions, until half of the memory is free.
func (o *Order) thin() {
	slices.SortFunc(o.live, func(a, b *collected) int {
		return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(a.p.Path, b.p.Path))
	})
	for _, c := range o.live {
		if o.collected <= o.collectLimit/2 {
			break
		}
		o.flushPartition(c)
	}
	o.live = slices.DeleteFunc(o.live, func(c *collected) bool {
		c.listed = c.rows > 0
		return !c.listed
	})
}

func (o *Order) flushPartition(c *collected) {
	if c.rows == 0 {
		return
	}
	o.slots = append(o.slots, &slot{p: c.p, blocks: c.blocks, bytes: c.size})
	o.collected -= c.size
	o.buffered += c.size
	c.blocks, c.rows, c.size = nil, 0, 0
}

// flushAll makes slots of all partitions, in the order of their paths.
func (o *Order) flushAll() {
	slices.SortFunc(o.live, func(a, b *collected) int { return cmp.Compare(a.p.Path, b.p.Path) })
	for _, c := range o.live {
		o.flushPartition(c)
	}
}

// sizeOf counts what a block takes besides its rows, which matters if it has few.
func (o *Order) sizeOf(b format.Block) int64 { return b.Size() + o.blockBytes }

// encode returns the rows of a slot as a row group.
func (o *Order) encode(s *slot) (format.RowGroup, error) {
	if s.blocks == nil {
		return o.format.Encode(s.block)
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
func (o *Order) workTogether() {
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
