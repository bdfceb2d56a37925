package stream

import (
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	source "leapscore/sources/arrow"
)

// exchange is one stream and its answer.
type exchange struct {
	*answers
	writer *ipc.Writer
	flight *flight
	order  chan *pending // nil until batches are answered beside each other
	ended  chan error    // has why no more answers are written
}

// pending is a batch that is being answered.
type pending struct {
	batch  *source.Batch
	done   chan struct{}
	record arrow.Record
	err    error // ends the stream
}

// errUnwritten is why batches are not answered any more if an answer cannot be written.
var errUnwritten = errors.New("an answer cannot be written")

// run answers the batches of a stream, in their order.
func (x *exchange) run(ctx context.Context, st *source.Stream) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	err := x.readAll(ctx, st, stop)
	if x.order == nil {
		return err
	}
	close(x.order)
	if failed := <-x.ended; failed != nil {
		return failed
	}
	return err
}

// readAll reads the batches of a stream. A batch behind which nothing was sent yet is
// answered at once; others are answered beside each other.
func (x *exchange) readAll(ctx context.Context, st *source.Stream, stop context.CancelCauseFunc) error {
	for {
		b, err := st.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		p := &pending{batch: b}
		if x.flight.idle() && !x.server.more() {
			p.record, p.err = x.record(ctx, b)
			err = x.write(p)
		} else {
			err = x.enter(ctx, p, stop)
		}
		if err != nil {
			return err
		}
	}
}

// enter begins to answer a batch, when there is room for it.
func (x *exchange) enter(ctx context.Context, p *pending, stop context.CancelCauseFunc) error {
	if !x.flight.enter(ctx, p.batch.Bytes) {
		return context.Cause(ctx)
	}
	if x.order == nil {
		x.order, x.ended = make(chan *pending, x.flight.most), make(chan error, 1)
		go x.writeAll(stop)
	}
	p.done = make(chan struct{})
	x.order <- p
	go func() {
		defer close(p.done)
		p.record, p.err = x.record(ctx, p.batch)
	}()
	return nil
}

// writeAll writes answers as they are ready, in order.
func (x *exchange) writeAll(stop context.CancelCauseFunc) {
	var failed error
	for p := range x.order {
		<-p.done
		if failed != nil {
			continue
		}
		bytes := p.batch.Bytes
		if failed = x.write(p); failed != nil {
			stop(errUnwritten)
		}
		x.flight.leave(bytes)
	}
	x.ended <- failed
}

// write writes an answer, and gives the memory of its batch back.
func (x *exchange) write(p *pending) error {
	if p.err != nil {
		return p.err
	}
	err := x.writer.Write(p.record)
	p.record.Release()
	if err != nil && x.errors && x.server.out.failure() == nil { // the batch is to blame
		if p.record, err = x.failed(p.batch, err); err == nil {
			err = x.writer.Write(p.record)
		}
	}
	p.batch.Recycle()
	return err
}
