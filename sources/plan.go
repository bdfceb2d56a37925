package sources

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
)

const (
	// Row groups and blocks of fewRows to manyRows rows are a split each. Smaller
	// ones share a split, larger ones are cut.
	fewRows  = 40_000
	manyRows = 250_000
	// batchBytes is about how large a batch may be: wide tables get fewer
	// rows per batch.
	batchBytes = 8 << 20
)

// project returns the fields of cols.
func project(s *arrow.Schema, cols []string) ([]arrow.Field, error) {
	fields := make([]arrow.Field, len(cols))
	for i, c := range cols {
		f, ok := s.FieldsByName(c)
		if !ok {
			return nil, fmt.Errorf("no column %q", c)
		}
		fields[i] = f[0]
	}
	return fields, nil
}

// readable is project for files that have columns which cannot be read: errs says why.
func readable(s *arrow.Schema, errs map[string]error, cols []string) ([]arrow.Field, error) {
	fields, err := project(s, cols)
	if err != nil {
		return nil, err
	}
	for _, c := range cols {
		if err := errs[c]; err != nil {
			return nil, err
		}
	}
	return fields, nil
}

// planScan is a Scan whose splits are known from the start.
type planScan struct {
	splits []Split
	rows   int64
	next   atomic.Int64
}

func (s *planScan) Next() (Split, error) {
	i := s.next.Add(1) - 1
	if i >= int64(len(s.splits)) {
		return Split{}, io.EOF
	}
	return s.splits[i], nil
}

func (s *planScan) Rows() int64 { return s.rows }

func (s *planScan) Close() error { return nil }
