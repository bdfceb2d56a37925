package scan

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
)

const (
	// Row groups and blocks of FewRows to ManyRows rows are a split each. Smaller
	// ones share a split, larger ones are cut.
	FewRows  = 40_000
	ManyRows = 250_000
	// BatchBytes is about how large a batch may be: wide tables get fewer
	// rows per batch.
	BatchBytes = 8 << 20
)

// Project returns the fields of cols.
func Project(s *arrow.Schema, cols []string) ([]arrow.Field, error) {
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

// Readable is project for files that have columns which cannot be read: errs says why.
func Readable(s *arrow.Schema, errs map[string]error, cols []string) ([]arrow.Field, error) {
	fields, err := Project(s, cols)
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

// PlanScan is a Scan whose splits are known from the start.
type PlanScan struct {
	Splits []sources.Split
	Total  int64
	next   atomic.Int64
}

func (s *PlanScan) Next() (sources.Split, error) {
	i := s.next.Add(1) - 1
	if i >= int64(len(s.Splits)) {
		return sources.Split{}, io.EOF
	}
	return s.Splits[i], nil
}

func (s *PlanScan) Rows() int64 { return s.Total }

func (s *PlanScan) Close() error { return nil }
