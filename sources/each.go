package sources

import (
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Each reads the columns cols of a source to its end, in order and on one
// goroutine. It calls fn for every batch and then releases it. The first error ends
// the pass.
func Each(ctx context.Context, src Source, cols []string, mem memory.Allocator, fn func(Batch) error) (err error) {
	scan, err := src.Scan(ctx, cols)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, scan.Close()) }()
	for {
		split, err := scan.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = split.Each(ctx, mem, fn)
		}
		if err != nil {
			return err
		}
	}
}

// Each calls fn for every batch of the split, in order, and then releases it.
func (s Split) Each(ctx context.Context, mem memory.Allocator, fn func(Batch) error) (err error) {
	r, err := s.Open(ctx, mem)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		b, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		err = fn(b)
		b.Release()
		if err != nil {
			return err
		}
	}
}
