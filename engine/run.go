package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"golang.org/x/sync/errgroup"

	"leapscore/engine/summary"
	"leapscore/internal/reuse"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sources"
	"leapscore/sources/files"
)

// Progress counts what a run has done so far. It is safe to read at any time.
type Progress struct {
	In, Out, Skipped, Rejected atomic.Int64
	// Total is the number of rows to read, or -1.
	Total atomic.Int64

	stage atomic.Pointer[string]
	files atomic.Int64
	file  atomic.Pointer[string] // of the last split
}

// Stage is what the run is at: score, then commit.
func (p *Progress) Stage() string {
	if s := p.stage.Load(); s != nil {
		return *s
	}
	return "score"
}

// Files is how many files of the input were begun.
func (p *Progress) Files() int64 { return p.files.Load() }

// begin notes that the split of that name is begun. The splits of a file follow each other.
func (p *Progress) begin(split string) {
	file, _, _ := strings.Cut(split, "#")
	if was := p.file.Swap(&file); was == nil || *was != file {
		p.files.Add(1)
	}
}

// Run is one execution of a Plan.
type Run struct {
	Plan *Plan
	// Table is where the rows go, with Plan.Schema; Rejects, with Plan.Rejects,
	// may be nil unless the job rejects rows.
	Table   sinks.Table
	Rejects sinks.Table
	Info    sinks.Run // ID, Model, Started, Version; the rest is filled in
	// Intent says how to find out later whether the table was committed, which the
	// rejects wait for: nil if nobody can.
	Intent *sinks.Intent

	// Mem is what batches are allocated from. Left empty, it is an allocator
	// that keeps up to Reuse bytes (0: 128 MiB) of what is freed.
	Mem   memory.Allocator
	Reuse int64
	// BatchBytes bounds what the columns of one batch take at a time: batches of
	// wide rows have fewer. 0 is no bound.
	BatchBytes int64

	// Summary, if it is not nil, gets the rows of the table as they pass.
	Summary *summary.Collector
	// Conclude, if it is not nil, is called when all is scored and before anything is
	// published. It returns the record that is published with the rows, as Info.Record.
	// If it returns an error, nothing is published.
	Conclude func(*Run) (*runs.Record, error)
	// Observer, if it is not nil, is told what the run does.
	Observer Observer

	// Suspend keeps, if the table is sinks.Resumable, what was finished when the run
	// fails, unless rows are to blame.
	Suspend bool

	Progress Progress

	ledger   *ledger // nil if the run cannot be resumed
	resumed  *runs.Resumed
	from     int // the first split that is scored
	refusals refusals
	causes   causes
	kept     keptRejects
	splits   atomic.Int64 // that were handed out
	fewer    atomic.Int32 // rows of a batch, once they had to be lowered
}

// reuseBytes is what is kept for the next batches if a run does not say it.
const reuseBytes = 128 << 20

// Do reads, scores and writes everything and commits. On any error, and when
// ctx is done, nothing is published and what was written is removed; the error
// is then the cause of ctx's end.
func (r *Run) Do(ctx context.Context) (m *sinks.Manifest, err error) {
	if r.Mem == nil {
		if r.Reuse <= 0 {
			r.Reuse = reuseBytes
		}
		r.Mem = reuse.New(r.Reuse)
	}
	defer func() {
		if err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			err = errors.Join(err, r.end(context.WithoutCancel(ctx), err))
		}
	}()
	start := time.Now()
	r.Progress.Total.Store(-1)
	if r.from, err = r.resume(ctx); err != nil {
		return nil, err
	}
	scored := r.stage("score")
	err = r.score(ctx)
	if changed := files.Unchanged(ctx, r.Plan.Job.Source); changed != nil && ctx.Err() == nil {
		err = changed // which is why, if something failed
	}
	if r.Info.Seconds == nil {
		r.Info.Seconds = map[string]float64{}
	}
	r.Info.Seconds["score"] = time.Since(start).Seconds()
	if scored(err); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := r.checkCounts(); err != nil {
		return nil, err
	}
	return r.publish(ctx)
}

// publish commits what was scored.
func (r *Run) publish(ctx context.Context) (m *sinks.Manifest, err error) {
	if r.Conclude != nil {
		if r.Info.Record, err = r.Conclude(r); err != nil {
			return nil, err
		}
	}
	r.Info.RowsIn = r.Progress.In.Load()
	r.Info.Skipped = r.Progress.Skipped.Load()
	r.Info.Rejected = r.Progress.Rejected.Load()
	committed := r.stage("commit")
	m, err = r.commit(ctx)
	committed(err)
	return m, err
}

// commit publishes the table, and the rejects with it or not at all.
func (r *Run) commit(ctx context.Context) (*sinks.Manifest, error) {
	return sinks.CommitTogether(ctx, r.Table, r.Rejects, r.Info, r.Intent, r.noteRejects)
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

// checkBudget compares the rejects with the job's bound.
func (r *Run) checkBudget(end bool) error {
	limit, bad, in := r.Plan.Job.MaxErrors, r.Progress.Rejected.Load(), r.Progress.In.Load()
	files := r.Plan.Job.Files.Files()
	bad, in = bad+int64(len(files)), in+int64(len(files))
	if !limit.exceeded(bad, in, end) {
		return nil
	}
	first, _ := r.refusals.row()
	return &BudgetError{Rejected: bad, Rows: in, Limit: limit.String(), First: first, Files: files, Causes: runs.SortCauses(r.causes.all())}
}

// FirstRejected is the first of the rows that the model has refused so far, or nil.
func (r *Run) FirstRejected() *RowError {
	first, _ := r.refusals.row()
	return first
}

// score runs the splits in parallel. Part n holds the rows of split n, so the
// output does not depend on the number of workers.
func (r *Run) score(ctx context.Context) (err error) {
	scan, err := sources.ScanColumns(ctx, r.Plan.Job.Source, r.Plan.Read)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, scan.Close()) }()
	r.Progress.Total.Store(scan.Rows())
	if err := r.checkBudget(false); err != nil {
		return err
	}
	g, each := errgroup.WithContext(ctx)
	for range r.Plan.Job.Workers {
		g.Go(func() error { return r.work(each, scan) })
	}
	err = g.Wait()
	r.refusals.undo()
	if first, end := r.refusals.row(); err == nil && end {
		return first
	}
	if err != nil {
		return err
	}
	return r.rejectFiles(ctx)
}
