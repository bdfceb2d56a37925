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

// Rows are some rows: their columns are those of a pipeline.
type Rows struct {
	Columns []arrow.Array
	Len     int
	Bad     []sources.BadRow // that could not be read, in their order
}

// part returns n rows from off on. The caller releases the columns.
func (r Rows) part(off, n int) Rows {
	b := sources.Batch{Bad: r.Bad}
	p := Rows{Len: n, Bad: b.BadIn(off, off+n), Columns: make([]arrow.Array, len(r.Columns))}
	for i, c := range r.Columns {
		p.Columns[i] = rowsOfColumn(c, off, n)
	}
	return p
}

// Scorer answers rows. It may be used by several goroutines.
type Scorer struct {
	plan *Plan
	mem  memory.Allocator
	most int64 // bytes that the columns of one batch take at a time
	// schema has the columns that the model adds.
	schema   *arrow.Schema
	hasTexts bool
}

// Scorer returns a scorer of the plan, which takes memory from mem, and for one batch at
// a time at most so many bytes.
func (p *Plan) Scorer(mem memory.Allocator, most int64) *Scorer {
	s := &Scorer{plan: p, mem: mem, most: most, schema: arrow.NewSchema(p.Schema.Fields()[len(p.keep):], nil)}
	s.hasTexts = sinks.HoldText(s.schema)
	return s
}

// Score answers the rows from from up to to: with several answers, one after the other,
// if these are many or their vectors wide.
func (s *Scorer) Score(ctx context.Context, r Rows, from, to int) ([]*Answer, error) {
	var all []*Answer
	for off := from; off < to; {
		rows := min(s.plan.Job.BatchRows, to-off)
		some, err := s.halves(ctx, r, off, rows)
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

// halves answers n rows from off on: at once if there is memory for that, otherwise one
// half after the other.
func (s *Scorer) halves(ctx context.Context, r Rows, off, n int) ([]*Answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a, err := s.piece(ctx, r, off, n)
	switch {
	case errors.Is(err, column.ErrTooLarge) && n > 1:
		first, err := s.halves(ctx, r, off, n/2)
		if err != nil {
			return first, err
		}
		second, err := s.halves(ctx, r, off+n/2, n-n/2)
		return append(first, second...), err
	case errors.Is(err, column.ErrTooLarge):
		return nil, noRoom(err)
	case err != nil:
		return nil, err
	}
	return []*Answer{a}, nil
}

func (s *Scorer) piece(ctx context.Context, r Rows, off, n int) (_ *Answer, err error) {
	defer pipeline.Recovered(&err)
	p := r.part(off, n)
	for _, c := range p.Columns {
		defer c.Release()
	}
	mem := rationed(s.mem, s.most)
	res, err := s.plan.Pipeline.RunUntil(ctx.Done(), mem, p.Columns, n)
	if errors.Is(err, ops.ErrStopped) {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	defer res.Release()
	refuseUnread(res, p.Bad)
	for {
		a, err := s.answer(mem, res, n)
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
func (s *Scorer) answer(mem memory.Allocator, res *pipeline.Result, n int) (a *Answer, err error) {
	a = &Answer{Rows: n}
	defer func() {
		if err != nil {
			a.Release()
		}
	}()
	for row := 0; row < n && len(a.Bad) < res.Rejects(); row++ {
		if x, bad := res.Rejected(row); bad {
			x.Node, x.Column, x.Msg = readable(x.Node), readable(x.Column), readable(x.Msg)
			if a.Bad = append(a.Bad, x); len(a.Bad) == 1 {
				a.Value = strings.Clone(res.Value(row))
			}
		}
	}
	for i, arr := range res.Columns {
		good := withNulls(mem, arr, a.Bad)
		cols, err := s.plan.edgeOrList(mem, i, good)
		good.Release()
		if err != nil {
			return a, err
		}
		a.Columns = append(a.Columns, cols...)
	}
	if !s.hasTexts {
		return a, nil
	}
	rec := newRecord(s.schema, a.Columns, n)
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
