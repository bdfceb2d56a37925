package engine_test

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/enginetest"
	"leapscore/sources"
)

// smallSource has rows in small splits, as no file has them.
type smallSource struct {
	schema *arrow.Schema
	record func(mem memory.Allocator, lo, hi int) arrow.Record
	rows   int

	split, batch int                          // rows of each
	empty        int                          // splits without rows at the end
	announced    int64                        // rows, 0 for as many as there are
	next         func(split, batch int) error // called before each batch, may be nil
	closed       func(split int)              // called at the end of each, may be nil
	open         atomic.Int64                 // readers and scans
}

// homes is a source of rows.
func homes(rows []enginetest.Home, split, batch int) *smallSource {
	return &smallSource{
		schema: enginetest.Schema, rows: len(rows), split: split, batch: batch,
		record: func(mem memory.Allocator, lo, hi int) arrow.Record { return enginetest.Record(mem, rows[lo:hi]) },
	}
}

func (s *smallSource) Schema() *arrow.Schema { return s.schema }

func (s *smallSource) Close() error { return nil }

func (s *smallSource) Scan(_ context.Context, cols []string) (sources.Scan, error) {
	s.open.Add(1)
	return &smallScan{src: s, cols: cols}, nil
}

type smallScan struct {
	src  *smallSource
	cols []string
	n    atomic.Int64
}

func (s *smallScan) splits() int { return (s.src.rows+s.src.split-1)/s.src.split + s.src.empty }

func (s *smallScan) Next() (sources.Split, error) {
	n := int(s.n.Add(1) - 1)
	if n >= s.splits() {
		return sources.Split{}, io.EOF
	}
	lo, hi := min(n*s.src.split, s.src.rows), min((n+1)*s.src.split, s.src.rows)
	return sources.Split{Index: n, Name: fmt.Sprintf("small#%d", n), Open: func(ctx context.Context, mem memory.Allocator) (sources.Reader, error) {
		s.src.open.Add(1)
		return &smallReader{scan: s, ctx: ctx, mem: mem, split: n, at: lo, end: hi}, nil
	}}, nil
}

func (s *smallScan) Rows() int64 {
	if s.src.announced != 0 {
		return s.src.announced
	}
	return int64(s.src.rows)
}

func (s *smallScan) Close() error {
	s.src.open.Add(-1)
	return nil
}

type smallReader struct {
	scan         *smallScan
	ctx          context.Context
	mem          memory.Allocator
	split, batch int
	at, end      int
}

func (r *smallReader) Next() (sources.Batch, error) {
	src := r.scan.src
	if err := r.ctx.Err(); err != nil {
		return sources.Batch{}, err
	}
	if src.next != nil {
		if err := src.next(r.split, r.batch); err != nil {
			return sources.Batch{}, err
		}
	}
	if r.at == r.end {
		return sources.Batch{}, io.EOF
	}
	hi := min(r.at+src.batch, r.end)
	all := src.record(r.mem, r.at, hi)
	defer all.Release()
	var fields []arrow.Field
	var cols []arrow.Array
	for _, c := range r.scan.cols {
		i := src.schema.FieldIndices(c)[0]
		fields, cols = append(fields, src.schema.Field(i)), append(cols, all.Column(i))
	}
	b := sources.Batch{Record: array.NewRecord(arrow.NewSchema(fields, nil), cols, all.NumRows()), Origin: "small", Row: int64(r.at)}
	r.at, r.batch = hi, r.batch+1
	return b, nil
}

func (r *smallReader) Close() error {
	r.scan.src.open.Add(-1)
	if r.scan.src.closed != nil {
		r.scan.src.closed(r.split)
	}
	return nil
}
