package engine

import (
	"maps"
	"sync"

	"leapscore/engine/pipeline"
	"leapscore/ops"
	"leapscore/runs"
	"leapscore/sinks"
)

// causes counts the rejected rows of a run.
type causes struct {
	mu sync.Mutex
	n  map[runs.Cause]int64 // by cause, whose Rows is 0
}

// add adds rows of one cause.
func (c *causes) add(cause runs.Cause, rows int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[runs.Cause]int64{}
	}
	c.n[cause] += rows
}

// all returns the counts.
func (c *causes) all() map[runs.Cause]int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.n)
}

// pieceCauses are the causes of the rejected rows of a piece.
type pieceCauses struct {
	list []runs.Cause
	rows []int64 // of each
	of   []int   // the cause of each rejected row, in their order
}

// causesOf returns the causes of the rejected ones of n rows.
func causesOf(res *pipeline.Result, n int) *pieceCauses {
	p := &pieceCauses{}
	seen := map[runs.Cause]int{}
	at := 0
	for row := range n {
		x, bad := res.Rejected(row)
		if !bad || x.Drop {
			continue
		}
		cause := runs.Cause{Code: string(x.Code), Node: x.Node, Op: x.Op, Column: x.Column}
		if at >= len(p.list) || p.list[at] != cause { // most rows have the cause of the row before
			var known bool
			if at, known = seen[cause]; !known {
				at = len(p.list)
				seen[cause] = at
				p.list, p.rows = append(p.list, cause), append(p.rows, 0)
			}
		}
		p.rows[at]++
		p.of = append(p.of, at)
	}
	return p
}

// count counts the rejected rows of a piece.
func (w *splitWriter) count(p *pieceCauses) {
	for i, cause := range p.list {
		w.run.causes.add(cause, p.rows[i])
		w.tally.addCause(cause, p.rows[i])
	}
}

// fileCause is the cause of files that were left out.
var fileCause = runs.Cause{Code: string(ops.File)}

// Findings are what is known of a run so far.
type Findings struct {
	Counts  runs.Counts
	Codes   map[string]int64 // rejected rows by code
	Causes  []runs.Cause     // and by code, node and column
	Seconds map[string]float64
	Resumed *runs.Resumed // what was taken over from earlier attempts, or nil
}

// Findings returns what is known of the run so far.
func (r *Run) Findings() Findings {
	p := &r.Progress
	all := r.causes.all()
	return Findings{
		Counts:  runs.Counts{In: p.In.Load(), Out: p.Out.Load(), Skipped: p.Skipped.Load(), Rejected: p.Rejected.Load()},
		Codes:   runs.CountCodes(all),
		Causes:  runs.SortCauses(all),
		Seconds: maps.Clone(r.Info.Seconds),
		Resumed: r.resumed,
	}
}

// noteRejects notes in the run's record what its rejects are. They have no record
// of their own.
func (r *Run) noteRejects(m *sinks.Manifest) {
	if r.Info.Record == nil {
		return
	}
	found := r.Findings()
	noted := runs.Rejects{Rows: m.RowsOut, Codes: found.Codes, Causes: found.Causes, Files: m.Files}
	if r.Info.Record.Rejects != nil {
		noted.Path = r.Info.Record.Rejects.Path
	}
	r.Info.Record.Rejects = &noted
}
