package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/pipeline"
	"leapscore/internal/arrays"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/sinks"
	"leapscore/sources"
)

// work scores splits until there are no more, or until one ends the run.
func (r *Run) work(ctx context.Context, scan sources.Scan) error {
	for {
		s, err := next(scan)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		r.splits.Add(1)
		r.Progress.begin(s.Name)
		if s.Index < r.from {
			continue // it is in finished files
		}
		splitCtx, ok := r.refusals.enter(ctx, s.Index)
		if !ok {
			return nil // those behind it need not be scored either
		}
		ended := r.began(s)
		err = r.split(splitCtx, s)
		ended(err)
		called := r.refusals.calledOff(s.Index)
		r.refusals.leave(s.Index)
		if called {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func next(scan sources.Scan) (s sources.Split, err error) {
	defer pipeline.Recovered(&err)
	return scan.Next()
}

// split scores one split from read to written.
func (r *Run) split(ctx context.Context, s sources.Split) (err error) {
	w := &splitWriter{run: r, split: s.Index}
	defer func() {
		if err != nil {
			r.refusals.later(w.abort)
		}
		if bug := (*pipeline.PanicError)(nil); errors.As(err, &bug) {
			err = fmt.Errorf("%s: %w", s.Name, err)
		}
	}()
	defer pipeline.Recovered(&err)
	in, err := s.Open(ctx, r.Mem)
	if err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if err := w.open(ctx); err != nil {
		return err
	}
	for {
		b, err := in.Next()
		if err == io.EOF {
			return w.commit(ctx)
		}
		if err != nil {
			return err
		}
		err = w.batch(ctx, b)
		b.Release()
		if err != nil {
			return err
		}
	}
}

// splitWriter takes the batches of one split through the pipeline into parts.
type splitWriter struct {
	run     *Run
	split   int
	part    sinks.Part // nil before open
	rejects sinks.Part // nil if rows are not rejected

	tally tally
	log   rejectLog // if the run may be resumed
}

func (w *splitWriter) open(ctx context.Context) (err error) {
	if w.part, err = w.run.Table.Part(ctx, w.split); err != nil || w.run.Rejects == nil {
		return err
	}
	if w.rejects, err = w.run.Rejects.Part(ctx, w.split); err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	return nil
}

func (w *splitWriter) abort() {
	for _, p := range []sinks.Part{w.part, w.rejects} {
		if p != nil {
			p.Abort()
		}
	}
}

func (w *splitWriter) commit(ctx context.Context) error {
	if err := w.finish(ctx); err != nil {
		return err
	}
	if err := w.part.Commit(ctx); err != nil || w.rejects == nil {
		return err
	}
	if err := w.rejects.Commit(ctx); err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	return nil
}

// batch scores b, cut into pieces of the job's batch size.
func (w *splitWriter) batch(ctx context.Context, b sources.Batch) error {
	n := int(b.NumRows())
	w.run.Progress.In.Add(int64(n))
	w.tally.In += int64(n)
	for off := 0; off < n; {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows := min(w.run.batchRows(), n-off)
		err := w.piece(ctx, b, off, rows)
		if errors.Is(err, column.ErrTooLarge) && rows > 1 {
			w.run.shrink(rows)
			continue
		}
		if errors.Is(err, column.ErrTooLarge) {
			return noRoom(err)
		}
		if err != nil {
			return err
		}
		off += rows
	}
	return nil
}

// batchRows is how many rows go through the pipeline at once: what the job says,
// or fewer if vectors have turned out to be very wide.
func (r *Run) batchRows() int {
	if n := int(r.fewer.Load()); n > 0 {
		return n
	}
	return r.Plan.Job.BatchRows
}

// shrink lowers batchRows after a batch of the given length was too large.
func (r *Run) shrink(rows int) {
	if fewer := int32(rows / 2); int(fewer) < r.batchRows() {
		r.fewer.Store(fewer)
	}
}

// piece scores the n rows of b from off on. Nothing has happened to them if the
// error is column.ErrTooLarge.
func (w *splitWriter) piece(ctx context.Context, b sources.Batch, off, n int) (err error) {
	defer pipeline.Recovered(&err)
	p := w.run.Plan
	cols := rowsOf(b, off, n)
	for _, c := range cols {
		defer c.Release()
	}
	mem := rationed(w.run.Mem, w.run.BatchBytes)
	res, err := p.Pipeline.RunUntil(ctx.Done(), mem, cols[:len(p.Pipeline.Columns)], n)
	if errors.Is(err, ops.ErrStopped) {
		return ctx.Err()
	}
	if err != nil {
		origin, first := b.At(off)
		_, last := b.At(off + n - 1)
		return fmt.Errorf("%s: rows %d-%d: %w", origin, first, last, err)
	}
	defer res.Release()
	refuseUnread(res, b.BadIn(off, off+n))
	out := make([]arrow.Array, 0, len(p.keep)+len(res.Columns))
	for _, at := range p.keep {
		out = append(out, cols[at])
	}
	out = append(out, res.Columns...)
	rec, err := w.record(mem, out, n, res)
	if err == nil {
		rec, err = w.write(mem, rec, out, n, res)
	}
	if err != nil {
		return located(err, b, off, n, res)
	}
	defer rec.Release()
	return once(func() error { return w.written(b, off, n, res, rec) })
}

// rowsOf returns the columns of n rows of b from off on. The caller releases them.
func rowsOf(b sources.Batch, off, n int) []arrow.Array {
	cols := make([]arrow.Array, b.NumCols())
	for i, c := range b.Columns() {
		cols[i] = rowsOfColumn(c, off, n)
	}
	return cols
}

func rowsOfColumn(c arrow.Array, off, n int) arrow.Array {
	if off == 0 && n == c.Len() {
		c.Retain()
		return c
	}
	return array.NewSlice(c, int64(off), int64(off+n))
}

// once does what must not be done again with fewer rows, as rows are written: no
// error and no panic in it asks for that.
func once(do func() error) (err error) {
	defer func() {
		if errors.Is(err, column.ErrTooLarge) {
			err = errors.New(err.Error())
		}
	}()
	defer pipeline.Recovered(&err)
	return do()
}

// written counts n rows that became rec, which is in the table, and sends those that
// are not in it to the rejects.
func (w *splitWriter) written(b sources.Batch, off, n int, res *pipeline.Result, rec arrow.Record) error {
	if res.Rejects() > 0 {
		if err := w.refused(b, off, n, res); err != nil {
			return err
		}
	}
	w.run.Summary.Add(rec)
	w.run.Progress.Out.Add(rec.NumRows())
	w.tally.Out += rec.NumRows()
	return nil
}

// refused counts the rows that were refused or skipped and sends the former to
// the rejects, or returns the first as an error.
func (w *splitWriter) refused(b sources.Batch, off, n int, res *pipeline.Result) error {
	r := w.run
	var skipped, rejected int64
	for row := range n {
		x, bad := res.Rejected(row)
		switch {
		case !bad:
		case x.Drop:
			skipped++
		default:
			if rejected++; rejected > 1 {
				continue
			}
			// The value lies in the batch, whose memory is used again.
			origin, at := b.At(off + row)
			e := &RowError{Origin: origin, Row: at, Value: strings.Clone(res.Value(row)), Reject: x}
			r.refusals.add(w.split, e, !r.Plan.Job.Reject)
			if !r.Plan.Job.Reject {
				return e
			}
		}
	}
	r.Progress.Skipped.Add(skipped)
	r.Progress.Rejected.Add(rejected)
	w.tally.Skipped += skipped
	w.tally.Rejected += rejected
	if rejected == 0 {
		return nil
	}
	w.readable(b, off, n, res)
	of := causesOf(res, n)
	w.count(of)
	rec, err := r.Plan.rejectRecord(r.Mem, b, off, n, res)
	if err != nil {
		return err
	}
	defer rec.Release()
	if err := w.rejects.Write(rec); err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	if err := w.logRejects(rec); err != nil {
		return err
	}
	r.keep(w.split, w.tally.Rejected, rec, of)
	return r.checkBudget(false)
}

// record returns the rows of the output table that n rows became.
func (w *splitWriter) record(mem memory.Allocator, cols []arrow.Array, n int, res *pipeline.Result) (arrow.Record, error) {
	p := w.run.Plan
	if bad := res.Rejects(); bad > 0 {
		kept, err := res.Keep(mem, cols)
		if err != nil {
			return nil, err
		}
		for _, c := range kept {
			defer c.Release()
		}
		cols, n = kept, n-bad
	}
	out := append(make([]arrow.Array, 0, p.Schema.NumFields()), cols[:len(p.keep)]...)
	for i, col := range cols[len(p.keep):] {
		edge, err := p.edge(mem, i, col)
		if err != nil {
			return nil, err
		}
		for _, c := range edge {
			defer c.Release()
		}
		out = append(out, edge...)
	}
	for _, c := range p.Job.Lineage.columns(mem, n) {
		defer c.Release()
		out = append(out, c)
	}
	return newRecord(p.Schema, out, n), nil
}

// newRecord makes a record of schema. A source may give strings as a dictionary, wide
// lists come as vectors, and a sink takes both so.
func newRecord(schema *arrow.Schema, cols []arrow.Array, n int) arrow.Record {
	return array.NewRecord(arrays.SchemaOf(schema, cols), cols, int64(n))
}
