package engine

import (
	"context"
	"errors"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/pipeline"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/sinks"
	"leapscore/sources"
)

// Answer is what some rows become where each of them is answered, be it with the reason
// why it is not scored.
type Answer struct {
	Rows    int
	Columns []arrow.Array // what the model adds, as in Schema; null in bad rows
	Bad     []pipeline.Reject
	Value   string // of the input that is to blame for the first bad row, if known
}

// Release releases the columns.
func (a *Answer) Release() {
	for _, c := range a.Columns {
		c.Release()
	}
}

// Scorer answers batches of rows. It may be used by several goroutines.
type Scorer struct {
	Plan *Plan
	Mem  memory.Allocator
	// BatchBytes bounds what the columns of one batch take at a time; 0 does not.
	BatchBytes int64
}

// Score answers the rows of a batch whose columns are those of the pipeline. Where
// vectors are wide there are several answers, one after the other.
func (s *Scorer) Score(ctx context.Context, b sources.Batch) ([]*Answer, error) {
	n := int(b.NumRows())
	var all []*Answer
	for off := 0; off < n; {
		rows := min(s.Plan.Job.BatchRows, n-off)
		some, err := s.halves(ctx, b, off, rows)
		all = append(all, some...)
		if err != nil {
			for _, a := range all {
				a.Release()
			}
			return nil, err
		}
		off += rows
	}
	return all, nil
}

// halves answers n rows of b from off on: at once if there is memory for that, otherwise
// one half after the other.
func (s *Scorer) halves(ctx context.Context, b sources.Batch, off, n int) ([]*Answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a, err := s.piece(ctx, b, off, n)
	switch {
	case errors.Is(err, column.ErrTooLarge) && n > 1:
		first, err := s.halves(ctx, b, off, n/2)
		if err != nil {
			return first, err
		}
		second, err := s.halves(ctx, b, off+n/2, n-n/2)
		return append(first, second...), err
	case errors.Is(err, column.ErrTooLarge):
		return nil, noRoom(err)
	case err != nil:
		return nil, err
	}
	return []*Answer{a}, nil
}

func (s *Scorer) piece(ctx context.Context, b sources.Batch, off, n int) (a *Answer, err error) {
	defer pipeline.Recovered(&err)
	cols := rowsOf(b, off, n)
	for _, c := range cols {
		defer c.Release()
	}
	mem := rationed(s.Mem, s.BatchBytes)
	res, err := s.Plan.Pipeline.RunUntil(ctx.Done(), mem, cols[:len(s.Plan.Pipeline.Columns)], n)
	if errors.Is(err, ops.ErrStopped) {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	defer res.Release()
	refuseUnread(res, b.BadIn(off, off+n))
	for {
		a, err := s.Plan.answer(mem, res, n)
		bad := (*sinks.ValueError)(nil)
		if !errors.As(err, &bad) {
			return a, err
		}
		for _, v := range bad.Rows {
			res.Refuse(pipeline.Reject{Row: v.Row, Code: ops.NotUTF8, Column: bad.Column, Msg: v.Why})
		}
	}
}

// answer makes an answer of the result of n rows. The error is a *sinks.ValueError for rows
// that cannot be answered so.
func (p *Plan) answer(mem memory.Allocator, res *pipeline.Result, n int) (a *Answer, err error) {
	a = &Answer{Rows: n}
	defer func() {
		if err != nil {
			a.Release()
		}
	}()
	for row := range n {
		if x, bad := res.Rejected(row); bad {
			x.Node, x.Column, x.Msg = readable(x.Node), readable(x.Column), readable(x.Msg)
			if a.Bad = append(a.Bad, x); len(a.Bad) == 1 {
				a.Value = strings.Clone(res.Value(row))
			}
		}
	}
	for i, arr := range res.Columns {
		good := withNulls(mem, arr, a.Bad)
		cols, err := p.edgeOrList(mem, i, good)
		good.Release()
		if err != nil {
			return a, err
		}
		a.Columns = append(a.Columns, cols...)
	}
	rec := newRecord(arrow.NewSchema(p.Schema.Fields()[len(p.keep):], nil), a.Columns, n)
	defer rec.Release()
	return a, sinks.CheckText(rec)
}

// edgeOrList is edge for readers that make no lists of vectors themselves.
func (p *Plan) edgeOrList(mem memory.Allocator, i int, arr arrow.Array) ([]arrow.Array, error) {
	o := p.Pipeline.Outputs[i]
	if o.Type.IsVector() && p.Job.Vectors == VectorList {
		return []arrow.Array{column.Edge(mem, o.Type, arr)}, nil
	}
	return p.edge(mem, i, arr)
}

// withNulls returns arr with nulls in bad rows. The caller releases it.
func withNulls(mem memory.Allocator, arr arrow.Array, bad []pipeline.Reject) arrow.Array {
	if len(bad) == 0 || arr.DataType().ID() == arrow.NULL {
		arr.Retain()
		return arr
	}
	d := arr.Data()
	valid := memory.NewResizableBuffer(mem)
	defer valid.Release()
	valid.Resize(int(bitutil.BytesForBits(int64(d.Offset() + d.Len()))))
	if old := d.Buffers()[0]; old != nil && d.NullN() != 0 {
		copy(valid.Bytes(), old.Bytes())
	} else {
		memory.Set(valid.Bytes(), 0xff)
	}
	for _, x := range bad {
		bitutil.ClearBit(valid.Bytes(), d.Offset()+x.Row)
	}
	nulls := d.Len() - bitutil.CountSetBits(valid.Bytes(), d.Offset(), d.Len())
	buffers := append([]*memory.Buffer{valid}, d.Buffers()[1:]...)
	data := array.NewData(d.DataType(), d.Len(), buffers, d.Children(), nulls, d.Offset())
	defer data.Release()
	return array.MakeFromData(data)
}
