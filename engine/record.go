package engine

import (
	"sync"

	"leapscore/engine/pipeline"
	"leapscore/runs"
	"leapscore/sinks"
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

// noteRejects notes in the run's record what its rejects are. They have no record
// of their own.
func (r *Run) noteRejects(m *sinks.Manifest) {
	if r.Info.Record == nil {
		return
	}
	noted := runs.Rejects{Rows: m.RowsOut, Codes: r.codes.all(), Files: m.Files}
	if r.Info.Record.Rejects != nil {
		noted.Path = r.Info.Record.Rejects.Path
	}
	r.Info.Record.Rejects = &noted
}
