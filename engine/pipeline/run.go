package pipeline

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/ops"
	"leapscore/ops/column"
)

// Result holds the outputs of one batch and its rejected rows. The caller
// releases Columns.
type Result struct {
	// Columns are the outputs, of the batch's length; rows that were rejected
	// or dropped hold any value.
	Columns []arrow.Array

	batch *ops.Batch
	p     *Pipeline
	in    []arrow.Array

	refused map[int]Reject // by Refuse
}

// Reject is a row that the model refused, or that a rule of the model skipped.
type Reject struct {
	Row    int
	Code   ops.Code
	Drop   bool // skipped by the model's rule, not an error
	Node   string
	Op     string
	Column string // the input that is to blame, or ""
	Msg    string
}

// Run takes the batch of n rows through the pipeline. cols are the columns
// p.Columns; Run borrows them.
func (p *Pipeline) Run(mem memory.Allocator, cols []arrow.Array, n int) (*Result, error) {
	return p.RunUntil(nil, mem, cols, n)
}

// RunUntil is Run, but ends with ops.ErrStopped soon after stop is closed, even
// if a row takes long.
func (p *Pipeline) RunUntil(stop <-chan struct{}, mem memory.Allocator, cols []arrow.Array, n int) (*Result, error) {
	b := ops.Batch{Mem: mem, Len: n, Stop: stop}
	if p.fast == nil {
		return p.run(&p.plain, b, cols)
	}
	r, err := p.run(p.fast, b, cols)
	if err == nil && r.Rejects() > 0 {
		err = r.explain(b)
	}
	return r, err
}

func (p *Pipeline) run(g *program, batch ops.Batch, cols []arrow.Array) (*Result, error) {
	b := &batch
	slots := make([]arrow.Array, p.slots)
	drop := func(i int) {
		if slots[i] != nil {
			slots[i].Release()
			slots[i] = nil
		}
	}
	defer func() {
		for i := range slots {
			drop(i)
		}
	}()
	for i, c := range cols {
		slots[i] = p.inputs[i].norm(b.Mem, c)
	}
	for i := range g.steps {
		b.Step = i
		if err := g.steps[i].eval(b, slots); err != nil {
			return nil, fmt.Errorf("node %s (%s): %w", g.steps[i].Path, g.steps[i].Op, err)
		}
		for _, s := range g.free[i] {
			drop(s)
		}
	}
	r := &Result{batch: b, p: p, in: cols}
	for _, s := range p.out {
		slots[s].Retain()
		r.Columns = append(r.Columns, slots[s])
	}
	return r, nil
}

// explain runs the rows that the fast program refused through the plain one,
// which gives the reasons.
func (r *Result) explain(batch ops.Batch) error {
	var rows []int
	refused := func(row int) bool { _, bad := r.batch.Rejected(row); return bad }
	for row := range r.batch.Len {
		if refused(row) {
			rows = append(rows, row)
		}
	}
	in, err := column.Filter(batch.Mem, r.in, r.batch.Len, refused)
	if err != nil {
		return err
	}
	defer func() {
		for _, c := range in {
			c.Release()
		}
	}()
	batch.Len = len(rows)
	plain, err := r.p.run(&r.p.plain, batch, in)
	if err != nil {
		return err
	}
	defer plain.Release()
	explained := &ops.Batch{Mem: batch.Mem, Len: r.batch.Len}
	for i, row := range rows {
		why, bad := plain.batch.Rejected(i)
		if !bad {
			return fmt.Errorf("row %d of a batch is refused by the fused program only", row)
		}
		explained.Add(row, why)
	}
	r.batch = explained
	return nil
}

func (s *step) eval(b *ops.Batch, slots []arrow.Array) (err error) {
	defer Recovered(&err)
	var out []arrow.Array
	if s.fused != nil {
		out, err = s.fused.eval(b, slots)
	} else {
		out, err = s.evalPlain(b, slots)
	}
	if err != nil {
		return err
	}
	for i, slot := range s.out {
		switch {
		case slot >= 0:
			slots[slot] = out[i]
		case out[i] != nil:
			out[i].Release()
		}
	}
	return nil
}

func (s *step) evalPlain(b *ops.Batch, slots []arrow.Array) ([]arrow.Array, error) {
	in := make([]arrow.Array, len(s.in))
	for i, x := range s.in {
		arr := slots[x.slot]
		if x.required && arr.NullN() > 0 {
			rejectNulls(b, i, arr)
		}
		if x.cast == nil {
			in[i] = arr
			continue
		}
		in[i] = x.cast(b.Mem, arr, func(row int, format string, args ...any) {
			b.Reject(row, i, ops.Cast, format, args...)
		})
		defer in[i].Release()
	}
	return s.Kernel.Eval(b, in)
}

func rejectNulls(b *ops.Batch, port int, arr arrow.Array) {
	for row := range arr.Len() {
		if arr.IsNull(row) {
			b.Reject(row, port, ops.Null, "null, and the op needs a value")
		}
	}
}

// Rejects returns the number of rows that were refused or skipped.
func (r *Result) Rejects() int { return r.batch.Rejects() }

// Rejected returns why row was refused or skipped, or false if it was not.
func (r *Result) Rejected(row int) (Reject, bool) {
	x, bad := r.batch.Rejected(row)
	if !bad {
		return Reject{}, false
	}
	if x.Step == noStep {
		return r.refused[row], true
	}
	s := r.p.plain.steps[x.Step]
	rej := Reject{Row: row, Code: x.Code, Drop: x.Drop, Node: s.Path, Op: s.Op, Msg: x.Msg}
	if x.Port >= 0 && x.Port < len(s.Inputs) {
		rej.Column = s.Inputs[x.Port]
	}
	return rej, true
}

// noStep is the step of rows that Refuse has added.
const noStep = -1

// Refuse rejects a row that the model accepted, or replaces the reason of one that
// it refused.
func (r *Result) Refuse(x Reject) {
	if r.refused == nil {
		r.refused = map[int]Reject{}
	}
	r.refused[x.Row] = x
	r.batch.Replace(x.Row, ops.Reject{Code: x.Code, Msg: x.Msg, Step: noStep, Port: -1})
}

// Keep returns r.Columns without the rejected rows. The caller releases them.
func (r *Result) Keep(mem memory.Allocator, cols []arrow.Array) ([]arrow.Array, error) {
	return column.Filter(mem, cols, r.batch.Len, func(row int) bool {
		_, bad := r.batch.Rejected(row)
		return !bad
	})
}

// Release releases the columns.
func (r *Result) Release() {
	for _, c := range r.Columns {
		c.Release()
	}
}

// Value returns the value of the source column that is to blame for the
// rejection of row, as text, or "".
func (r *Result) Value(row int) string {
	x, bad := r.batch.Rejected(row)
	if !bad || x.Port < 0 || x.Step == noStep {
		return ""
	}
	s := r.p.plain.steps[x.Step]
	if x.Port >= len(s.in) || s.in[x.Port].slot >= len(r.in) {
		return ""
	}
	return shortened(valueText(r.in[s.in[x.Port].slot], row))
}
