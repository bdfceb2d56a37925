package engine

import (
	"maps"
	"sync"

	"leapscore/engine/pipeline"
	"leapscore/ops"
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

// Findings are what is known of a run so far.
type Findings struct {
	Counts  runs.Counts
	Codes   map[string]int64 // rejected rows by code
	Resumed *runs.Resumed    // what was taken over from earlier attempts, or nil
}

// Findings returns what is known of the run so far.
func (r *Run) Findings() Findings {
	p := &r.Progress
	return Findings{
		Counts:  runs.Counts{In: p.In.Load(), Out: p.Out.Load(), Skipped: p.Skipped.Load(), Rejected: p.Rejected.Load()},
		Codes:   r.codes.all(),
		Resumed: r.resumed,
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

// add adds counts by code.
func (c *codes) add(n map[string]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int64{}
	}
	for code, k := range n {
		c.n[code] += k
	}
}

// all returns the counts.
func (c *codes) all() map[string]int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.n)
}

// countFiles adds rejected files.
func (c *codes) countFiles(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int64{}
	}
	c.n[string(ops.File)] += int64(n)
}
