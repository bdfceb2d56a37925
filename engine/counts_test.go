package engine

import (
	"errors"
	"testing"
)

// Rows that are lost and rows that are there twice both end a run.
func TestRowsInAreRowsOutSkippedAndRejected(t *testing.T) {
	for _, c := range []struct {
		in, out, skipped, rejected, total int64
		ok                                bool
	}{
		{10, 7, 2, 1, -1, true},
		{10, 7, 2, 1, 10, true},
		{0, 0, 0, 0, 0, true},
		{10, 6, 2, 1, -1, false},
		{10, 8, 2, 1, -1, false},
		{10, 7, 1, 1, -1, false},
		{10, 7, 3, 1, -1, false},
		{10, 7, 2, 0, -1, false},
		{10, 7, 2, 2, -1, false},
		{10, 7, 2, 1, 9, false},
		{10, 7, 2, 1, 11, false},
		{1, 1, 0, 0, 0, false},
	} {
		r := &Run{Plan: &Plan{Job: Job{}}}
		r.Progress.In.Store(c.in)
		r.Progress.Out.Store(c.out)
		r.Progress.Skipped.Store(c.skipped)
		r.Progress.Rejected.Store(c.rejected)
		r.Progress.Total.Store(c.total)
		if err := r.checkCounts(); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrCounts) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
