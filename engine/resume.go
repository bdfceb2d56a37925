package engine

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/runs"
	"leapscore/sinks"
)

// tally counts rows of a split, or of many.
type tally struct {
	runs.Counts
	Causes []runs.Cause `json:"causes,omitempty"` // of rejected rows
}

func (t *tally) add(o tally) {
	t.In, t.Out, t.Skipped, t.Rejected = t.In+o.In, t.Out+o.Out, t.Skipped+o.Skipped, t.Rejected+o.Rejected
	for _, c := range o.Causes {
		n := c.Rows
		c.Rows = 0
		t.addCause(c, n)
	}
}

// addCause adds rows of one cause, whose Rows is 0.
func (t *tally) addCause(cause runs.Cause, rows int64) {
	for i, c := range t.Causes {
		if c.Rows = 0; c == cause {
			t.Causes[i].Rows += rows
			return
		}
	}
	cause.Rows = rows
	t.Causes = append(t.Causes, cause)
}

// ledger keeps what a later attempt of the run must know of splits that are in
// finished files: how many rows they had, and their rejects, as the table of
// rejects is written anew.
type ledger struct {
	table sinks.Resumable

	mu    sync.Mutex
	saved ledgerState
	done  map[int]*splitDone // those from saved.Next on
	bytes int                // of rejects in done
}

// ledgerState is what is saved at a checkpoint.
type ledgerState struct {
	Next    int      `json:"next"` // splits before it are counted
	Tally   tally    `json:"tally"`
	Rejects []string `json:"rejects,omitempty"` // names of what is kept
}

type splitDone struct {
	tally   tally
	rejects []byte
}

// maxRejectBytes is how much of rejects waits for a checkpoint.
const maxRejectBytes = 32 << 20

// resume prepares the run for later attempts, if its table has room for that, and
// takes over what earlier ones have finished. It returns the first split that is
// to be scored.
func (r *Run) resume(ctx context.Context) (int, error) {
	table, ok := r.Table.(sinks.Resumable)
	if !ok {
		return 0, nil
	}
	l := &ledger{table: table, done: map[int]*splitDone{}}
	r.ledger = l
	table.OnCheckpoint(l.checkpoint)
	part, state, took := table.Resumed()
	if took.Files == 0 {
		return 0, nil
	}
	if err := json.Unmarshal(state, &l.saved); err != nil {
		return 0, fmt.Errorf("resume: %w", err)
	}
	if l.saved.Next != part {
		return 0, fmt.Errorf("resume: counts of %d splits, want %d", l.saved.Next, part)
	}
	t := l.saved.Tally
	r.Progress.In.Add(t.In)
	r.Progress.Out.Add(t.Out)
	r.Progress.Skipped.Add(t.Skipped)
	r.Progress.Rejected.Add(t.Rejected)
	for _, c := range t.Causes {
		n := c.Rows
		c.Rows = 0
		r.causes.add(c, n)
	}
	r.resumed = &took
	if err := r.sumUpFinished(ctx, table); err != nil {
		r.Summary.Fail(fmt.Errorf("of rows of an earlier attempt: %w", err))
	}
	if r.Rejects == nil {
		return part, nil
	}
	if err := r.replayRejects(ctx, part); err != nil {
		return 0, fmt.Errorf("resume: rejects: %w", err)
	}
	return part, nil
}

// finish notes a split that is about to be committed.
func (l *ledger) finish(ctx context.Context, split int, t tally, rejects []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done[split] = &splitDone{t, rejects}
	if l.bytes += len(rejects); l.bytes > maxRejectBytes {
		return l.keep(ctx)
	}
	return nil
}

// checkpoint returns what is to be saved of the splits before split.
func (l *ledger) checkpoint(ctx context.Context, split int) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.keep(ctx); err != nil {
		return nil, err
	}
	for ; l.saved.Next < split; l.saved.Next++ {
		d := l.done[l.saved.Next]
		if d == nil {
			return nil, fmt.Errorf("split %d is in a finished file and was not finished", l.saved.Next)
		}
		l.saved.Tally.add(d.tally)
		delete(l.done, l.saved.Next)
	}
	return json.Marshal(l.saved)
}

// keep stores the rejects that are in memory.
func (l *ledger) keep(ctx context.Context) error {
	var data []byte
	for split, d := range l.done {
		if len(d.rejects) > 0 {
			data = binary.AppendUvarint(data, uint64(split))
			data = binary.AppendUvarint(data, uint64(len(d.rejects)))
			data = append(data, d.rejects...)
			d.rejects = nil
		}
	}
	l.bytes = 0
	if data == nil {
		return nil
	}
	name := fmt.Sprintf("rejects-%05d", len(l.saved.Rejects))
	l.saved.Rejects = append(l.saved.Rejects, name)
	return l.table.Keep(ctx, name, data)
}

