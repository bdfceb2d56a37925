package sources_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
)

// splitSource has the numbers from 0 on as the column id, in splits of the given
// sizes and batches of ten.
type splitSource struct {
	sizes []int
	known bool // whether splits say how many rows they have
	fail  int  // the split that cannot be opened, if not the first
}

var splitSchema = arrow.NewSchema([]arrow.Field{
	{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "list", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64)},
}, nil)

func (s splitSource) Schema() *arrow.Schema { return splitSchema }
func (s splitSource) Close() error          { return nil }

func (s splitSource) Scan(_ context.Context, cols []string) (sources.Scan, error) {
	if len(cols) != 1 || cols[0] != "id" {
		return nil, fmt.Errorf("columns %q", cols)
	}
	return &splitScan{src: s}, nil
}

type splitScan struct {
	src   splitSource
	mu    sync.Mutex
	n, at int
}

func (s *splitScan) Rows() int64  { return -1 }
func (s *splitScan) Close() error { return nil }

func (s *splitScan) Next() (sources.Split, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n == len(s.src.sizes) {
		return sources.Split{}, io.EOF
	}
	r := splitReader{at: s.at, end: s.at + s.src.sizes[s.n]}
	split := sources.Split{Index: s.n, Name: fmt.Sprint("split ", s.n)}
	if s.src.known {
		split.Rows = int64(s.src.sizes[s.n])
	}
	fails := s.n > 0 && s.n == s.src.fail
	split.Open = func(_ context.Context, mem memory.Allocator) (sources.Reader, error) {
		if fails {
			return nil, errors.New("broken")
		}
		r.mem = mem
		return &r, nil
	}
	s.at = r.end
	s.n++
	return split, nil
}

type splitReader struct {
	mem     memory.Allocator
	at, end int
}

func (r *splitReader) Close() error { return nil }

func (r *splitReader) Next() (sources.Batch, error) {
	if r.at == r.end {
		return sources.Batch{}, io.EOF
	}
	b := array.NewInt64Builder(r.mem)
	defer b.Release()
	first := r.at
	for r.at < min(r.end, first+10) {
		b.Append(int64(r.at))
		r.at++
	}
	ids := b.NewArray()
	defer ids.Release()
	rec := array.NewRecord(arrow.NewSchema(splitSchema.Fields()[:1], nil), []arrow.Array{ids}, int64(ids.Len()))
	return sources.Batch{Record: rec, Origin: "numbers", Row: int64(first)}, nil
}
