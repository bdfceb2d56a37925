package engine

import (
	"context"
	"errors"
	"fmt"
	"io"

	"leapscore/engine/pipeline"
	"leapscore/internal/arrays"
	"leapscore/sinks"
	"leapscore/sources"
	"leapscore/sources/files"
)

// sumUpFinished adds the rows of finished files to the run's summary, but for
// those of the split that is scored again.
func (r *Run) sumUpFinished(ctx context.Context, table sinks.Resumable) (err error) {
	if r.Summary == nil {
		return nil
	}
	defer pipeline.Recovered(&err)
	st, names := table.Finished()
	left := r.ledger.saved.Tally.Out
	src, err := files.Open(ctx, names, sources.Options{Opener: st, Format: sources.Parquet, Hive: sources.HiveOff})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	scan, err := src.Scan(ctx, arrays.FieldNames(r.Plan.Schema))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, scan.Close()) }()
	for left > 0 {
		s, err := scan.Next()
		if err == io.EOF {
			return fmt.Errorf("%d rows are missing in the finished files", left)
		}
		if err != nil {
			return err
		}
		if left, err = r.sumUpSplit(ctx, s, left); err != nil {
			return err
		}
	}
	return nil
}

// sumUpSplit adds up to left rows, and returns how many more there are to be.
func (r *Run) sumUpSplit(ctx context.Context, s sources.Split, left int64) (_ int64, err error) {
	in, err := s.Open(ctx, r.Mem)
	if err != nil {
		return left, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	for left > 0 {
		b, err := in.Next()
		if err == io.EOF {
			return left, nil
		}
		if err != nil {
			return left, err
		}
		cols := b.Columns()
		all := newRecord(r.Plan.Schema, cols, int(b.NumRows()))
		some := all.NewSlice(0, min(left, b.NumRows()))
		r.Summary.Add(some)
		left -= some.NumRows()
		some.Release()
		all.Release()
		b.Release()
	}
	return left, nil
}
