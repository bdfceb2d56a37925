package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"golang.org/x/sync/errgroup"

	"leapscore/sinks"
	"leapscore/sources"
)

// Progress counts what a run has done so far. It is safe to read at any time.
type Progress struct {
	In, Out, Skipped, Rejected atomic.Int64
	// Total is the number of rows to read, or -1.
	Total atomic.Int64
}

// Run is one execution of a Plan.
type Run struct {
	Plan *Plan
	// Table is where the rows go, with Plan.Schema; Rejects, with Plan.Rejects,
	// may be nil unless the job rejects rows.
	Table   sinks.Table
	Rejects sinks.Table
	Info    sinks.Run // ID, Model, Started, Version; the rest is filled in
	Mem     memory.Allocator

	Progress Progress

	mu    sync.Mutex
	first *RowError
}

// Do reads, scores and writes everything and commits. On any error, and when
// ctx is done, nothing is published and what was written is removed.
func (r *Run) Do(ctx context.Context) (m *sinks.Manifest, err error) {
	if r.Mem == nil {
		r.Mem = memory.NewGoAllocator()
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.abort(context.WithoutCancel(ctx)))
		}
	}()
	start := time.Now()
	r.Progress.Total.Store(-1)
	if err := r.score(ctx); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if err := r.checkCounts(); err != nil {
		return nil, err
	}
	if r.Info.Seconds == nil {
		r.Info.Seconds = map[string]float64{}
	}
	r.Info.Seconds["score"] = time.Since(start).Seconds()
	r.Info.RowsIn = r.Progress.In.Load()
	r.Info.Skipped = r.Progress.Skipped.Load()
	r.Info.Rejected = r.Progress.Rejected.Load()
	// Rejects first: were the table published without them, rows would be lost.
	if r.Rejects != nil {
		if _, err := r.Rejects.Commit(ctx, r.Info); err != nil {
			return nil, fmt.Errorf("rejects: %w", err)
		}
	}
	return r.Table.Commit(ctx, r.Info)
}

func (r *Run) abort(ctx context.Context) error {
	err := r.Table.Abort(ctx)
	if r.Rejects != nil {
		err = errors.Join(err, r.Rejects.Abort(ctx))
	}
	return err
}

func (r *Run) checkCounts() error {
	in, out := r.Progress.In.Load(), r.Progress.Out.Load()
	skipped, rejected := r.Progress.Skipped.Load(), r.Progress.Rejected.Load()
	if in != out+skipped+rejected {
		return fmt.Errorf("%w: %d in, %d out, %d skipped, %d rejected", ErrCounts, in, out, skipped, rejected)
	}
	if total := r.Progress.Total.Load(); total >= 0 && total != in {
		return fmt.Errorf("%w: the source announced %d rows and gave %d", ErrCounts, total, in)
	}
	return r.checkBudget(true)
}

// checkBudget compares the rejects with the job's bound. A share can only be
// judged at the end.
func (r *Run) checkBudget(end bool) error {
	max, bad, in := r.Plan.Job.MaxErrors, r.Progress.Rejected.Load(), r.Progress.In.Load()
	if !max.Set || bad == 0 {
		return nil
	}
	if over := max.Percent && end && float64(bad) > max.Share*float64(in) || !max.Percent && bad > max.Rows; over {
		return &BudgetError{Rejected: bad, Rows: in, Limit: max.String(), First: r.first}
	}
	return nil
}

// score runs the splits in parallel. Part n holds the rows of split n, so the
// output does not depend on the number of workers.
func (r *Run) score(ctx context.Context) (err error) {
	scan, err := r.Plan.Job.Source.Scan(ctx, r.Plan.Read)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, scan.Close()) }()
	r.Progress.Total.Store(scan.Rows())
	g, ctx := errgroup.WithContext(ctx)
	for range r.Plan.Job.Workers {
		g.Go(func() error {
			for {
				split, err := scan.Next()
				if err == io.EOF {
					return nil
				}
				if err == nil {
					err = r.split(ctx, split)
				}
				if err != nil {
					return err
				}
			}
		})
	}
	err = g.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if row := (*RowError)(nil); errors.As(err, &row) && r.first != nil {
		return r.first
	}
	return err
}

// split scores one split from read to written.
func (r *Run) split(ctx context.Context, s sources.Split) (err error) {
	in, err := s.Open(ctx, r.Mem)
	if err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	w := &splitWriter{run: r}
	if w.part, err = r.Table.Part(ctx, s.Index); err != nil {
		return err
	}
	if r.Rejects != nil {
		if w.rejects, err = r.Rejects.Part(ctx, s.Index); err != nil {
			w.part.Abort()
			return err
		}
	}
	for {
		if err = ctx.Err(); err != nil {
			break
		}
		var b sources.Batch
		if b, err = in.Next(); err != nil {
			break
		}
		err = w.batch(b)
		b.Release()
		if err != nil {
			break
		}
	}
	if err != io.EOF {
		w.abort()
		return err
	}
	return w.commit(ctx)
}

// failed keeps the earliest refused row that any worker met.
func (r *Run) failed(e *RowError) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.first; f == nil || e.Origin < f.Origin || e.Origin == f.Origin && e.Row < f.Row {
		r.first = e
	}
}
