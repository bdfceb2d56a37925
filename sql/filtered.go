//go:build !nosql

package sql

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
	"leapscore/sql/internal/pick"
)

// filterRows is how many rows a split should have at least: those of the files
// are put together as long as they have fewer.
const filterRows = 40_000

// filterSpan is how many rows of the files a split may go through to find them.
const filterSpan = 8 * sources.SplitRows

// filtered is a source of the rows of files that meet a condition.
type filtered struct {
	*source         // the query as it is
	files   *direct // without the condition
	rows    *query  // the query of the numbers of the rows, by file and row
	index   map[string]int64
}

// reading says that the files are read once DuckDB has found the rows.
func (f *filtered) reading() Reading { return Reading{Direct: true, Filtered: true} }

// Close closes the files and the database.
func (f *filtered) Close() error { return errors.Join(f.files.Close(), f.source.Close()) }

// Scan reads the wanted rows of the files.
func (f *filtered) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	inner, err := f.files.Scan(ctx, cols)
	if err != nil {
		return nil, err
	}
	found, err := f.rows.Scan(ctx, []string{"file", "row"})
	if err != nil {
		return nil, errors.Join(err, inner.Close())
	}
	return &filteredScan{Scan: inner, ctx: ctx, numbers: &rowNumbers{scan: found.(*scan), last: [2]int64{-1}}, index: f.index}, nil
}

// filteredScan gives splits of the wanted rows.
type filteredScan struct {
	sources.Scan
	ctx     context.Context
	numbers *rowNumbers
	index   map[string]int64

	mu     sync.Mutex
	ahead  *wanted
	splits int
	row    int64
	ended  bool
}

// wanted is a split of the files, and which of its rows are wanted.
type wanted struct {
	split sources.Split
	rows  [][]uint32 // of each span, counted from where it begins
	count int
	of    int64
}

// take returns the next split of the files.
func (sc *filteredScan) take() (wanted, error) {
	if sc.ahead != nil {
		w := *sc.ahead
		sc.ahead = nil
		return w, nil
	}
	split, err := sc.Scan.Next()
	if err != nil {
		return wanted{}, err
	}
	w := wanted{split: split}
	if len(split.Spans) == 0 {
		return w, fmt.Errorf("query: %s: its rows are not numbered", split.Name)
	}
	for _, span := range split.Spans {
		file, ok := sc.index[span.Origin]
		if !ok {
			return w, fmt.Errorf("query: %s is not one of its files", span.Origin)
		}
		rows, err := sc.numbers.until(file, span.From, span.To, make([]uint32, 0, span.To-span.From))
		if err != nil {
			return w, err
		}
		w.rows = append(w.rows, rows)
		w.count += len(rows)
		w.of += span.To - span.From
	}
	return w, nil
}

// Rows returns -1: how many rows meet the condition is not known.
func (sc *filteredScan) Rows() int64 { return -1 }

// Next puts splits of the files together that have few wanted rows, and leaves
// out those that have none.
func (sc *filteredScan) Next() (sources.Split, error) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	var group []wanted
	count, span := 0, int64(0)
	for count < filterRows && span < filterSpan && !sc.ended {
		w, err := sc.take()
		if err == io.EOF {
			if sc.ended = true; !sc.numbers.empty() {
				return sources.Split{}, errors.New("query: there are rows that the files do not have")
			}
			break
		}
		if err != nil {
			return sources.Split{}, err
		}
		if w.count == 0 {
			continue
		}
		span += w.of
		if count > 0 && count+w.count > sources.SplitRows {
			sc.ahead = &w
			break
		}
		group, count = append(group, w), count+w.count
	}
	if count == 0 {
		return sources.Split{}, io.EOF
	}
	split := sources.Split{Index: sc.splits, Name: fmt.Sprintf("%s rows %d-%d", origin, sc.row, sc.row+int64(count)-1), Rows: int64(count)}
	first := sc.row
	split.Open = func(ctx context.Context, mem memory.Allocator) (sources.Reader, error) {
		return &filteredReader{ctx: ctx, mem: mem, scan: sc, group: group, row: first}, nil
	}
	sc.splits++
	sc.row += int64(count)
	return split, nil
}

// Close ends both queries.
func (sc *filteredScan) Close() error { return errors.Join(sc.numbers.close(), sc.Scan.Close()) }

// filteredReader reads the wanted rows of some splits of the files.
type filteredReader struct {
	ctx   context.Context
	mem   memory.Allocator
	scan  *filteredScan
	group []wanted
	open  sources.Reader // of group[0]
	row   int64
	idx   []uint32
}

// Next returns the wanted rows of the next batch that has some.
func (r *filteredReader) Next() (sources.Batch, error) {
	for len(r.group) > 0 {
		if r.open == nil {
			open, err := r.group[0].split.Open(r.ctx, r.mem)
			if err != nil {
				return sources.Batch{}, err
			}
			r.open = open
		}
		b, err := r.open.Next()
		if err == io.EOF {
			err = r.open.Close()
			r.open, r.group = nil, r.group[1:]
			if err != nil {
				return sources.Batch{}, err
			}
			continue
		}
		if err != nil {
			return sources.Batch{}, err
		}
		r.idx = r.group[0].in(b, r.idx[:0])
		if idx := r.idx; len(idx) > 0 {
			return r.pick(b, idx)
		}
		b.Release()
	}
	return sources.Batch{}, io.EOF
}

// in appends which rows of a batch are wanted, counted from its first.
func (w *wanted) in(b sources.Batch, out []uint32) []uint32 {
	for i, span := range w.split.Spans {
		if span.Origin != b.Origin || b.Row < span.From || b.Row >= span.To {
			continue
		}
		from := uint32(b.Row - span.From)
		lo, _ := slices.BinarySearch(w.rows[i], from)
		for _, row := range w.rows[i][lo:] {
			if row >= from+uint32(b.NumRows()) {
				break
			}
			out = append(out, row-from)
		}
	}
	return out
}

// pick keeps the rows idx of a batch.
func (r *filteredReader) pick(b sources.Batch, idx []uint32) (sources.Batch, error) {
	out := sources.Batch{Record: b.Record, Origin: origin, Row: r.row}
	r.row += int64(len(idx))
	if len(idx) == int(b.NumRows()) {
		return out, nil
	}
	defer b.Release()
	cols := make([]arrow.Array, 0, b.NumCols())
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	for _, c := range b.Columns() {
		kept, err := pick.Rows(r.mem, c, idx)
		if err != nil {
			return sources.Batch{}, fmt.Errorf("%s: %w", b.Origin, err)
		}
		cols = append(cols, kept)
	}
	out.Record = array.NewRecord(b.Schema(), cols, int64(len(idx)))
	return out, nil
}

// Close ends reading.
func (r *filteredReader) Close() error {
	if r.open == nil {
		return nil
	}
	err := r.open.Close()
	r.open, r.group = nil, nil
	return err
}