// kept returns the rejects of the splits before part.
func (l *ledger) kept(ctx context.Context, part int) (map[int][]byte, error) {
	found := map[int][]byte{}
	for _, name := range l.saved.Rejects {
		data, err := l.table.Kept(ctx, name)
		if err != nil {
			return nil, err
		}
		for len(data) > 0 {
			split, n := binary.Uvarint(data)
			size, m := binary.Uvarint(data[max(n, 0):])
			if n <= 0 || m <= 0 || uint64(len(data)-n-m) < size {
				return nil, fmt.Errorf("%s: is torn", name)
			}
			if data = data[n+m:]; split < uint64(part) {
				found[int(split)] = data[:size]
			}
			data = data[size:]
		}
	}
	return found, nil
}

// replayRejects writes the rejects of splits that are in finished files.
func (r *Run) replayRejects(ctx context.Context, part int) error {
	kept, err := r.ledger.kept(ctx, part)
	if err != nil {
		return err
	}
	var rows int64
	for split := range part {
		p, err := r.Rejects.Part(ctx, split)
		if err != nil {
			return err
		}
		n, err := writeRejects(p, kept[split], r.Mem)
		if err == nil {
			err = p.Commit(ctx)
		}
		if err != nil {
			p.Abort()
			return err
		}
		rows += n
	}
	if want := r.ledger.saved.Tally.Rejected; rows != want {
		return fmt.Errorf("%d rows were kept, want %d", rows, want)
	}
	return nil
}

func writeRejects(p sinks.Part, data []byte, mem memory.Allocator) (rows int64, err error) {
	if len(data) == 0 {
		return 0, nil
	}
	in, err := ipc.NewReader(bytes.NewReader(data), ipc.WithAllocator(mem))
	if err != nil {
		return 0, err
	}
	defer in.Release()
	for {
		rec, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		if err := p.Write(rec); err != nil {
			return rows, err
		}
		rows += rec.NumRows()
	}
}

// rejectLog is the rejects of one split as Arrow IPC.
type rejectLog struct {
	buf bytes.Buffer
	w   *ipc.Writer
}

// add adds rec, whose strings may be dictionaries.
func (l *rejectLog) add(schema *arrow.Schema, rec arrow.Record, mem memory.Allocator) error {
	if l.w == nil {
		l.w = ipc.NewWriter(&l.buf, ipc.WithSchema(schema), ipc.WithAllocator(mem))
	}
	cols := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		if d, ok := c.(*array.Dictionary); ok && schema.Field(i).Type.ID() != arrow.DICTIONARY {
			cols[i] = plainStrings(d, mem)
		} else {
			c.Retain()
			cols[i] = c
		}
		defer cols[i].Release()
	}
	plain := array.NewRecord(schema, cols, rec.NumRows())
	defer plain.Release()
	return l.w.Write(plain)
}

func (l *rejectLog) bytes() ([]byte, error) {
	if l.w == nil {
		return nil, nil
	}
	err := l.w.Close()
	return l.buf.Bytes(), err
}

// finish notes what the split had.
func (w *splitWriter) finish(ctx context.Context) error {
	if w.run.ledger == nil {
		return nil
	}
	rejects, err := w.log.bytes()
	if err != nil {
		return err
	}
	return w.run.ledger.finish(ctx, w.split, w.tally, rejects)
}

func (w *splitWriter) logRejects(rec arrow.Record) error {
	if w.run.ledger == nil {
		return nil
	}
	return w.log.add(w.run.Plan.Rejects, rec, w.run.Mem)
}

func plainStrings(d *array.Dictionary, mem memory.Allocator) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	words := d.Dictionary()
	text := words.ValueStr
	switch w := words.(type) {
	case *array.String:
		text = w.Value
	case *array.LargeString:
		text = w.Value
	}
	for row := range d.Len() {
		if at := d.GetValueIndex(row); d.IsNull(row) || words.IsNull(at) {
			b.AppendNull()
		} else {
			b.Append(text(at))
		}
	}
	return b.NewArray()
}

// suspendable reports whether a later attempt of the run may fare better: not if
// its rows are to blame.
func suspendable(err error) bool {
	var row *RowError
	var budget *BudgetError
	return !errors.As(err, &row) && !errors.As(err, &budget) && !errors.Is(err, ErrCounts)
}

// end gives up what was written, or, if the run is to be gone on with and may
// fare better then, keeps what was finished.
func (r *Run) end(ctx context.Context, cause error) error {
	if t, ok := r.Table.(sinks.Resumable); ok && r.Suspend && suspendable(cause) {
		err := t.Suspend(ctx)
		if r.Rejects != nil {
			err = errors.Join(err, r.Rejects.Abort(ctx))
		}
		return err
	}
	return r.abort(ctx)
}
