package engine

import (
	"testing"
)

// TestBatchesShrinkWhereVectorsAreTooWide runs the rule by which a run finds the
// number of rows that fit.
func TestBatchesShrinkWhereVectorsAreTooWide(t *testing.T) {
	r := &Run{Plan: &Plan{Job: Job{BatchRows: 8192}}}
	for want := 8192; want > 64; want /= 2 {
		if got := r.batchRows(); got != want {
			t.Fatalf("%d rows, want %d", got, want)
		}
		r.shrink(want)
		r.shrink(want) // by another worker whose batch was as large
	}
	if got := r.batchRows(); got != 64 {
		t.Errorf("%d rows, want 64", got)
	}
}
