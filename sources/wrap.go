package sources

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Wrap returns the scan with the rows of every split read through the reader that
// wrap makes of the split's own.
func Wrap(scan Scan, wrap func(Reader, memory.Allocator) Reader) Scan {
	return &wrappedScan{scan, wrap}
}

type wrappedScan struct {
	Scan
	wrap func(Reader, memory.Allocator) Reader
}

func (s *wrappedScan) Next() (Split, error) {
	split, err := s.Scan.Next()
	if err != nil {
		return split, err
	}
	return split.Through(s.wrap), nil
}

// Through returns the split with its rows read through another reader.
func (s Split) Through(wrap func(Reader, memory.Allocator) Reader) Split {
	open := s.Open
	s.Open = func(ctx context.Context, mem memory.Allocator) (Reader, error) {
		r, err := open(ctx, mem)
		if err != nil {
			return nil, err
		}
		return wrap(r, mem), nil
	}
	return s
}
