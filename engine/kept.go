package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/pipeline"
	"leapscore/ops/column"
	"leapscore/runs"
	"leapscore/sinks"
)

// MaxKept is how many rejected rows are kept of a run that fails.
const MaxKept = 1000

// maxKeptBytes bounds the memory of rows that are kept. Of wide rows there are fewer.
const maxKeptBytes = 16 << 20

// keptRejects are the first rejected rows of each cause, in the order of the source, so
// that a rare cause is among them too. They are copies: the memory of a batch is used
// again.
type keptRejects struct {
	mu      sync.Mutex
	byCause map[runs.Cause]*keptRows
	most    int // rows of a cause, 0 before the first
	bytes   int
	off     bool // something went wrong
}

// keptRows are the rows of one cause, in order.
type keptRows struct {
	pieces []keptPiece
	rows   int
}

// keptPiece is some of the rows of a piece of a split, as Arrow IPC.
type keptPiece struct {
	split int
	first int64 // row of the split that the piece begins with
	rows  int
	data  []byte
}

func (p keptPiece) before(o keptPiece) bool {
	return p.split < o.split || p.split == o.split && p.first < o.first
}

// keep keeps some of rec, the rejected rows of a piece of a split, by their causes. If
// that goes wrong, no more are kept: the rows are in the rejects all the same.
func (r *Run) keep(split int, first int64, rec arrow.Record, of *pieceCauses) {
	for i, cause := range of.list {
		p := keptPiece{split: split, first: first}
		if p.rows = min(r.kept.room(cause, p), int(of.rows[i])); p.rows == 0 {
			continue
		}
		var err error
		if p.data, err = r.Plan.copyOf(rec, of, i, p.rows); err != nil {
			r.kept.stop()
			return
		}
		r.kept.add(cause, p)
	}
}

// copyOf returns the first rows of rec that have cause number i of its causes.
func (p *Plan) copyOf(rec arrow.Record, of *pieceCauses, i, rows int) (data []byte, err error) {
	defer pipeline.Recovered(&err)
	take := make([]bool, rec.NumRows())
	left := rows
	for row := range take {
		if of.of[row] == i && left > 0 {
			take[row] = true
			left--
		}
	}
	cols, err := column.Filter(memory.DefaultAllocator, rec.Columns(), len(take), func(row int) bool { return take[row] })
	if err != nil {
		return nil, err
	}
	some := newRecord(p.Rejects, cols, rows)
	defer some.Release()
	for _, c := range cols {
		c.Release()
	}
	log := rejectLog{}
	if err := log.add(p.Rejects, some, memory.DefaultAllocator); err != nil {
		return nil, err
	}
	return log.bytes()
}

func (k *keptRejects) stop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.off = true
}

// room is how many rows of a cause are wanted of the place of p.
func (k *keptRejects) room(cause runs.Cause, p keptPiece) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.off {
		return 0
	}
	if k.most == 0 {
		k.most = MaxKept
	}
	of := k.byCause[cause]
	if of == nil {
		return k.most
	}
	before := 0
	for _, o := range of.pieces {
		if o.before(p) {
			before += o.rows
		}
	}
	return max(0, k.most-before)
}

func (k *keptRejects) add(cause runs.Cause, p keptPiece) {
	k.mu.Lock()
	defer k.mu.Unlock()
	of := k.byCause[cause]
	if of == nil {
		if k.byCause == nil {
			k.byCause = map[runs.Cause]*keptRows{}
		}
		of = &keptRows{}
		k.byCause[cause] = of
	}
	at, _ := slices.BinarySearchFunc(of.pieces, p, func(o, p keptPiece) int {
		if o.before(p) {
			return -1
		}
		return 1
	})
	of.pieces = slices.Insert(of.pieces, at, p)
	of.rows += p.rows
	k.bytes += len(p.data)
	k.trim(of)
	for k.bytes > maxKeptBytes && k.most > 1 {
		k.most /= 2
		for _, of := range k.byCause {
			k.trim(of)
		}
	}
}

// trim drops pieces from the end that hold more rows than are wanted.
func (k *keptRejects) trim(of *keptRows) {
	for n := len(of.pieces) - 1; n > 0; n-- {
		last := of.pieces[n]
		if of.rows-last.rows < k.most {
			return
		}
		of.pieces = of.pieces[:n]
		of.rows -= last.rows
		k.bytes -= len(last.data)
	}
}

// WriteKept writes rejected rows of the run to a table, up to MaxKept of them, with the
// same share for each cause, and returns how many.
func (r *Run) WriteKept(ctx context.Context, t sinks.Table) (rows int64, err error) {
	part, err := t.Part(ctx, 0)
	if err != nil {
		return 0, err
	}
	if rows, err = r.writeKept(part); err == nil {
		err = part.Commit(ctx)
	} else {
		part.Abort()
	}
	return rows, err
}

// HasKept reports whether there are rows that WriteKept would write.
func (r *Run) HasKept() bool {
	r.kept.mu.Lock()
	defer r.kept.mu.Unlock()
	return len(r.kept.byCause) > 0 || len(r.Plan.Job.Files.Files()) > 0
}

func (r *Run) writeKept(part sinks.Part) (rows int64, err error) {
	r.kept.mu.Lock()
	defer r.kept.mu.Unlock()
	files := r.Plan.Job.Files.Files()
	files = files[:min(len(files), MaxKept)]
	if len(files) > 0 {
		rec := r.Plan.fileRecord(memory.DefaultAllocator, files)
		defer rec.Release()
		if err := part.Write(rec); err != nil {
			return 0, err
		}
	}
	rows = int64(len(files))
	for _, share := range r.kept.shares(MaxKept - len(files)) {
		most := int(share.Rows)
		share.Rows = 0
		for _, p := range r.kept.byCause[share].pieces {
			n := min(p.rows, most)
			if err := writeFirst(part, p.data, n); err != nil {
				return rows, err
			}
			most -= n
			rows += int64(n)
		}
	}
	return rows, nil
}

// shares gives each cause an equal share of most rows, and causes of more rows what
// others leave. It depends on the rows alone, and not on the pieces that they come in.
func (k *keptRejects) shares(most int) []runs.Cause {
	counts := map[runs.Cause]int64{}
	for cause, kept := range k.byCause {
		counts[cause] = int64(min(kept.rows, k.most))
	}
	list := runs.SortCauses(counts)
	for i, cause := range slices.Backward(list) { // the rarest first
		list[i].Rows = min(cause.Rows, int64(most/(i+1)))
		most -= int(list[i].Rows)
	}
	return list
}

// writeFirst writes the first rows of a piece that is Arrow IPC.
func writeFirst(part sinks.Part, data []byte, rows int) error {
	if rows == 0 {
		return nil
	}
	in, err := ipc.NewReader(bytes.NewReader(data), ipc.WithAllocator(memory.DefaultAllocator))
	if err != nil {
		return fmt.Errorf("kept rejects: %w", err)
	}
	defer in.Release()
	rec, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("kept rejects: %w", err)
	}
	first := rec.NewSlice(0, int64(rows))
	defer first.Release()
	return part.Write(first)
}
