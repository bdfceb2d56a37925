package sinks

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

// part collects the rows of a split into blocks, and hands them over encoded.
type part struct {
	t     *table
	n     int
	ctx   context.Context
	block format.Block
	big   int64 // bytes of big values in the block
	held  int64 // bytes of the block that the order knows of
	rows  int64 // before the block
	text  unwritable.TextCheck
	skip  int64 // rows that are in finished files
	ended bool
}

// ErrPartAborted is what all parts of a table return once one was aborted. It is
// never the cause of the trouble: whoever aborted the part knows that.
var ErrPartAborted = errors.New("the part was aborted")

var errPartEnded = errors.New("the part was committed or aborted")

func (p *part) Write(rec arrow.Record) error {
	if p.ended {
		return errPartEnded
	}
	if err := p.text.Check(rec); err != nil {
		return err
	}
	limit := maxRows(p.t.opts.GroupRows)
	lo, n := 0, int(rec.NumRows())
	if p.skip > 0 {
		lo = int(min(p.skip, int64(n)))
		p.skip -= int64(lo)
	}
	s := newScale(rec)
	for lo < n {
		if p.block == nil {
			p.block = p.t.format.NewBlock()
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

// heldStep is how much a block grows before the order hears of it.
const heldStep = 1 << 20

// hold tells the order how large the block is, if that has changed by much.
func (p *part) hold(ctx context.Context, size int64) error {
	if size > 0 && size-p.held < heldStep {
		return nil
	}
	more := size - p.held
	if p.held = size; more == 0 {
		return nil
	}
	return p.t.order.hold(ctx, p.n, more)
}

// hand encodes the block and gives it to the table.
func (p *part) hand(ctx context.Context, done bool) error {
	at, rows := p.at(), p.block.Rows()
	c, err := p.t.format.Encode(p.block)
	if err != nil {
		return err
	}
	p.block, p.big, p.rows = nil, 0, p.rows+int64(rows)
	if err := p.hold(ctx, 0); err != nil {
		return err
	}
	return p.t.order.offer(ctx, p.n, done, item{c: c, at: at})
}

func (p *part) Commit(ctx context.Context) error {
	if p.ended {
		return errPartEnded
	}
	p.ended = true
	switch {
	case p.block == nil:
		return p.t.order.offer(ctx, p.n, true)
	case p.block.Rows() >= p.t.opts.GroupRows/2 || p.block.Size() > groupBytes/2:
		return p.hand(ctx, true)
	}
	if err := p.hold(ctx, 0); err != nil {
		return err
	}
	return p.t.order.offer(ctx, p.n, true, item{b: p.block, at: p.at()})
}

// at is the position of the first row of the block.
func (p *part) at() position { return position{Part: p.n, Row: p.rows} }

func (p *part) Abort() {
	if !p.ended {
		p.ended = true
		p.t.order.stop(fmt.Errorf("part %d: %w", p.n, ErrPartAborted))
	}
}
