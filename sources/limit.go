package sources

import (
	"context"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Limit returns the first n rows of src, in the order of its splits. Little more
// than those is read. Closing it closes src.
//
// Splits whose rows are counted before they are read, such as those of Parquet
// files, are still read at once; others one after another, as each may be the
// last.
func Limit(src Source, n int64) Source { return &limited{src, n} }

type limited struct {
	Source
	n int64
}

// Unwrap returns the source that the rows are from.
func (l *limited) Unwrap() Source { return l.Source }

func (l *limited) Scan(ctx context.Context, cols []string) (Scan, error) {
	s, err := l.Source.Scan(ctx, cols)
	if err != nil {
		return nil, err
	}
	before := newTally()
	before.settle(0)
	return &limitScan{Scan: s, n: l.n, before: before}, nil
}

type limitScan struct {
	Scan
	n int64

	mu     sync.Mutex
	before *tally // rows in front of the next split
}

// tally is a number of rows that becomes known.
type tally struct {
	known chan struct{}
	once  sync.Once
	rows  int64
}

func newTally() *tally { return &tally{known: make(chan struct{})} }

// settle makes the number known. Only the first call counts.
func (t *tally) settle(rows int64) {
	t.once.Do(func() { t.rows = rows; close(t.known) })
}

// get returns the number, if it is known already.
func (t *tally) get() (int64, bool) {
	select {
	case <-t.known:
		return t.rows, true
	default:
		return 0, false
	}
}

func (s *limitScan) Rows() int64 {
	if rows := s.Scan.Rows(); rows >= 0 {
		return min(rows, s.n)
	}
	return -1
}

// Next hands out splits until it is known that those before hold n rows.
func (s *limitScan) Next() (Split, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.before
	rows, known := before.get()
	if known && rows >= s.n {
		return Split{}, io.EOF
	}
	split, err := s.Scan.Next()
	if err != nil {
		return split, err
	}
	after := newTally()
	s.before = after
	if known && split.Rows > 0 {
		after.settle(rows + split.Rows)
		split.Rows = min(split.Rows, s.n-rows)
	} else {
		split.Rows = 0
	}
	open := split.Open
	split.Open = func(ctx context.Context, mem memory.Allocator) (Reader, error) {
		select {
		case <-before.known:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		r := &limitReader{left: s.n - before.rows, rows: before.rows, after: after}
		if r.left <= 0 {
			after.settle(before.rows)
			return r, nil
		}
		in, err := open(ctx, mem)
		if err != nil {
			after.settle(before.rows)
			return nil, err
		}
		r.in = in
		return r, nil
	}
	return split, nil
}

type limitReader struct {
	in    Reader // nil if there is nothing to read
	left  int64
	rows  int64 // in front of what comes next
	after *tally
}

func (r *limitReader) Next() (Batch, error) {
	if r.left <= 0 {
		r.after.settle(r.rows)
		return Batch{}, io.EOF
	}
	b, err := r.in.Next()
	if err != nil {
		r.after.settle(r.rows)
		return b, err
	}
	if b.NumRows() > r.left {
		cut := b.NewSlice(0, r.left)
		b.Release()
		b.Record, b.Bad = cut, b.BadIn(0, int(r.left))
	}
	r.left -= b.NumRows()
	r.rows += b.NumRows()
	return b, nil
}

// Close lets the splits behind go on, whether this one was read to its end or
// not.
func (r *limitReader) Close() error {
	r.after.settle(r.rows)
	if r.in == nil {
		return nil
	}
	return r.in.Close()
}
