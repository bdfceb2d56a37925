package order

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sinks/internal/format"
	"leapscore/sinks/internal/unwritable"
)

// A part is cut into row groups of up to maxRows rows, or a little more than
// groupBytes bytes. The size is looked at every sizeStep rows, and before rows with
// big values: not at the end of batches, since groups must not depend on batches.
const (
	groupBytes = 32 << 20
	sizeStep   = 1024
)

// maxRows is an eighth more than asked for: a split that is a little too large
// gives one group, and not a large one and a tiny one.
func maxRows(groupRows int) int { return groupRows + groupRows/8 }

// Part collects the rows of a split into blocks, and hands them over encoded.
type Part struct {
	order *Order
	n     int
	ctx   context.Context
	block format.Block
	big   int64 // bytes of big values in the block
	scale scale
	held  int64 // bytes of the block that the order knows of
	rows  int64 // before the block
	text  unwritable.TextCheck
	skip  int64 // rows that are in finished files
	ended bool
}

// Part opens part n. rows is how many of its first rows are in the table already,
// and are left out.
func (o *Order) Part(ctx context.Context, n int, rows int64) (*Part, error) {
	if err := o.open(n); err != nil {
		return nil, err
	}
	return &Part{order: o, n: n, ctx: ctx, skip: rows, rows: rows}, nil
}

// ErrAborted is what all parts of a table return once one was aborted. It is
// never the cause of the trouble: whoever aborted the part knows that.
var ErrAborted = errors.New("the part was aborted")

var ErrEnded = errors.New("the part was committed or aborted")

func (p *Part) Write(rec arrow.Record) error {
	if p.ended {
		return ErrEnded
	}
	if err := p.text.Check(rec); err != nil {
		return err
	}
	limit := maxRows(p.order.groupRows)
	lo, n := 0, int(rec.NumRows())
	if p.skip > 0 {
		lo = int(min(p.skip, int64(n)))
		p.skip -= int64(lo)
	}
	s := &p.scale
	s.put(rec)
	for lo < n {
		if p.block == nil {
			p.block = p.order.format.NewBlock()
		}
		rows := p.block.Rows()
		hi := min(n, lo+limit-rows, lo+sizeStep-rows%sizeStep)
		full := false
		if !s.light() {
			end, weight := s.fits(lo, hi, p.big, groupBytes)
			full = end < hi
			hi, p.big = end, p.big+weight
		}
		if err := p.block.Append(rec, lo, hi); err != nil {
			return err
		}
		lo = hi
		if err := p.hold(p.ctx, p.block.Size()); err != nil {
			return err
		}
		rows = p.block.Rows()
		if full || rows == limit || rows%sizeStep == 0 && p.block.Size() > groupBytes {
			if err := p.hand(p.ctx, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// heldStep is how much a block grows before the part reports it to the order.
const heldStep = 1 << 20

// hold tells the order how large the block is, if that has changed by much.
func (p *Part) hold(ctx context.Context, size int64) error {
	if size > 0 && size-p.held < heldStep {
		return nil
	}
	more := size - p.held
	if p.held = size; more == 0 {
		return nil
	}
	return p.order.hold(ctx, p.n, more)
}

// hand encodes the block and gives it to the table.
func (p *Part) hand(ctx context.Context, done bool) error {
	at, rows := p.at(), p.block.Rows()
	c, err := p.order.format.Encode(p.block)
	if err != nil {
		return err
	}
	p.block, p.big, p.rows = nil, 0, p.rows+int64(rows)
	if err := p.hold(ctx, 0); err != nil {
		return err
	}
	return p.order.offer(ctx, p.n, done, item{group: c, first: at})
}

func (p *Part) Commit(ctx context.Context) error {
	if p.ended {
		return ErrEnded
	}
	p.ended = true
	switch {
	case p.block == nil:
		return p.order.offer(ctx, p.n, true)
	case p.block.Rows() >= p.order.groupRows/2 || p.block.Size() > groupBytes/2:
		return p.hand(ctx, true)
	}
	if err := p.hold(ctx, 0); err != nil {
		return err
	}
	return p.order.offer(ctx, p.n, true, item{block: p.block, first: p.at()})
}

// at is the position of the first row of the block.
func (p *Part) at() Position { return Position{Part: p.n, Row: p.rows} }

func (p *Part) Abort() {
	if !p.ended {
		p.ended = true
		p.order.Stop(fmt.Errorf("part %d: %w", p.n, ErrAborted))
	}
}
