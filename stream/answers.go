package stream

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/engine"
	"leapscore/engine/pipeline"
	"leapscore/sources"
	source "leapscore/sources/arrow"
)

// record is the answer to a batch. If it fails as a whole, all rows have the reason.
func (a *answers) record(ctx context.Context, b *source.Batch) (arrow.Record, error) {
	rec, err := a.score(ctx, b)
	switch {
	case err == nil:
		return rec, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case !a.errors:
		return nil, err
	}
	if bug, ok := errors.AsType[*pipeline.PanicError](err); ok && a.server.Host.Log != nil {
		a.server.Host.Log.Error("a bug in leapscore, please report it", "panic", fmt.Sprint(bug.Value), "stack", string(bug.Stack))
	}
	return a.failed(b, err)
}

// score scores a batch.
func (a *answers) score(ctx context.Context, b *source.Batch) (rec arrow.Record, err error) {
	defer pipeline.Recovered(&err)
	if b.Err != nil {
		return nil, b.Err
	}
	kept, err := a.kept.Keep(b)
	if err != nil {
		return nil, err
	}
	cols, bad, err := a.inputsOf(b)
	if err != nil {
		return nil, err
	}
	defer release(cols)
	all, err := a.scoreAll(ctx, engine.Rows{Columns: cols[:a.inputs], Len: int(b.Rows), Bad: bad})
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, p := range all {
			p.Release()
		}
	}()
	return a.assemble(b.Rows, kept, cols, all)
}

func release(cols []arrow.Array) {
	for _, c := range cols {
		c.Release()
	}
}

// inputsOf returns the columns that are read, and the rows that could not be read.
func (a *answers) inputsOf(b *source.Batch) ([]arrow.Array, []sources.BadRow, error) {
	read, bad, err := a.read.Read(a.server.mem, b)
	if err != nil {
		return nil, nil, err
	}
	cols := make([]arrow.Array, len(a.columns))
	for i, c := range a.columns {
		if c.fallback == nil {
			cols[i] = read[c.at]
		} else if cols[i], err = sources.Repeated(c.fallback.Value, int(b.Rows)); err != nil {
			return nil, nil, err
		}
	}
	return cols, bad, nil
}

// scoreAll answers rows. Many rows are cut into shares, one for each worker.
func (a *answers) scoreAll(ctx context.Context, r engine.Rows) ([]*engine.Answer, error) {
	size := a.server.scoring.BatchRows
	share := r.Len
	if r.Len >= 2*size {
		share = (r.Len/a.server.limits.workers + size) / size * size
	}
	n := max(1, (r.Len+share-1)/max(share, 1))
	if n == 1 {
		return a.work(ctx, r, 0, r.Len)
	}
	parts, errs := make([][]*engine.Answer, n), make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { parts[i], errs[i] = a.work(ctx, r, i*share, min((i+1)*share, r.Len)) })
	}
	all.Wait()
	var answers []*engine.Answer
	for _, p := range parts {
		answers = append(answers, p...)
	}
	return answers, errors.Join(errs...)
}

// work answers some rows as one of the workers.
func (a *answers) work(ctx context.Context, r engine.Rows, from, to int) ([]*engine.Answer, error) {
	select {
	case a.server.slots <- struct{}{}:
		defer func() { <-a.server.slots }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	return a.scorer.Score(ctx, r, from, to)
}

// assemble puts the columns of an answer together.
func (a *answers) assemble(rows int64, kept, read []arrow.Array, all []*engine.Answer) (arrow.Record, error) {
	cols := make([]arrow.Array, 0, a.schema.NumFields())
	defer func() { release(cols) }()
	for _, c := range a.layout {
		from := read
		if c.kept {
			from = kept
		}
		from[c.at].Retain()
		cols = append(cols, from[c.at])
	}
	outputs := a.schema.NumFields() - len(a.layout)
	if a.errors {
		outputs--
	}
	pieces := make([]arrow.Array, len(all))
	for i := range outputs {
		for k, p := range all {
			pieces[k] = p.Columns[i]
		}
		col, err := a.joined(pieces, a.schema.Field(len(a.layout)+i).Type)
		if err != nil {
			return nil, err
		}
		cols = append(cols, col)
	}
	if !a.errors {
		return array.NewRecord(a.schema, cols, rows), firstBad(all)
	}
	cols = append(cols, errorsOf(all, int(rows)))
	return array.NewRecord(a.schema, cols, rows), nil
}

// joined returns arrays of a type as one. The caller releases it.
func (a *answers) joined(pieces []arrow.Array, t arrow.DataType) (arrow.Array, error) {
	switch len(pieces) {
	case 0:
		b := array.NewBuilder(a.server.mem, t)
		defer b.Release()
		return b.NewArray(), nil
	case 1:
		pieces[0].Retain()
		return pieces[0], nil
	}
	return array.Concatenate(pieces, a.server.mem)
}
