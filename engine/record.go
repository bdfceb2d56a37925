package engine

import (
	"context"
	"sync"

	"leapscore/engine/pipeline"
	"leapscore/runs"
)

// codes counts rejected rows by code.
type codes struct {
	mu sync.Mutex
	n  map[string]int64
}

// count adds the rejected ones of n rows.
func (w *splitWriter) count(res *pipeline.Result, n int) {
	if w.tally.Codes == nil {
		w.tally.Codes = map[string]int64{}
	}
	for row := range n {
		if x, bad := res.Rejected(row); bad && !x.Drop {
			w.tally.Codes[string(x.Code)]++
		}
	}
}

// noteFailure notes in the record how far the run came before it failed.
func (r *Run) noteFailure() {
	if r.Info.Record == nil {
		return
	}
	p := &r.Progress
	r.Info.Record.Counts = runs.Counts{In: p.In.Load(), Out: p.Out.Load(), Skipped: p.Skipped.Load(), Rejected: p.Rejected.Load()}
	if noted := r.Info.Record.Rejects; noted != nil {
		noted.Codes = r.codes.all()
		for _, n := range noted.Codes {
			noted.Rows += n
		}
	}
}

// commitRejects publishes the rejects, and notes in the run's record what they
// are. They have no record of their own.
func (r *Run) commitRejects(ctx context.Context) error {
	info := r.Info
	info.Record = nil
	m, err := r.Rejects.Commit(ctx, info)
	if err != nil || r.Info.Record == nil {
		return err
	}
	noted := runs.Rejects{Rows: m.RowsOut, Codes: r.codes.all(), Files: m.Files}
	if r.Info.Record.Rejects != nil {
		noted.Path = r.Info.Record.Rejects.Path
	}
	r.Info.Record.Rejects = &noted
	return nil
}
