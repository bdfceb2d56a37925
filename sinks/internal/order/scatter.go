package order

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/sinks/internal/format"
	"leapscore/sinks/internal/partition"
	"leapscore/sinks/internal/unwritable"
)

// scatterPart is a Part of a partitioned table: it collects the rows of a split
// in one block for each partition, and hands them over together
// (byfolder.go).
type scatterPart struct {
	order *Order
	set   *partition.Set
	n     int
	ctx   context.Context
	keys  *partition.Keyer
	subs  []*scatteredBlock // by the code of their partition
	rows  int
	size  int64
	big   int64 // bytes of big values
	scale scale
	ended bool

	text    unwritable.TextCheck
	touched []int32
	schema  *arrow.Schema // of the last record
	kept    *arrow.Schema // its columns that are stored
}

// Scatter opens part n of a table with the partitions of set.
func (o *Order) Scatter(ctx context.Context, n int, set *partition.Set) (*scatterPart, error) {
	if err := o.open(n); err != nil {
		return nil, err
	}
	return &scatterPart{order: o, set: set, n: n, ctx: ctx, keys: set.Keyer()}, nil
}

// scatteredBlock is what a part has of one partition.
type scatteredBlock struct {
	p     *partition.Folder
	b     format.Block
	spans []int // rows to append: first, end, first, end...
	size  int64
}

// scattered are some consecutive rows of a part, by the path of their partition.
type scattered struct {
	blocks []*scatteredBlock
	size   int64
}

// stepBytes is how much should at most come together between two looks at the
// size of a part.
const stepBytes = 8 << 20

// step is how many rows come before the next look at the size. Like the rest, it
// depends on the rows alone.
func (p *scatterPart) step() int {
	if p.rows > 0 && p.size/int64(p.rows)*8*sizeStep > stepBytes {
		return sizeStep
	}
	return 8 * sizeStep
}

func (p *scatterPart) Write(rec arrow.Record) error {
	if p.ended {
		return ErrEnded
	}
	codes, err := p.keys.Keys(rec)
	if err != nil {
		return p.keys.Refused(rec, err)
	}
	kept := p.stored(rec)
	defer kept.Release()
	if err := p.text.Check(kept); err != nil {
		return err
	}
	limit := maxRows(p.order.groupRows)
	s := &p.scale
	s.put(kept)
	for lo, n := 0, int(rec.NumRows()); lo < n; {
		step := p.step()
		hi := min(n, lo+limit-p.rows, lo+step-p.rows%step)
		full := false
		if !s.light() {
			end, weight := s.fits(lo, hi, p.big, groupBytes)
			full = end < hi
			hi, p.big = end, p.big+weight
		}
		if err := p.append(kept, codes, lo, hi); err != nil {
			return err
		}
		p.rows += hi - lo
		lo = hi
		if full || p.rows == limit || p.rows%step == 0 && p.size > groupBytes {
			if err := p.hand(p.ctx, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// stored returns rec without the columns that the table is partitioned by.
func (p *scatterPart) stored(rec arrow.Record) arrow.Record {
	if p.schema != rec.Schema() {
		var fields []arrow.Field
		for _, at := range p.set.Rest {
			fields = append(fields, rec.Schema().Field(at))
		}
		p.schema, p.kept = rec.Schema(), arrow.NewSchema(fields, nil)
	}
	var cols []arrow.Array
	for _, at := range p.set.Rest {
		cols = append(cols, rec.Column(at))
	}
	return array.NewRecord(p.kept, cols, rec.NumRows())
}

// append copies the rows from lo to before hi.
func (p *scatterPart) append(rec arrow.Record, codes []int32, lo, hi int) error {
	for i := lo; i < hi; i++ {
		code := codes[i]
		for int(code) >= len(p.subs) {
			p.subs = append(p.subs, nil)
		}
		s := p.subs[code]
		if s == nil {
			s = &scatteredBlock{p: p.keys.Partition(code), b: p.order.format.NewSmallBlock()}
			if only := p.set.Only; !partition.InAll(s.p.Path, only) {
				return &partition.OtherError{Index: i, Found: s.p.Path, Want: only}
			}
			p.subs[code] = s
		}
		switch n := len(s.spans); {
		case n == 0:
			p.touched = append(p.touched, code)
			s.spans = append(s.spans, i, i+1)
		case s.spans[n-1] == i:
			s.spans[n-1]++
		default:
			s.spans = append(s.spans, i, i+1)
		}
	}
	for _, code := range p.touched {
		s := p.subs[code]
		if err := s.b.AppendSpans(rec, s.spans); err != nil {
			return err
		}
		s.spans = s.spans[:0]
		size := p.order.sizeOf(s.b)
		p.size += size - s.size
		s.size = size
	}
	p.touched = p.touched[:0]
	return nil
}

// hand gives what was collected to the table.
func (p *scatterPart) hand(ctx context.Context, done bool) error {
	s := &scattered{size: p.size}
	for _, b := range p.subs {
		if b != nil {
			b.spans = nil
			s.blocks = append(s.blocks, b)
		}
	}
	slices.SortFunc(s.blocks, func(a, b *scatteredBlock) int { return cmp.Compare(a.p.Path, b.p.Path) })
	p.subs, p.rows, p.size, p.big = p.subs[:0], 0, 0, 0
	if len(s.blocks) == 0 {
		return p.order.offer(ctx, p.n, done)
	}
	return p.order.offer(ctx, p.n, done, item{byPartition: s})
}

func (p *scatterPart) Commit(ctx context.Context) error {
	if p.ended {
		return ErrEnded
	}
	p.ended = true
	return p.hand(ctx, true)
}

func (p *scatterPart) Abort() {
	if !p.ended {
		p.ended = true
		p.order.Stop(fmt.Errorf("part %d: %w", p.n, ErrAborted))
	}
}
